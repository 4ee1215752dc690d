/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-requests.h"

/* Nobody asks for so many; a soak test that never asks must not grow for ever. */
#define MAX_KEPT 10000

struct _CgSimRequests {
  GMutex lock;
  GQueue kept;        /* (owned) (element-type JsonObject) oldest first */
  GHashTable *counts; /* (owned) op → number ever */
};

/**
 * cg_sim_requests_new:
 *
 * Returns: (transfer full): a record of what a camera was asked. Its functions may be called from
 *   any thread
 */
CgSimRequests *
cg_sim_requests_new (void)
{
  CgSimRequests *self = g_new0 (CgSimRequests, 1);

  g_mutex_init (&self->lock);
  g_queue_init (&self->kept);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * cg_sim_requests_free:
 * @self: (transfer full) (nullable): the record
 */
void
cg_sim_requests_free (CgSimRequests *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->kept, (GDestroyNotify)json_object_unref);
  g_hash_table_unref (self->counts);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cg_sim_requests_add:
 * @self: the record
 * @op: what was asked, as the standard names it
 * @at_ms: when, since 1970
 * @args: (transfer full) (nullable): with what
 */
void
cg_sim_requests_add (CgSimRequests *self, const char *op, gint64 at_ms, JsonObject *args)
{
  JsonObject *request = json_object_new ();

  json_object_set_string_member (request, "op", op);
  json_object_set_int_member (request, "at", at_ms);
  json_object_set_int_member (request, "us", g_get_monotonic_time ());
  json_object_set_object_member (request, "args", args != NULL ? args : json_object_new ());

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, op));

  g_hash_table_replace (self->counts, g_strdup (op), GUINT_TO_POINTER (count + 1));
  g_queue_push_tail (&self->kept, request);
  if (g_queue_get_length (&self->kept) > MAX_KEPT)
    json_object_unref (g_queue_pop_head (&self->kept));
}

/**
 * cg_sim_requests_take:
 * @self: the record
 *
 * Returns: (transfer full): what came since it was last taken, in order: `{op, at, us, args}`; `us`
 * is of the monotonic clock of this machine
 */
JsonArray *
cg_sim_requests_take (CgSimRequests *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  JsonArray *taken = json_array_new ();
  JsonObject *request;

  while ((request = g_queue_pop_head (&self->kept)) != NULL)
    json_array_add_object_element (taken, request);
  return taken;
}

/**
 * cg_sim_requests_count:
 * @self: the record
 * @op: an operation
 *
 * Returns: how often it was asked, ever; taking does not change that
 */
guint
cg_sim_requests_count (CgSimRequests *self, const char *op)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, op));
}
