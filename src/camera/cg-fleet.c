/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-fleet.h"

#include "cg-camera-care.h"
#include "cg-finder.h"
#include "cg-jobs.h"
#include "cg-key-group.h"
#include "cg-main.h"
#include "cg-media.h"
#include "cg-move-mark.h"
#include "cg-uplink-watch.h"
#include "cg-viewers.h"

struct _CgFleet {
  GObject parent_instance;

  CgStore *store; /* (nullable) */
  CgClock *clock;
  CgFinder *finder;
  CgViewers *viewers;
  CgUplinkWatch *uplink; /* (nullable): closed */
  GThreadPool *workers;
  CgConfig *config;      /* (nullable) */
  GPtrArray *cameras;    /* (element-type CgCamera) in the configuration's order */
  GPtrArray *departures; /* (element-type Departure) cameras that have not said goodbye yet */
  gboolean are_viewers_closed;
  GTask *close; /* (owned) (nullable) */
};

enum {
  SIGNAL_CONTACT_CHANGED,
  SIGNAL_STREAM_CHANGED,
  SIGNAL_CAMERAS_CHANGED,
  SIGNAL_ALARM,
  SIGNAL_REBOOT_ENDED,
  SIGNAL_PTZ_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A camera that makes room, and the one that takes its place once it is gone. */
typedef struct {
  CgFleet *fleet;
  CgCamera *successor; /* (nullable) */
  char *url;           /* (nullable): what it was playing, for the successor to play on */
} Departure;

G_DEFINE_FINAL_TYPE (CgFleet, cg_fleet, G_TYPE_OBJECT)

static void
on_contact_changed (CgCamera *camera, CgFleet *self)
{
  g_signal_emit (self, signals[SIGNAL_CONTACT_CHANGED], 0, camera);
}

static void
on_stream_changed (CgCamera *camera, CgStreamReport *report, CgFleet *self)
{
  if (self->uplink != NULL)
    cg_uplink_watch_wake (self->uplink);
  g_signal_emit (self, signals[SIGNAL_STREAM_CHANGED], 0, camera, report);
}

static void
on_alarm (CgCamera *camera, CgAlarm *alarm, CgFleet *self)
{
  g_signal_emit (self, signals[SIGNAL_ALARM], 0, camera, alarm);
}

static void
on_reboot_ended (CgCamera *camera, GError *error, CgFleet *self)
{
  g_signal_emit (self, signals[SIGNAL_REBOOT_ENDED], 0, camera, error);
}

static void
on_ptz_failed (CgCamera *camera, GError *error, CgFleet *self)
{
  g_signal_emit (self, signals[SIGNAL_PTZ_FAILED], 0, camera, error);
}

static CgCamera *
make_camera (CgFleet *self, const CgCameraConfig *config)
{
  const CgCameraContext context = {self->clock, self->store, self->finder, self->workers,
                                   self->config};
  CgCamera *camera = cg_camera_new (config, &context);

  g_signal_connect_object (camera, "contact-changed", G_CALLBACK (on_contact_changed), self, 0);
  g_signal_connect_object (camera, "stream-changed", G_CALLBACK (on_stream_changed), self, 0);
  g_signal_connect_object (camera, "alarm", G_CALLBACK (on_alarm), self, 0);
  g_signal_connect_object (camera, "reboot-ended", G_CALLBACK (on_reboot_ended), self, 0);
  g_signal_connect_object (camera, "ptz-failed", G_CALLBACK (on_ptz_failed), self, 0);
  return camera;
}

static void
on_watched (CgViewers *viewers, const char *did, gboolean is_watched, CgFleet *self)
{
  CgCamera *camera = cg_fleet_lookup (self, did);

  if (camera != NULL)
    cg_camera_watch (camera, is_watched);
}

static void
finish_close (CgFleet *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->close == NULL || self->departures->len > 0 || !self->are_viewers_closed)
    return;
  task = g_steal_pointer (&self->close);
  g_task_return_boolean (task, TRUE);
}

static void
departure_free (Departure *self)
{
  g_object_unref (self->fleet);
  g_clear_object (&self->successor);
  g_free (self->url);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Departure, departure_free)

/* Returns: (nullable): the departure after which @camera takes its place; %NULL once it has. */
static Departure *
find_departure (CgFleet *self, CgCamera *camera)
{
  for (guint i = 0; i < self->departures->len; i++) {
    Departure *departure = g_ptr_array_index (self->departures, i);

    if (departure->successor == camera)
      return departure;
  }
  return NULL;
}

static void
open_camera (CgFleet *self, CgCamera *camera)
{
  cg_camera_open (camera);
  cg_viewers_show (self->viewers, cg_camera_get_did (camera), cg_camera_get_hub (camera));
}

static void
settle_successor (const Departure *departure)
{
  CgCamera *successor = departure->successor;

  if (successor == NULL)
    return;
  open_camera (departure->fleet, successor);
  if (departure->url != NULL)
    cg_camera_play (successor, departure->url);
}

/* Of a camera that is not ours any more: whether it stands or not, nobody will stop it. At the end
 * of the daemon it stays ours. */
static void
drop_mark (const Departure *departure, CgCamera *camera)
{
  CgFleet *self = departure->fleet;

  if (self->store != NULL && self->close == NULL &&
      cg_fleet_lookup (self, cg_camera_get_did (camera)) == NULL)
    cg_move_mark_forget (self->store, cg_camera_get_did (camera));
}

static void
on_camera_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Departure) departure = user_data;

  cg_camera_close_finish (CG_CAMERA (object), result, NULL);
  drop_mark (departure, CG_CAMERA (object));
  g_ptr_array_remove (departure->fleet->departures, departure);
  settle_successor (departure);
  finish_close (departure->fleet);
}

static char *
get_playing_url (CgCamera *camera)
{
  CgCameraFacts facts;

  if (!cg_camera_is_streaming (camera))
    return NULL;
  cg_camera_get_facts (camera, &facts);
  return g_strdup (facts.stream->url);
}

static void
let_go (CgFleet *self, CgCamera *camera, CgCamera *successor)
{
  Departure *awaited = find_departure (self, camera);
  Departure *departure = g_new0 (Departure, 1);

  departure->fleet = g_object_ref (self);
  if (awaited != NULL)
    g_set_object (&awaited->successor, successor); /* @camera never took its place */
  else
    g_set_object (&departure->successor, successor);
  departure->url = get_playing_url (camera);
  if (successor != NULL)
    cg_camera_inherit_reboot (successor, camera);
  if (successor != NULL)
    cg_viewers_await (self->viewers, cg_camera_get_did (camera));
  else
    cg_viewers_hide (self->viewers, cg_camera_get_did (camera));
  g_ptr_array_add (self->departures, departure);
  cg_camera_close_async (camera, on_camera_closed, departure);
}

/* @index: (element-type utf8 CgCamera): of @old, by did; both lose what is bound again */
static void
bind (CgFleet *self, GPtrArray *old, GHashTable *index, const CgCameraConfig *config)
{
  CgCamera *before = g_hash_table_lookup (index, config->did);
  CgCamera *camera;

  g_hash_table_remove (index, config->did);
  if (before != NULL && cg_camera_config_equal (cg_camera_get_config (before), config)) {
    cg_camera_apply (before, self->config);
    g_ptr_array_add (self->cameras, g_object_ref (before));
    g_ptr_array_remove (old, before);
    return;
  }
  camera = make_camera (self, config);
  g_ptr_array_add (self->cameras, camera);
  if (before == NULL) {
    open_camera (self, camera);
    return;
  }
  let_go (self, before, camera);
  g_ptr_array_remove (old, before);
}

static void
cg_fleet_dispose (GObject *object)
{
  CgFleet *self = CG_FLEET (object);

  g_clear_pointer (&self->uplink, cg_uplink_watch_free);
  g_clear_pointer (&self->cameras, g_ptr_array_unref);
  g_clear_pointer (&self->departures, g_ptr_array_unref);
  g_clear_pointer (&self->config, cg_config_unref);
  g_clear_object (&self->finder);
  g_clear_object (&self->viewers);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_fleet_parent_class)->dispose (object);
}

/* A worker that is still looking up a name ends by itself: nothing waits for it. */
static void
cg_fleet_finalize (GObject *object)
{
  CgFleet *self = CG_FLEET (object);

  g_thread_pool_free (self->workers, FALSE, FALSE);
  G_OBJECT_CLASS (cg_fleet_parent_class)->finalize (object);
}

static void
cg_fleet_class_init (CgFleetClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cg_fleet_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_fleet_finalize;
  signals[SIGNAL_CONTACT_CHANGED] =
      g_signal_new ("camera-contact-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, CG_TYPE_CAMERA);
  signals[SIGNAL_STREAM_CHANGED] =
      g_signal_new ("camera-stream-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, CG_TYPE_CAMERA, CG_TYPE_STREAM_REPORT);
  signals[SIGNAL_ALARM] = g_signal_new ("camera-alarm", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 2, CG_TYPE_CAMERA, CG_TYPE_ALARM);
  signals[SIGNAL_REBOOT_ENDED] =
      g_signal_new ("camera-reboot-ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, CG_TYPE_CAMERA, G_TYPE_ERROR);
  signals[SIGNAL_PTZ_FAILED] =
      g_signal_new ("camera-ptz-failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    2, CG_TYPE_CAMERA, G_TYPE_ERROR);
  signals[SIGNAL_CAMERAS_CHANGED] = g_signal_new ("cameras-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cg_fleet_init (CgFleet *self)
{
  self->finder = cg_finder_new ();
  self->workers = cg_jobs_pool_new ();
  self->cameras = g_ptr_array_new_with_free_func (g_object_unref);
  self->departures = g_ptr_array_new ();
}

/**
 * cg_fleet_new:
 * @store: (nullable): where cameras keep what they learn
 * @clock: for all timers
 *
 * Returns: (transfer full): no cameras yet
 */
CgFleet *
cg_fleet_new (CgStore *store, CgClock *clock)
{
  CgFleet *self = g_object_new (CG_TYPE_FLEET, NULL);

  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->clock = g_object_ref (clock);
  self->uplink = cg_uplink_watch_new (clock);
  self->viewers = cg_viewers_new (clock);
  g_signal_connect_object (self->viewers, "watched", G_CALLBACK (on_watched), self, 0);
  return self;
}

/**
 * cg_fleet_apply:
 * @self: a fleet
 * @config: the configuration that holds from now on
 *
 * Binds the cameras of @config. Those that did not change go on undisturbed; one that changed is
 * replaced, and what it played is played by its successor, which also restarts it if that was
 * planned; one that is gone says goodbye.
 */
void
cg_fleet_apply (CgFleet *self, CgConfig *config)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->cameras);
  g_autoptr (CgConfig) before = g_steal_pointer (&self->config);
  const CgKeyGroup *discovery = cg_key_group_get (CG_KEY_GROUP_DISCOVERY);
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);

  CG_ON_MAIN ();
  self->config = cg_config_ref (config);
  if (before == NULL || !cg_key_group_equal (discovery, &before->discovery, &config->discovery))
    cg_finder_apply (self->finder, &config->discovery);
  self->cameras = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < old->len; i++)
    g_hash_table_insert (index, (char *)cg_camera_get_did (old->pdata[i]), old->pdata[i]);
  for (guint i = 0; i < config->cameras->len; i++)
    bind (self, old, index, g_ptr_array_index (config->cameras, i));
  for (guint i = 0; i < old->len; i++)
    let_go (self, g_ptr_array_index (old, i), NULL);
  cg_viewers_apply (self->viewers, &config->restream);
  cg_uplink_watch_apply (self->uplink, &config->stream, self->cameras);
  g_signal_emit (self, signals[SIGNAL_CAMERAS_CHANGED], 0);
}

/**
 * cg_fleet_lookup:
 * @self: a fleet
 * @did: a device id
 *
 * Returns: (transfer none) (nullable): the camera bound to it
 */
CgCamera *
cg_fleet_lookup (CgFleet *self, const char *did)
{
  for (guint i = 0; i < self->cameras->len; i++) {
    CgCamera *camera = g_ptr_array_index (self->cameras, i);

    if (g_str_equal (cg_camera_get_did (camera), did))
      return camera;
  }
  return NULL;
}

/**
 * cg_fleet_list:
 * @self: a fleet
 *
 * Returns: (transfer none) (element-type CgCamera): in the configuration's order
 */
GPtrArray *
cg_fleet_list (CgFleet *self)
{
  return self->cameras;
}

static gboolean
is_playing (CgFleet *self, CgCamera *camera)
{
  const Departure *awaited = find_departure (self, camera);

  return cg_camera_is_streaming (camera) || (awaited != NULL && awaited->url != NULL);
}

/**
 * cg_fleet_count_streams:
 * @self: a fleet
 *
 * Returns: how many plays are in force
 */
guint
cg_fleet_count_streams (CgFleet *self)
{
  guint count = 0;

  for (guint i = 0; i < self->cameras->len; i++)
    count += is_playing (self, g_ptr_array_index (self->cameras, i)) ? 1 : 0;
  return count;
}

/**
 * cg_fleet_count_viewers:
 * @self: a fleet
 * @did: of a camera
 *
 * Returns: how many on the LAN watch it, or wait for its picture
 */
guint
cg_fleet_count_viewers (CgFleet *self, const char *did)
{
  return cg_viewers_count (self->viewers, did);
}

/**
 * cg_fleet_get_restream:
 * @self: a fleet
 * @trouble: (out) (transfer none) (nullable): why nobody is let in there
 *
 * Returns: (transfer none) (nullable): where viewers on the LAN are let in; %NULL: nowhere
 */
const char *
cg_fleet_get_restream (CgFleet *self, const char **trouble)
{
  *trouble = cg_viewers_get_trouble (self->viewers);
  return cg_viewers_get_url (self->viewers);
}

/**
 * cg_fleet_play:
 * @self: a fleet
 * @camera: one of its cameras
 * @url: where to push the picture
 * @error: return location: %CG_ERROR_BAD_REQUEST for a missing or other than RTMP URL,
 *   %CG_ERROR_TOO_MANY_STREAMS
 *
 * cg_camera_play() within the limit of the box (max-streams). A camera that still waits for its
 * predecessor's goodbye begins after that: one session, one publisher, ever (Q10, Q19).
 *
 * Returns: whether it is accepted
 */
gboolean
cg_fleet_play (CgFleet *self, CgCamera *camera, const char *url, GError **error)
{
  const guint max = self->config->stream.max_streams;
  Departure *awaited = find_departure (self, camera);

  if (!cg_media_check_rtmp_url (url, error))
    return FALSE;
  if (!is_playing (self, camera) && cg_fleet_count_streams (self) >= max) {
    g_set_error (error, CG_ERROR, CG_ERROR_TOO_MANY_STREAMS,
                 "%u streams are running, and no more are allowed", max);
    return FALSE;
  }
  if (awaited == NULL) {
    cg_camera_play (camera, url);
    return TRUE;
  }
  g_free (awaited->url);
  awaited->url = g_strdup (url);
  return TRUE;
}

/**
 * cg_fleet_stop:
 * @self: a fleet
 * @camera: one of its cameras
 *
 * cg_camera_stop(), also for what @camera was to play on after its predecessor.
 */
void
cg_fleet_stop (CgFleet *self, CgCamera *camera)
{
  Departure *awaited = find_departure (self, camera);

  if (awaited != NULL)
    g_clear_pointer (&awaited->url, g_free);
  cg_camera_stop (camera);
}

/**
 * cg_fleet_link_lost:
 * @self: a fleet
 * @source: the name of a link
 *
 * Ends the moves that came by that link, after the grace time.
 */
void
cg_fleet_link_lost (CgFleet *self, const char *source)
{
  for (guint i = 0; i < self->cameras->len; i++)
    cg_camera_link_lost (g_ptr_array_index (self->cameras, i), source);
}

static void
on_viewers_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgFleet) self = user_data;

  cg_viewers_close_finish (CG_VIEWERS (object), result, NULL);
  self->are_viewers_closed = TRUE;
  finish_close (self);
}

/**
 * cg_fleet_close_async:
 * @self: a fleet
 * @callback: finish with cg_fleet_close_finish()
 * @user_data: for @callback
 *
 * Closes all cameras, those that are being replaced included.
 */
void
cg_fleet_close_async (CgFleet *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GPtrArray) cameras = g_steal_pointer (&self->cameras);

  CG_ON_MAIN ();
  g_return_if_fail (self->close == NULL);

  cg_finder_close (self->finder);
  g_clear_pointer (&self->uplink, cg_uplink_watch_free);
  self->cameras = g_ptr_array_new_with_free_func (g_object_unref);
  self->close = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->close, cg_fleet_close_async);
  cg_viewers_close_async (self->viewers, on_viewers_closed, g_object_ref (self));
  for (guint i = 0; i < cameras->len; i++)
    let_go (self, g_ptr_array_index (cameras, i), NULL);
  finish_close (self);
}

/**
 * cg_fleet_close_finish:
 * @self: a fleet
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_fleet_close_finish (CgFleet *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
