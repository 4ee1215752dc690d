/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-finder.h"

struct _CgFinder {
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (CgFinder, cg_finder, G_TYPE_OBJECT)

static GQueue searches; /* (element-type GTask) under way */
static guint ever;
static char *last_host;

static void
cg_finder_class_init (CgFinderClass *klass)
{
  g_signal_new ("heard", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
}

static void
cg_finder_init (CgFinder *self)
{
}

CgFinder *
cg_finder_new (void)
{
  return g_object_new (CG_TYPE_FINDER, NULL);
}

void
cg_finder_apply (CgFinder *self, const CgDiscoveryConfig *config)
{
}

void
cg_finder_close (CgFinder *self)
{
}

gboolean
cg_finder_may_follow (CgFinder *self)
{
  return TRUE;
}

guint
cg_finder_get_search_after_ms (CgFinder *self)
{
  return 1000;
}

void
cg_finder_search_async (CgFinder *self,
                        const char *host,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_queue_push_tail (&searches, g_task_new (self, cancellable, callback, user_data));
  g_free (last_host);
  last_host = g_strdup (host);
  ever++;
}

GPtrArray *
cg_finder_search_finish (CgFinder *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

guint
fake_finder_count_searches (void)
{
  return ever;
}

/* Returns: (nullable): whom the last search asks directly */
const char *
fake_finder_get_host (void)
{
  return last_host;
}

static CgOnvifDiscovered *
make_camera (const char *endpoint, const char *address)
{
  CgOnvifDiscovered *camera = g_new0 (CgOnvifDiscovered, 1);

  camera->endpoint = g_strdup (endpoint);
  camera->address = g_strdup (address);
  return camera;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* Every search under way has found one camera; %NULL: none. */
void
fake_finder_answer (CgFinder *self, const char *endpoint, const char *address)
{
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_discovered_free);
  GTask *task;

  if (endpoint != NULL)
    g_ptr_array_add (found, make_camera (endpoint, address));
  while ((task = g_queue_pop_head (&searches)) != NULL) {
    g_task_return_pointer (task, g_ptr_array_ref (found), (GDestroyNotify)g_ptr_array_unref);
    g_object_unref (task);
  }
  settle ();
}

void
fake_finder_fail (CgError code)
{
  GTask *task;

  while ((task = g_queue_pop_head (&searches)) != NULL) {
    g_task_return_new_error (task, CG_ERROR, (int)code, "test");
    g_object_unref (task);
  }
  settle ();
}

void
fake_finder_hello (CgFinder *self, const char *endpoint, const char *address)
{
  g_autoptr (CgOnvifDiscovered) camera = make_camera (endpoint, address);

  g_signal_emit_by_name (self, "heard", camera, FALSE);
}
