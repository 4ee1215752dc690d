/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-places.h"

struct _CgRestreamPlace {
  gatomicrefcount references;
  CgRestreamPlaces *places; /* (owned) */
  char *did;                /* (owned) */
  CgHub *hub;               /* (owned) (nullable): not there yet */
  int is_gone;              /* (atomic) another has taken its place, or none */
  guint n_viewers;          /* guarded by the lock of the places */
};

struct _CgRestreamPlaces {
  gatomicrefcount references;
  GMainContext *context; /* (owned) where `func` is called */
  CgRestreamWatchedFunc func;
  gpointer user_data;
  gboolean is_mute; /* the main loop's */

  GMutex mutex;       /* guards what follows */
  GHashTable *places; /* (owned) (element-type utf8 CgRestreamPlace) */
};

typedef struct {
  CgRestreamPlace *place; /* (owned) */
  gboolean is_watched;
} News;

static CgRestreamPlace *
place_ref (CgRestreamPlace *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
place_unref (CgRestreamPlace *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->hub);
  g_free (self->did);
  cg_restream_places_unref (self->places);
  g_free (self);
}

static void
place_drop (gpointer data)
{
  CgRestreamPlace *self = data;

  g_atomic_int_set (&self->is_gone, TRUE);
  place_unref (self);
}

static void
news_free (gpointer data)
{
  News *self = data;

  place_unref (self->place);
  g_free (self);
}

/* What happened at a place that is gone concerns nobody. */
static gboolean
on_news (gpointer user_data)
{
  News *self = user_data;
  CgRestreamPlaces *places = self->place->places;

  if (!places->is_mute && !cg_restream_place_is_gone (self->place))
    places->func (self->place->did, self->is_watched, places->user_data);
  return G_SOURCE_REMOVE;
}

/* With the lock held: the order of what is told is that of what has happened. */
static void
tell (CgRestreamPlace *place, gboolean is_watched)
{
  News *news = g_new0 (News, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  news->place = place_ref (place);
  news->is_watched = is_watched;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_news, news, news_free);
  g_source_attach (source, place->places->context);
}

/**
 * cg_restream_places_new:
 * @func: told when a camera is watched, and when it no longer is
 * @user_data: for @func
 *
 * Returns: (transfer full): no places yet
 */
CgRestreamPlaces *
cg_restream_places_new (CgRestreamWatchedFunc func, gpointer user_data)
{
  CgRestreamPlaces *self = g_new0 (CgRestreamPlaces, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->user_data = user_data;
  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, place_drop);
  return self;
}

/**
 * cg_restream_places_ref:
 * @self: places
 *
 * Returns: (transfer full): @self; any thread
 */
CgRestreamPlaces *
cg_restream_places_ref (CgRestreamPlaces *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * cg_restream_places_unref:
 * @self: (transfer full): places; any thread
 */
void
cg_restream_places_unref (CgRestreamPlaces *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_hash_table_unref (self->places);
  g_mutex_clear (&self->mutex);
  g_main_context_unref (self->context);
  g_free (self);
}

/* Takes all places out, so that none holds the table that holds it. */
static GHashTable *
take_all (CgRestreamPlaces *self)
{
  GHashTable *none = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, place_drop);

  g_mutex_lock (&self->mutex);
  GHashTable *all = self->places;
  self->places = none;
  g_mutex_unlock (&self->mutex);
  return all;
}

/**
 * cg_restream_places_mute:
 * @self: places
 *
 * On the main loop: there are none any more, and nobody is told of anything again.
 */
void
cg_restream_places_mute (CgRestreamPlaces *self)
{
  self->is_mute = TRUE;
  g_hash_table_unref (take_all (self));
}

/**
 * cg_restream_places_set:
 * @self: places
 * @did: of a camera
 * @hub: (nullable): its pictures; %NULL: it is known, and will be there soon
 *
 * Viewers of what was there before are sent away.
 */
void
cg_restream_places_set (CgRestreamPlaces *self, const char *did, CgHub *hub)
{
  CgRestreamPlace *place = g_new0 (CgRestreamPlace, 1);

  g_atomic_ref_count_init (&place->references);
  place->places = cg_restream_places_ref (self);
  place->did = g_strdup (did);
  place->hub = hub != NULL ? g_object_ref (hub) : NULL;
  g_mutex_lock (&self->mutex);
  g_hash_table_replace (self->places, place->did, place);
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_restream_places_remove:
 * @self: places
 * @did: of a camera that is no longer bound
 */
void
cg_restream_places_remove (CgRestreamPlaces *self, const char *did)
{
  g_mutex_lock (&self->mutex);
  g_hash_table_remove (self->places, did);
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_restream_places_count:
 * @self: places
 * @did: of a camera
 *
 * Returns: how many watch it, or wait for its picture; any thread
 */
guint
cg_restream_places_count (CgRestreamPlaces *self, const char *did)
{
  g_mutex_lock (&self->mutex);
  const CgRestreamPlace *place = g_hash_table_lookup (self->places, did);
  const guint count = place != NULL ? place->n_viewers : 0;
  g_mutex_unlock (&self->mutex);
  return count;
}

/**
 * cg_restream_places_enter:
 * @self: places
 * @did: what a viewer has asked for
 *
 * Any thread. The camera counts as watched from here on.
 *
 * Returns: (transfer full) (nullable): give it to cg_restream_place_leave(); %NULL: no such camera
 */
CgRestreamPlace *
cg_restream_places_enter (CgRestreamPlaces *self, const char *did)
{
  g_mutex_lock (&self->mutex);
  CgRestreamPlace *place = g_hash_table_lookup (self->places, did);
  if (place != NULL) {
    place_ref (place);
    if (place->n_viewers++ == 0)
      tell (place, TRUE);
  }
  g_mutex_unlock (&self->mutex);
  return place;
}

/**
 * cg_restream_place_leave:
 * @self: (transfer full): a place; any thread
 */
void
cg_restream_place_leave (CgRestreamPlace *self)
{
  g_mutex_lock (&self->places->mutex);
  if (--self->n_viewers == 0)
    tell (self, FALSE);
  g_mutex_unlock (&self->places->mutex);
  place_unref (self);
}

/**
 * cg_restream_place_get_hub:
 * @self: a place
 *
 * Returns: (transfer none) (nullable): its pictures; %NULL: not there yet
 */
CgHub *
cg_restream_place_get_hub (const CgRestreamPlace *self)
{
  return self->hub;
}

/**
 * cg_restream_place_get_did:
 * @self: a place
 *
 * Returns: (transfer none): of its camera
 */
const char *
cg_restream_place_get_did (const CgRestreamPlace *self)
{
  return self->did;
}

/**
 * cg_restream_place_is_gone:
 * @self: a place; any thread
 *
 * Returns: whether its camera was taken away, or began anew
 */
gboolean
cg_restream_place_is_gone (CgRestreamPlace *self)
{
  return g_atomic_int_get (&self->is_gone);
}
