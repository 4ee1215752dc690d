/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-finder.h"

#include "cg-main.h"
#include "cg-onvif-listener.h"

/* Cameras spread their answers over half a second, and are asked twice. */
#define SEARCH_MS 2000

struct _CgFinder {
  GObject parent_instance;

  char **interfaces;
  char **hosts;
  guint16 port;
  gboolean follow;
  guint search_after_ms;

  GMainContext *context;
  GThreadPool *searcher;     /* our own: GTask's is shared by everybody, and may be full */
  CgOnvifListener *listener; /* (nullable) */
  GPtrArray *waiting;        /* (element-type GTask) for the next search */
  GPtrArray *asking;         /* (element-type GTask) (nullable) whose search is under way */
  GCancellable *cancellable; /* of the search under way */
};

/* What a search needs in its thread, and what it brings back. */
typedef struct {
  CgFinder *finder;
  char **interfaces;
  char **hosts;
  guint16 port;
  GCancellable *cancellable;
  GPtrArray *found; /* (nullable) */
  GError *error;    /* (nullable) */
} Search;

enum { SIGNAL_HEARD, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgFinder, cg_finder, G_TYPE_OBJECT)

static void begin_search (CgFinder *self);

static void
search_free (Search *self)
{
  g_strfreev (self->interfaces);
  g_strfreev (self->hosts);
  g_object_unref (self->cancellable);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_object_unref (self->finder);
  g_free (self);
}

static gboolean
on_searched (gpointer user_data)
{
  const Search *search = user_data;
  CgFinder *self = search->finder;
  g_autoptr (GPtrArray) asking = g_steal_pointer (&self->asking);

  for (guint i = 0; i < asking->len; i++) {
    if (search->found != NULL)
      g_task_return_pointer (asking->pdata[i], g_ptr_array_ref (search->found),
                             (GDestroyNotify)g_ptr_array_unref);
    else
      g_task_return_error (asking->pdata[i], g_error_copy (search->error));
  }
  if (self->waiting->len > 0)
    begin_search (self);
  return G_SOURCE_REMOVE;
}

static void
search_in_thread (gpointer data, gpointer user_data)
{
  Search *search = data;
  const CgOnvifProbe options = {
      .addresses = (const char *const *)search->interfaces,
      .hosts = (const char *const *)search->hosts,
      .port = search->port,
      .timeout_ms = SEARCH_MS,
  };

  search->found =
      cg_onvif_discovery_probe_in_thread (&options, search->cancellable, &search->error);
  cg_main_post (search->finder->context, on_searched, search, (GDestroyNotify)search_free);
}

/* The configured hosts, and those that they who ask think of. */
static char **
list_hosts (CgFinder *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (self->hosts != NULL)
    g_strv_builder_addv (builder, (const char **)self->hosts);
  for (guint i = 0; i < self->asking->len; i++) {
    const char *host = g_task_get_task_data (self->asking->pdata[i]);

    if (host != NULL)
      g_strv_builder_add (builder, host);
  }
  return g_strv_builder_end (builder);
}

static void
begin_search (CgFinder *self)
{
  Search *search = g_new0 (Search, 1);

  self->asking = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  search->finder = g_object_ref (self);
  search->interfaces = g_strdupv (self->interfaces);
  search->hosts = list_hosts (self);
  search->port = self->port;
  search->cancellable = g_object_ref (self->cancellable);
  if (self->listener != NULL)
    cg_onvif_listener_join (self->listener);
  g_thread_pool_push (self->searcher, search, NULL);
}

static void
on_heard (const CgOnvifDiscovered *camera, gboolean is_leaving, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_HEARD], 0, camera, is_leaving);
}

static void
cg_finder_dispose (GObject *object)
{
  CgFinder *self = CG_FINDER (object);

  cg_finder_close (self);
  G_OBJECT_CLASS (cg_finder_parent_class)->dispose (object);
}

static void
cg_finder_finalize (GObject *object)
{
  CgFinder *self = CG_FINDER (object);

  g_strfreev (self->interfaces);
  g_strfreev (self->hosts);
  g_ptr_array_unref (self->waiting);
  g_object_unref (self->cancellable);
  g_thread_pool_free (self->searcher, FALSE, FALSE);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (cg_finder_parent_class)->finalize (object);
}

static void
cg_finder_class_init (CgFinderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_finder_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_finder_finalize;
  signals[SIGNAL_HEARD] =
      g_signal_new ("heard", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
}

static void
cg_finder_init (CgFinder *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->searcher = g_thread_pool_new (search_in_thread, NULL, 1, FALSE, NULL);
}

/**
 * cg_finder_new:
 *
 * Returns: (transfer full): a finder that does nothing until cg_finder_apply()
 */
CgFinder *
cg_finder_new (void)
{
  return g_object_new (CG_TYPE_FINDER, NULL);
}

static char **
split_list (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", ";", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (g_strstrip (words[i])[0] != '\0')
      g_strv_builder_add (builder, words[i]);
  }
  return g_strv_builder_end (builder);
}

static void
listen_to_cameras (CgFinder *self)
{
  const CgOnvifProbe options = {
      .addresses = (const char *const *)self->interfaces,
      .port = self->port,
  };
  g_autoptr (GError) error = NULL;

  self->listener = cg_onvif_listener_new (&options, on_heard, self, &error);
  if (self->listener == NULL)
    g_warning ("cannot hear cameras that come and go: %s", error->message);
}

/**
 * cg_finder_apply:
 * @self: a finder
 * @config: where and how to look from now on
 */
void
cg_finder_apply (CgFinder *self, const CgDiscoveryConfig *config)
{
  CG_ON_MAIN ();
  g_strfreev (self->interfaces);
  g_strfreev (self->hosts);
  self->interfaces = split_list (config->interfaces);
  self->hosts = split_list (config->hosts);
  self->port = (guint16)config->port;
  self->follow = config->follow;
  self->search_after_ms = config->search_after_ms;
  g_clear_pointer (&self->listener, cg_onvif_listener_free);
  if (self->follow)
    listen_to_cameras (self);
}

/**
 * cg_finder_may_follow:
 * @self: a finder
 *
 * Returns: whether lost cameras are to be looked for
 */
gboolean
cg_finder_may_follow (CgFinder *self)
{
  return self->follow;
}

/**
 * cg_finder_get_search_after_ms:
 * @self: a finder
 *
 * Returns: how long a camera is lost before it is looked for
 */
guint
cg_finder_get_search_after_ms (CgFinder *self)
{
  return self->search_after_ms;
}

/**
 * cg_finder_close:
 * @self: a finder
 *
 * Looks and listens no more; a search under way ends with %CG_ERROR_CANCELLED.
 */
void
cg_finder_close (CgFinder *self)
{
  self->follow = FALSE;
  g_clear_pointer (&self->listener, cg_onvif_listener_free);
  g_cancellable_cancel (self->cancellable);
}

/**
 * cg_finder_search_async:
 * @self: a finder
 * @host: (nullable): where to ask directly, too
 * @cancellable: (nullable): ends the waiting, not the search
 * @callback: finish with cg_finder_search_finish()
 * @user_data: for @callback
 *
 * Takes two seconds, and as long again when a search was under way.
 */
void
cg_finder_search_async (CgFinder *self,
                        const char *host,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_finder_search_async);
  g_task_set_task_data (task, g_strdup (host), g_free);
  g_ptr_array_add (self->waiting, task);
  if (self->asking == NULL)
    begin_search (self);
}

/**
 * cg_finder_search_finish:
 * @self: a finder
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (element-type CgOnvifDiscovered) (nullable): who answered; shared, not
 *   to be changed
 */
GPtrArray *
cg_finder_search_finish (CgFinder *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
