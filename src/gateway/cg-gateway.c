/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-gateway.h"

#include "cg-command.h"
#include "cg-error.h"
#include "cg-main.h"
#include "cg-state-file.h"

/* Stands in the state folder from the restart until we are back. */
#define MARK "gateway-reboot"

/* To set a clock takes a moment, be it one that has to find a server first. Who writes 256 MiB to
 * slow memory, and looks whether it is all there, is done in a few minutes. */
#define CLOCK_LIMIT_MS (30 * 1000)
#define INSTALL_LIMIT_MS (30 * 60 * 1000)

struct _CgGateway {
  GObject parent_instance;

  CgStore *store;        /* (owned) (nullable) */
  CgStateFile *mark;     /* (owned): that we restart */
  CgClock *clock;        /* (owned) */
  char *root;            /* (owned) */
  char *reboot_command;  /* (owned) (nullable) */
  char *clock_command;   /* (owned) (nullable) */
  char *install_command; /* (owned) (nullable) */
  GSource *plan;         /* (owned) (nullable): the restart that is planned */
  gboolean is_setting;   /* the clock */
  GPtrArray *readers;    /* (owned) (element-type GTask): who waits for what is being found out */
};

G_DEFINE_FINAL_TYPE (CgGateway, cg_gateway, G_TYPE_OBJECT)

enum { REBOOT_ENDED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
cg_gateway_dispose (GObject *object)
{
  CgGateway *self = CG_GATEWAY (object);

  cg_clear_source (&self->plan);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_gateway_parent_class)->dispose (object);
}

static void
cg_gateway_finalize (GObject *object)
{
  CgGateway *self = CG_GATEWAY (object);

  cg_state_file_free (self->mark);
  g_free (self->root);
  g_free (self->reboot_command);
  g_free (self->clock_command);
  g_free (self->install_command);
  g_ptr_array_unref (self->readers);
  G_OBJECT_CLASS (cg_gateway_parent_class)->finalize (object);
}

static void
cg_gateway_class_init (CgGatewayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cg_gateway_dispose;
  object_class->finalize = cg_gateway_finalize;
  signals[REBOOT_ENDED] = g_signal_new ("reboot-ended", CG_TYPE_GATEWAY, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cg_gateway_init (CgGateway *self)
{
  self->readers = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * cg_gateway_new:
 * @store: (nullable): where it is kept that we are restarting
 * @clock: for delays
 * @root: where the folders of the kernel are: "/", but for tests
 *
 * Returns: (transfer full): a box that nobody may restart, until it is configured
 */
CgGateway *
cg_gateway_new (CgStore *store, CgClock *clock, const char *root)
{
  CgGateway *self = g_object_new (CG_TYPE_GATEWAY, NULL);

  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->mark = cg_state_file_new (store, MARK, NULL, "that this box restarts");
  self->clock = g_object_ref (clock);
  self->root = g_strdup (root);
  return self;
}

/**
 * cg_gateway_apply:
 * @self: a box
 * @config: what it may be told to do from now on
 */
void
cg_gateway_apply (CgGateway *self, const CgConfig *config)
{
  CG_ON_MAIN ();
  g_free (self->reboot_command);
  g_free (self->clock_command);
  g_free (self->install_command);
  self->reboot_command = g_strdup (config->device.reboot_command);
  self->clock_command = g_strdup (config->device.clock_command);
  self->install_command = g_strdup (config->firmware.command);
}

static void
end_reboot (CgGateway *self, const GError *error)
{
  cg_state_file_save (self->mark, NULL);
  if (error != NULL)
    g_warning ("this box does not restart: %s", error->message);
  else
    g_message ("back after a restart of this box");
  g_signal_emit (self, signals[REBOOT_ENDED], 0, error);
}

/**
 * cg_gateway_open:
 * @self: a box; whoever wants to hear of it is connected
 *
 * Tells by #CgGateway::reboot-ended if the last restart was one that we were told to make.
 */
void
cg_gateway_open (CgGateway *self)
{
  g_autoptr (JsonNode) mark = NULL;

  CG_ON_MAIN ();
  mark = cg_state_file_load (self->mark);
  if (mark != NULL)
    end_reboot (self, NULL);
}

typedef struct {
  char *root;
  char *storage;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *self = data;

  g_free (self->root);
  g_free (self->storage);
  g_free (self);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Reading *reading = data;

  g_task_return_pointer (task, cg_box_read_in_thread (reading->root, reading->storage),
                         (GDestroyNotify)cg_box_facts_unref);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgGateway *self = CG_GATEWAY (object);
  g_autoptr (CgBoxFacts) facts = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GPtrArray) readers = g_steal_pointer (&self->readers);

  self->readers = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < readers->len; i++)
    g_task_return_pointer (readers->pdata[i], cg_box_facts_ref (facts),
                           (GDestroyNotify)cg_box_facts_unref);
}

static void
begin_reading (CgGateway *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_read, NULL);
  Reading *reading = g_new0 (Reading, 1);

  reading->root = g_strdup (self->root);
  reading->storage = self->store != NULL ? g_strdup (cg_store_get_dir (self->store)) : NULL;
  g_task_set_source_tag (task, begin_reading);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

/**
 * cg_gateway_read_async:
 * @self: a box
 * @callback: finish with cg_gateway_read_finish()
 * @user_data: for @callback
 *
 * Finds out what the machine says of itself. Who asks while that is going on gets the same answer:
 * a disk that hangs takes one thread, however many ask. Source: PROTOCOL.md sections 5 and 6.
 */
void
cg_gateway_read_async (CgGateway *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_gateway_read_async);
  g_ptr_array_add (self->readers, task);
  if (self->readers->len == 1)
    begin_reading (self);
}

/**
 * cg_gateway_read_finish:
 * @self: a box
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): what could be found out
 */
CgBoxFacts *
cg_gateway_read_finish (CgGateway *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The machine goes down while the command runs, or after it. */
static void
on_restarting (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgGateway) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cg_command_run_finish (result, &error))
    end_reboot (self, error);
}

static gboolean
restart (gpointer user_data)
{
  CgGateway *self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->reboot_command == NULL) {
    error = g_error_new_literal (CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                                 "no reboot-command is configured any more");
    end_reboot (self, error);
    return G_SOURCE_REMOVE;
  }
  g_message ("restarting this box: %s", self->reboot_command);
  cg_command_run_async (self->reboot_command, NULL, self->clock, 0, on_restarting,
                        g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static gboolean
on_planned (gpointer user_data)
{
  CgGateway *self = user_data;
  g_autoptr (JsonNode) mark = json_node_new (JSON_NODE_OBJECT);

  cg_clear_source (&self->plan);
  json_node_take_object (mark, json_object_new ());
  cg_state_file_save_and_tell (self->mark, mark, restart, g_object_ref (self), g_object_unref);
  return G_SOURCE_REMOVE;
}

/**
 * cg_gateway_plan_reboot:
 * @self: a box
 * @delay_ms: from now
 * @error: return location: %CG_ERROR_NOT_SUPPORTED: no command is configured
 *
 * Restarts the box then; the last plan counts. Source: PROTOCOL.md section 5.
 *
 * Returns: whether it is planned
 */
gboolean
cg_gateway_plan_reboot (CgGateway *self, guint delay_ms, GError **error)
{
  CG_ON_MAIN ();
  if (self->reboot_command == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                         "no reboot-command is configured");
    return FALSE;
  }
  cg_clear_source (&self->plan);
  self->plan = cg_clock_add_timeout (self->clock, delay_ms, on_planned, self);
  return TRUE;
}

/**
 * cg_gateway_forget_reboot:
 * @self: a box
 *
 * Undoes cg_gateway_plan_reboot(), unless it has begun.
 */
void
cg_gateway_forget_reboot (CgGateway *self)
{
  CG_ON_MAIN ();
  cg_clear_source (&self->plan);
}

static void
on_command_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (cg_command_run_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_clock_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CgGateway *self = g_task_get_source_object (user_data);

  self->is_setting = FALSE;
  on_command_done (object, result, user_data);
}

/**
 * cg_gateway_set_clock_async:
 * @self: a box
 * @utc_ms: what its clock is to show, milliseconds since 1970
 * @callback: finish with cg_gateway_set_clock_finish()
 * @user_data: for @callback
 *
 * Runs the command that is configured for it, for 30 s at most, one at a time. Source: PROTOCOL.md
 * section 5.
 */
void
cg_gateway_set_clock_async (CgGateway *self,
                            gint64 utc_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *seconds = g_strdup_printf ("%" G_GINT64_FORMAT, utc_ms / 1000);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_gateway_set_clock_async);
  if (self->clock_command == NULL)
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                             "no clock-command is configured");
  else if (self->is_setting)
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_INTERNAL, "clock-command runs already");
  else {
    self->is_setting = TRUE;
    cg_command_run_async (self->clock_command, seconds, self->clock, CLOCK_LIMIT_MS, on_clock_set,
                          g_steal_pointer (&task));
  }
}

/**
 * cg_gateway_install_async:
 * @self: a box
 * @path: of new firmware
 * @callback: finish with cg_gateway_install_finish()
 * @user_data: for @callback
 *
 * Runs the command that is configured for it, which may restart us, for half an hour at most.
 * Source: PROTOCOL.md section 5.
 */
void
cg_gateway_install_async (CgGateway *self,
                          const char *path,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_gateway_install_async);
  if (self->install_command == NULL)
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                             "no installer is configured: [firmware] command");
  else
    cg_command_run_async (self->install_command, path, self->clock, INSTALL_LIMIT_MS,
                          on_command_done, g_steal_pointer (&task));
}

/**
 * cg_gateway_install_finish:
 * @self: a box
 * @result: what the callback got
 * @error: return location: %CG_ERROR_NOT_SUPPORTED: no command is configured; %CG_ERROR_INTERNAL:
 *   it failed
 *
 * Returns: whether it is installed
 */
gboolean
cg_gateway_install_finish (CgGateway *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_gateway_set_clock_finish:
 * @self: a box
 * @result: what the callback got
 * @error: return location: %CG_ERROR_NOT_SUPPORTED: no command is configured; %CG_ERROR_INTERNAL:
 *   it failed
 *
 * Returns: whether it is set
 */
gboolean
cg_gateway_set_clock_finish (CgGateway *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
