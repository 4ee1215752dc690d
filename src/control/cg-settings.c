/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-settings.h"

#include <string.h>

#include "cg-bindings.h"
#include "cg-error.h"
#include "cg-json.h"
#include "cg-main.h"

/* In the state folder. */
#define STATE_NAME "bindings"

struct _CgSettings {
  GObject parent_instance;

  CgStore *store;       /* (owned) (nullable) */
  CgConfig *file;       /* (owned): what stands in the key file */
  CgBindings *bindings; /* (owned): what the cloud has written */
  CgConfig *config;     /* (owned): both together */

  GQueue writes; /* (element-type GTask) each owned: the first is under way */
};

/* What a write is of. */
typedef enum {
  WRITE_ALL, /* the whole configuration */
  WRITE_ONE, /* one camera */
  WRITE_ADD, /* cameras beside the others */
} WriteKind;

/* One write: becomes what counts when it is on disk. */
typedef struct {
  WriteKind kind;
  char *did; /* (nullable): of one camera */
  gboolean only_checks;
  JsonObject *params;   /* (owned) */
  CgBindings *bindings; /* (owned) (nullable): what it makes of those before */
  CgBindingSum sum;     /* of cameras that are added */
} Write;

G_DEFINE_FINAL_TYPE (CgSettings, cg_settings, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
write_free (gpointer data)
{
  Write *self = data;

  g_free (self->did);
  json_object_unref (self->params);
  g_clear_pointer (&self->bindings, cg_bindings_unref);
  g_free (self);
}

static void
cg_settings_finalize (GObject *object)
{
  CgSettings *self = CG_SETTINGS (object);

  g_clear_object (&self->store);
  cg_config_unref (self->file);
  cg_config_unref (self->config);
  cg_bindings_unref (self->bindings);
  G_OBJECT_CLASS (cg_settings_parent_class)->finalize (object);
}

static void
cg_settings_class_init (CgSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_settings_finalize;
  signals[CHANGED] = g_signal_new ("changed", CG_TYPE_SETTINGS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
cg_settings_init (CgSettings *self)
{
}

static CgBindings *
load (CgStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (store == NULL)
    return cg_bindings_new ();
  node = cg_store_load (store, STATE_NAME, &error);
  if (error != NULL && !g_error_matches (error, CG_ERROR, CG_ERROR_UNKNOWN_THING))
    g_warning ("what the cloud has configured is lost: %s", error->message);
  return cg_bindings_load (node);
}

/**
 * cg_settings_new:
 * @store: (nullable): where the cloud's part is kept
 * @file: what stands in the key file
 *
 * Returns: (transfer full): the settings, with what the cloud has written in earlier lives
 */
CgSettings *
cg_settings_new (CgStore *store, CgConfig *file)
{
  CgSettings *self = g_object_new (CG_TYPE_SETTINGS, NULL);

  CG_ON_MAIN ();
  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->file = cg_config_ref (file);
  self->bindings = load (store);
  self->config = cg_bindings_merge (self->bindings, file);
  return self;
}

static void
merge (CgSettings *self)
{
  cg_config_unref (self->config);
  self->config = cg_bindings_merge (self->bindings, self->file);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * cg_settings_set_file:
 * @self: settings
 * @file: what stands in the key file now
 */
void
cg_settings_set_file (CgSettings *self, CgConfig *file)
{
  CG_ON_MAIN ();
  cg_config_ref (file);
  cg_config_unref (self->file);
  self->file = file;
  merge (self);
}

/**
 * cg_settings_get_config:
 * @self: settings
 *
 * Returns: (transfer none): what counts now
 */
CgConfig *
cg_settings_get_config (CgSettings *self)
{
  return self->config;
}

/**
 * cg_settings_read:
 * @self: settings
 * @reveal: whether passwords and secrets are shown
 *
 * Returns: (transfer full): PROTOCOL.md section 5, config: the whole configuration
 */
JsonObject *
cg_settings_read (CgSettings *self, gboolean reveal)
{
  return cg_bindings_read (self->bindings, self->file, reveal);
}

/**
 * cg_settings_read_one:
 * @self: settings
 * @did: a device id
 * @reveal: whether passwords and secrets are shown
 *
 * Returns: (transfer full) (nullable): PROTOCOL.md section 5, peripheral; %NULL if it is not bound
 */
JsonObject *
cg_settings_read_one (CgSettings *self, const char *did, gboolean reveal)
{
  return cg_bindings_read_one (self->bindings, self->file, did, reveal);
}

/**
 * cg_settings_get_source:
 * @self: settings
 * @did: a bound camera
 *
 * Returns: who has bound it: `file`, `cloud`, or `file+cloud`, of which the cloud wins
 */
const char *
cg_settings_get_source (CgSettings *self, const char *did)
{
  return cg_bindings_get_source (self->bindings, self->file, did);
}

static void begin_write (CgSettings *self);

/* Answers the write under way, and goes on with the next one. */
static void
end_write (CgSettings *self, GError *error)
{
  g_autoptr (GTask) task = g_queue_pop_head (&self->writes);
  const Write *done = g_task_get_task_data (task);

  if (error == NULL && !done->only_checks && done->bindings != self->bindings) {
    cg_bindings_unref (self->bindings);
    self->bindings = cg_bindings_ref (done->bindings);
    merge (self);
  }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  begin_write (self);
}

/* Returns: (nullable): the member of @params that takes most room */
static const char *
find_longest (JsonObject *params)
{
  JsonObjectIter iter;
  const char *name = NULL;
  const char *longest = NULL;
  JsonNode *node = NULL;
  gsize most = 0;

  json_object_iter_init (&iter, params);
  while (json_object_iter_next (&iter, &name, &node)) {
    g_autofree char *text = cg_json_to_string (node, FALSE);
    const gsize length = strlen (text);

    if (length > most)
      longest = name;
    most = MAX (most, length);
  }
  return longest;
}

static gboolean
is_overdue (GTask *task, GError **error)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable == NULL || !g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_CANCELLED, "nobody waits for it any more");
  return TRUE;
}

static void
on_taken_back (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgSettings) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cg_store_save_finish (CG_STORE (object), result, &error))
    g_warning ("a write of the cloud's that took too long counts after a restart: %s",
               error->message);
  end_write (self, g_error_new_literal (CG_ERROR, CG_ERROR_CANCELLED, "it took too long"));
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgSettings) self = user_data;
  const Write *write = g_task_get_task_data (g_queue_peek_head (&self->writes));
  GError *error = NULL;

  cg_store_save_finish (CG_STORE (object), result, &error);
  if (g_error_matches (error, CG_ERROR, CG_ERROR_INVALID_CONFIG))
    g_prefix_error (&error, "%s: ", find_longest (write->params));
  if (error == NULL && is_overdue (g_queue_peek_head (&self->writes), NULL)) {
    g_autoptr (JsonNode) node = cg_bindings_save (self->bindings);

    cg_store_save_async (self->store, STATE_NAME, node, NULL, on_taken_back, g_object_ref (self));
    return;
  }
  end_write (self, error);
}

/* Returns: (transfer full) (nullable): what @write makes of what counts now */
static CgBindings *
try_write (CgSettings *self, Write *write, GError **error)
{
  switch (write->kind) {
  case WRITE_ALL:
    return cg_bindings_write (self->bindings, self->file, write->params, error);
  case WRITE_ONE:
    return cg_bindings_write_one (self->bindings, self->file, write->did, write->params, error);
  case WRITE_ADD:
    return cg_bindings_add (self->bindings, self->file, write->params, &write->sum, error);
  }
  g_assert_not_reached ();
}

/* What is not on disk does not count: the cloud is never told of what a power cut takes back. */
static void
begin_write (CgSettings *self)
{
  GTask *task = g_queue_peek_head (&self->writes);
  Write *data = task != NULL ? g_task_get_task_data (task) : NULL;
  g_autoptr (JsonNode) node = NULL;
  GError *error = NULL;

  if (task == NULL)
    return;
  if (!is_overdue (task, &error))
    data->bindings = try_write (self, data, &error);
  if (error != NULL || data->bindings == self->bindings || data->only_checks ||
      self->store == NULL) {
    end_write (self, error);
    return;
  }
  node = cg_bindings_save (data->bindings);
  cg_store_save_async (self->store, STATE_NAME, node, NULL, on_saved, g_object_ref (self));
}

static void
queue_write (CgSettings *self, GTask *task, const Write *write, JsonObject *params)
{
  Write *data = g_memdup2 (write, sizeof *write);

  data->params = json_object_ref (params);
  g_task_set_check_cancellable (task, FALSE); /* what is on disk counts, until it is taken back */
  g_task_set_task_data (task, data, write_free);
  g_queue_push_tail (&self->writes, task);
  if (self->writes.length == 1)
    begin_write (self);
}

/**
 * cg_settings_write_async:
 * @self: settings
 * @did: (nullable): of one camera, that is bound
 * @params: of `config write`, or the members of that camera
 * @cancellable: (nullable): nobody waits for it any more: it is not done, or taken back
 * @callback: called when it is on disk and applied
 * @user_data: for @callback
 *
 * PROTOCOL.md section 5: checked as a whole, stored atomically, applied by #CgSettings::changed.
 * One write after the other.
 */
void
cg_settings_write_async (CgSettings *self,
                         const char *did,
                         JsonObject *params,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const Write data = {.kind = did != NULL ? WRITE_ONE : WRITE_ALL, .did = g_strdup (did)};

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_settings_write_async);
  queue_write (self, task, &data, params);
}

/**
 * cg_settings_write_finish:
 * @self: settings
 * @result: what the callback got
 * @error: return location: %CG_ERROR_INVALID_CONFIG names the path of the first fault;
 *   %CG_ERROR_NOT_MODIFIED; %CG_ERROR_INTERNAL: the disk does not take it; %CG_ERROR_CANCELLED
 *
 * Returns: whether it counts
 */
gboolean
cg_settings_write_finish (CgSettings *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_settings_add_async:
 * @self: settings
 * @params: of `config merge`: a list `camera`
 * @only_checks: nothing is stored, nothing is applied
 * @cancellable: (nullable): as for cg_settings_write_async()
 * @callback: called when it is on disk and applied
 * @user_data: for @callback
 *
 * Puts cameras beside those that are bound, or changes them; checked as a whole, stored atomically.
 */
void
cg_settings_add_async (CgSettings *self,
                       JsonObject *params,
                       gboolean only_checks,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const Write data = {.kind = WRITE_ADD, .only_checks = only_checks};

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_settings_add_async);
  queue_write (self, task, &data, params);
}

/**
 * cg_settings_add_finish:
 * @self: settings
 * @result: what the callback got
 * @sum: (out): what has become of the cameras, or would
 * @error: return location: as for cg_settings_write_finish()
 *
 * Returns: whether it counts, or would
 */
gboolean
cg_settings_add_finish (CgSettings *self, GAsyncResult *result, CgBindingSum *sum, GError **error)
{
  const Write *data = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *sum = data->sum;
  return TRUE;
}
