/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-gateway.h"

struct _CgGateway {
  GObject parent_instance;

  GQueue calls;       /* (owned) (element-type utf8) */
  GError *next_error; /* (owned) (nullable) */
  gboolean is_held;
  GTask *held; /* (owned) (nullable): what is not answered yet */
};

G_DEFINE_FINAL_TYPE (CgGateway, cg_gateway, G_TYPE_OBJECT)

enum { REBOOT_ENDED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
cg_gateway_finalize (GObject *object)
{
  CgGateway *self = CG_GATEWAY (object);

  g_queue_clear_full (&self->calls, g_free);
  g_clear_error (&self->next_error);
  G_OBJECT_CLASS (cg_gateway_parent_class)->finalize (object);
}

static void
cg_gateway_class_init (CgGatewayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_gateway_finalize;
  signals[REBOOT_ENDED] = g_signal_new ("reboot-ended", CG_TYPE_GATEWAY, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cg_gateway_init (CgGateway *self)
{
}

CgGateway *
fake_gateway_new (void)
{
  return g_object_new (CG_TYPE_GATEWAY, NULL);
}

/* Returns: (transfer full) (nullable): the oldest call not popped yet, as words. */
char *
fake_gateway_pop_call (CgGateway *self)
{
  return g_queue_pop_head (&self->calls);
}

void
fake_gateway_hold (CgGateway *self)
{
  self->is_held = TRUE;
}

void
fake_gateway_release (CgGateway *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->held);

  self->is_held = FALSE;
  g_assert_nonnull (task);
  g_task_return_boolean (task, TRUE);
}

void
fake_gateway_fail_next (CgGateway *self, CgError code, const char *text)
{
  g_clear_error (&self->next_error);
  self->next_error = g_error_new_literal (CG_ERROR, (int)code, text);
}

void
fake_gateway_end_reboot (CgGateway *self, GError *error)
{
  g_signal_emit (self, signals[REBOOT_ENDED], 0, error);
}

static void
answer (CgGateway *self, GTask *task)
{
  if (self->is_held)
    g_set_object (&self->held, task);
  else if (self->next_error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->next_error));
  else
    g_task_return_boolean (task, TRUE);
}

void
cg_gateway_read_async (CgGateway *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  answer (self, task);
}

CgBoxFacts *
cg_gateway_read_finish (CgGateway *self, GAsyncResult *result, GError **error)
{
  CgBoxFacts *facts = g_atomic_rc_box_new0 (CgBoxFacts);
  const char *const addresses[] = {"192.0.2.2", "2001:db8::2", NULL};

  facts->model = g_strdup ("Box 3");
  facts->timezone = g_strdup ("Europe/Berlin");
  facts->offset_s = -90 * 60;
  facts->addresses = g_strdupv ((char **)addresses);
  facts->mac = g_strdup ("aa:11:22:33:44:55");
  facts->uptime_s = 100;
  facts->cpu_busy = 25;
  facts->cpu_total = 100;
  facts->memory_free = 250;
  facts->memory_total = 1000;
  facts->storage_free = 900;
  facts->storage_total = 1000;
  facts->rx_bytes = 10 * 1024;
  facts->tx_bytes = 20 * 1024;
  return facts;
}

static void
facts_clear (gpointer data)
{
  CgBoxFacts *self = data;

  g_free (self->model);
  g_free (self->timezone);
  g_strfreev (self->addresses);
  g_free (self->mac);
}

void
cg_box_facts_unref (CgBoxFacts *self)
{
  g_atomic_rc_box_release_full (self, facts_clear);
}

gboolean
cg_gateway_plan_reboot (CgGateway *self, guint delay_ms, GError **error)
{
  g_queue_push_tail (&self->calls, g_strdup_printf ("reboot in %u", delay_ms));
  if (self->next_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->next_error));
  return FALSE;
}

void
cg_gateway_forget_reboot (CgGateway *self)
{
  g_queue_push_tail (&self->calls, g_strdup ("forget reboot"));
}

void
cg_gateway_set_clock_async (CgGateway *self,
                            gint64 utc_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_queue_push_tail (&self->calls, g_strdup_printf ("clock %" G_GINT64_FORMAT, utc_ms));
  answer (self, task);
}

gboolean
cg_gateway_set_clock_finish (CgGateway *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cg_gateway_install_async (CgGateway *self,
                          const char *path,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  cg_gateway_set_clock_async (self, 0, callback, user_data);
}

gboolean
cg_gateway_install_finish (CgGateway *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
