/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-reaper.h"

/* A dead camera holds its thread until the TEARDOWN times out; so many may do so at once. */
#define MAX_THREADS 16

/* Of the pipeline itself: a branch has one of that name, too. */
static GstElement *
find_source (GstElement *pipeline)
{
  GstElement *found = NULL;

  if (!GST_IS_BIN (pipeline))
    return NULL;
  GST_OBJECT_LOCK (pipeline);
  for (GList *link = GST_BIN_CHILDREN (pipeline); link != NULL && found == NULL;
       link = link->next) {
    if (g_strcmp0 (GST_OBJECT_NAME (link->data), "source") == 0)
      found = gst_object_ref (link->data);
  }
  GST_OBJECT_UNLOCK (pipeline);
  return found;
}

/* The source first: what it still sends would wait in a sink that is on its way down, and with it
 * the thread that serves all cameras. */
static void
release_source (GstElement *pipeline)
{
  g_autoptr (GstElement) source = find_source (pipeline);

  if (source != NULL)
    gst_element_set_state (source, GST_STATE_NULL);
}

static void
release_in_thread (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  GstElement *pipeline = g_task_get_task_data (task);

  release_source (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_task_set_task_data (task, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

static GThreadPool *
get_pool (void)
{
  static gsize pool;

  if (g_once_init_enter (&pool)) {
    GThreadPool *made = g_thread_pool_new (release_in_thread, NULL, MAX_THREADS, FALSE, NULL);
    g_once_init_leave (&pool, (gsize)made);
  }
  return (GThreadPool *)pool;
}

/**
 * cg_reaper_release_async:
 * @pipeline: (transfer full): a pipeline that is no longer wanted
 * @callback: (nullable): called when it is gone
 * @user_data: for @callback
 *
 * Ends a pipeline in a thread of its own: the way to the state NULL joins threads and waits for
 * the camera's answer to TEARDOWN, which the main loop must not.
 */
void
cg_reaper_release_async (GstElement *pipeline, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (GST_IS_ELEMENT (pipeline));

  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, cg_reaper_release_async);
  g_task_set_task_data (task, pipeline, gst_object_unref);
  g_thread_pool_push (get_pool (), task, NULL);
}

/**
 * cg_reaper_release_finish:
 * @result: from the callback
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_reaper_release_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
