/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-viewers.h"

#include "cg-main.h"
#include "cg-restream.h"

/* A port that is taken may be free again, an address that is missing may come. */
#define RETRY_MS 10000

/* Q13: a camera takes five to ten seconds to its first picture; viewers give up after about that
 * time, and come again. */
#define ANSWER_TIMEOUT_MS 10000

/* What a session lasts without a sign of life: what viewers expect (RFC 2326, 12.37). */
#define SESSION_TIMEOUT_MS 60000

struct _CgViewers {
  GObject parent_instance;

  CgClock *clock;
  GHashTable *hubs;        /* (owned) (element-type utf8 CgHub): NULL: will be there soon */
  CgRestreamConfig wanted; /* (owned) strings */
  CgRestream *restream;    /* (owned) (nullable) */
  GSource *retry;          /* (owned) (nullable) */
  char *trouble;           /* (owned) (nullable): why there is no server */
  guint closing;           /* servers that have not let go of their port yet */
  GTask *close;            /* (owned) (nullable) */
};

enum { SIGNAL_WATCHED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgViewers, cg_viewers, G_TYPE_OBJECT)

static void
clear_wanted (CgViewers *self)
{
  g_clear_pointer (&self->wanted.url, g_free);
  g_clear_pointer (&self->wanted.username, g_free);
  g_clear_pointer (&self->wanted.password, g_free);
}

static void
cg_viewers_dispose (GObject *object)
{
  CgViewers *self = CG_VIEWERS (object);

  cg_clear_source (&self->retry);
  if (self->restream != NULL)
    g_signal_handlers_disconnect_by_data (self->restream, self);
  g_clear_object (&self->restream);
  g_clear_pointer (&self->hubs, g_hash_table_unref);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->trouble, g_free);
  clear_wanted (self);
  G_OBJECT_CLASS (cg_viewers_parent_class)->dispose (object);
}

static void
cg_viewers_class_init (CgViewersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_viewers_dispose;

  signals[SIGNAL_WATCHED] =
      g_signal_new ("watched", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
drop_hub (gpointer hub)
{
  if (hub != NULL)
    g_object_unref (hub);
}

static void
cg_viewers_init (CgViewers *self)
{
  self->hubs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, drop_hub);
}

static void
on_watched (CgRestream *restream, const char *did, gboolean is_watched, CgViewers *self)
{
  g_signal_emit (self, signals[SIGNAL_WATCHED], 0, did, is_watched);
}

static CgRestream *
make_server (CgViewers *self, GError **error)
{
  CgRestreamOptions options = {
      .username = self->wanted.username,
      .password = self->wanted.password,
      .answer_timeout_ms = ANSWER_TIMEOUT_MS,
      .session_timeout_ms = SESSION_TIMEOUT_MS,
  };
  g_autofree char *address = NULL;

  if (!cg_restream_config_get_place (&self->wanted, &address, &options.port, error))
    return NULL;
  options.address = address;
  return cg_restream_new (&options, error);
}

static gboolean on_retry (gpointer user_data);

/* Told once, however often it is tried. */
static void
note_trouble (CgViewers *self, const GError *error)
{
  g_autofree char *before = g_steal_pointer (&self->trouble);

  self->trouble = error != NULL ? g_strdup (error->message) : NULL;
  if (error != NULL && g_strcmp0 (before, self->trouble) != 0)
    g_warning ("%s; trying again every %u s", error->message, RETRY_MS / 1000);
}

/* Once the one before has let go of its port, which may be the same. */
static void
open_server (CgViewers *self)
{
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer did, hub;

  if (self->wanted.url == NULL || self->restream != NULL || self->closing > 0 ||
      self->close != NULL)
    return;
  self->restream = make_server (self, &error);
  note_trouble (self, error);
  if (self->restream == NULL) {
    self->retry = cg_clock_add_timeout (self->clock, RETRY_MS, on_retry, self);
    return;
  }
  g_signal_connect_object (self->restream, "watched", G_CALLBACK (on_watched), self, 0);
  g_hash_table_iter_init (&iter, self->hubs);
  while (g_hash_table_iter_next (&iter, &did, &hub))
    cg_restream_set_hub (self->restream, did, hub);
  g_message ("viewers on the LAN are let in at %s", self->wanted.url);
}

static gboolean
on_retry (gpointer user_data)
{
  CgViewers *self = user_data;

  cg_clear_source (&self->retry);
  open_server (self);
  return G_SOURCE_REMOVE;
}

static void
finish_close (CgViewers *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->close == NULL || self->closing > 0)
    return;
  task = g_steal_pointer (&self->close);
  g_task_return_boolean (task, TRUE);
}

static void
on_server_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgViewers) self = user_data;

  cg_restream_close_finish (CG_RESTREAM (object), result, NULL);
  self->closing--;
  open_server (self);
  finish_close (self);
}

/* Its viewers are gone with it: nothing is watched any more. */
static void
close_server (CgViewers *self)
{
  g_autoptr (CgRestream) restream = g_steal_pointer (&self->restream);
  g_autofree const char **dids = (const char **)g_hash_table_get_keys_as_array (self->hubs, NULL);

  cg_clear_source (&self->retry);
  g_clear_pointer (&self->trouble, g_free);
  if (restream == NULL)
    return;
  g_signal_handlers_disconnect_by_data (restream, self);
  self->closing++;
  cg_restream_close_async (restream, on_server_closed, g_object_ref (self));
  for (guint i = 0; dids[i] != NULL; i++)
    g_signal_emit (self, signals[SIGNAL_WATCHED], 0, dids[i], FALSE);
}

/**
 * cg_viewers_new:
 * @clock: for what is tried again
 *
 * Returns: (transfer full): nobody is let in
 */
CgViewers *
cg_viewers_new (CgClock *clock)
{
  CgViewers *self = g_object_new (CG_TYPE_VIEWERS, NULL);

  self->clock = g_object_ref (clock);
  return self;
}

/**
 * cg_viewers_apply:
 * @self: viewers
 * @config: copied: where they are let in, and who; settled
 *
 * If it has changed all are sent away, and come again by what holds now.
 */
void
cg_viewers_apply (CgViewers *self, const CgRestreamConfig *config)
{
  CG_ON_MAIN ();
  if (g_strcmp0 (self->wanted.url, config->url) == 0 &&
      g_strcmp0 (self->wanted.username, config->username) == 0 &&
      g_strcmp0 (self->wanted.password, config->password) == 0)
    return;
  clear_wanted (self);
  self->wanted.url = g_strdup (config->url);
  self->wanted.username = g_strdup (config->username);
  self->wanted.password = g_strdup (config->password);
  close_server (self);
  open_server (self);
}

/**
 * cg_viewers_show:
 * @self: viewers
 * @did: of a camera
 * @hub: its pictures
 */
void
cg_viewers_show (CgViewers *self, const char *did, CgHub *hub)
{
  CG_ON_MAIN ();
  g_hash_table_replace (self->hubs, g_strdup (did), g_object_ref (hub));
  if (self->restream != NULL)
    cg_restream_set_hub (self->restream, did, hub);
}

/**
 * cg_viewers_await:
 * @self: viewers
 * @did: of a camera that begins anew
 *
 * Who asks for it is told to come again.
 */
void
cg_viewers_await (CgViewers *self, const char *did)
{
  CG_ON_MAIN ();
  g_hash_table_replace (self->hubs, g_strdup (did), NULL);
  if (self->restream != NULL)
    cg_restream_set_hub (self->restream, did, NULL);
}

/**
 * cg_viewers_hide:
 * @self: viewers
 * @did: of a camera that is no longer bound
 */
void
cg_viewers_hide (CgViewers *self, const char *did)
{
  CG_ON_MAIN ();
  g_hash_table_remove (self->hubs, did);
  if (self->restream != NULL)
    cg_restream_remove (self->restream, did);
}

/**
 * cg_viewers_count:
 * @self: viewers
 * @did: of a camera
 *
 * Returns: how many watch it, or wait for its picture
 */
guint
cg_viewers_count (CgViewers *self, const char *did)
{
  CG_ON_MAIN ();
  return self->restream != NULL ? cg_restream_count (self->restream, did) : 0;
}

/**
 * cg_viewers_get_url:
 * @self: viewers
 *
 * Returns: (transfer none) (nullable): where they are to be let in; %NULL: nowhere
 */
const char *
cg_viewers_get_url (CgViewers *self)
{
  return self->wanted.url;
}

/**
 * cg_viewers_get_trouble:
 * @self: viewers
 *
 * Returns: (transfer none) (nullable): why they are not let in
 */
const char *
cg_viewers_get_trouble (CgViewers *self)
{
  return self->trouble;
}

/**
 * cg_viewers_close_async:
 * @self: viewers
 * @callback: finish with cg_viewers_close_finish()
 * @user_data: for @callback
 *
 * Sends all away, for good.
 */
void
cg_viewers_close_async (CgViewers *self, GAsyncReadyCallback callback, gpointer user_data)
{
  CG_ON_MAIN ();
  g_return_if_fail (self->close == NULL);

  self->close = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->close, cg_viewers_close_async);
  close_server (self);
  finish_close (self);
}

/**
 * cg_viewers_close_finish:
 * @self: viewers
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_viewers_close_finish (CgViewers *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
