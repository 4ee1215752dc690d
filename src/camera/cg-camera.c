/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-private.h"

#include <string.h>

#include "cg-main.h"

/* Q58: between two still pictures that the camera takes itself. */
#define SNAPSHOT_PAUSE_MS 1000

/* A goodbye takes so much longer, at most, to see that the camera has stopped: in one other form of
 * stop than the first, and still before the fleet is not waited for any more. */
#define PROOF_TIMEOUT_MS 2200

enum {
  SIGNAL_CONTACT_CHANGED,
  SIGNAL_STREAM_CHANGED,
  SIGNAL_ALARM,
  SIGNAL_REBOOT_ENDED,
  SIGNAL_PTZ_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgCamera, cg_camera, G_TYPE_OBJECT)

/* It knows what the last one has learnt, and shares the breaker with all who show the login. */
static CgOnvifSession *
make_session (CgCamera *self)
{
  const CgCameraConfig *config = self->config;
  const char *address = config->address != NULL ? config->address : "";
  CgOnvifSession *session = cg_onvif_session_new (address, config->username, config->password);

  cg_onvif_session_set_repair_addresses (session, config->repair_addresses);
  cg_onvif_session_set_breaker (session, self->breaker);
  cg_onvif_session_set_tls (session, config->tls, config->tls_fingerprint);
  cg_onvif_session_set_learnt (session, cg_profile_get_learnt (self->profile));
  return session;
}

/* Events have a connection of their own: a pull that waits delays nothing (Q41). */
static void
open_events (CgCamera *self)
{
  CgOnvifSession *session;

  if (!cg_events_is_wanted (self->events))
    return;
  session = cg_jobs_copy_session (self->jobs);
  cg_events_open (self->events, session != NULL ? session : make_session (self));
}

/* What others have learnt in another life of the camera is forgotten with its firmware. */
static void
note_contact (CgCamera *self, const CgOnvifLearnt *brought)
{
  cg_profile_note (self->profile, brought);
  const CgOnvifLearnt *learnt = cg_profile_get_learnt (self->profile);
  cg_onvif_driver_set_learnt (self->driver, learnt);
  cg_motion_set_learnt (self->motion, learnt->stop_form, cg_profile_get_ptz (self->profile));
  cg_stream_transport_set_learnt (self->transport, learnt->transport);
  cg_presets_set_reserved (self->presets, learnt->reserved_presets);
}

static void
on_timeout_learnt (CgOnvifDriver *driver, CgCamera *self)
{
  cg_profile_note_moves (self->profile, cg_motion_get_stop_form (self->motion),
                         cg_onvif_driver_refuses_timeout (driver));
}

static void
on_moves_learnt (CgMotion *motion, CgCamera *self)
{
  on_timeout_learnt (self->driver, self);
  cg_profile_note_ptz (self->profile, cg_motion_get_learnt (motion));
}

static void
on_not_stopped (CgMotion *motion, const char *message, CgCamera *self)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_PEER_FAULT, message);

  g_signal_emit (self, signals[SIGNAL_PTZ_FAILED], 0, error);
}

/* Also the stop that ends a lease, which nobody has asked for: the camera may have another address
 * (Q16). */
static void
on_silent (CgMotion *motion, const GError *error, CgCamera *self)
{
  cg_presence_doubt (self->presence, error);
}

static void
on_held (CgMotion *motion, gboolean is_held, CgCamera *self)
{
  cg_move_mark_set (self->mark, is_held);
}

/* The daemon was killed while the camera moved: nobody has stopped it since. One that has no PTZ
 * may be on its way up still: a later contact may know more. */
static void
recover_move (CgCamera *self, gboolean has_ptz)
{
  if (!has_ptz || !cg_move_mark_was_left (self->mark))
    return;
  g_message ("%s: was moving when the last run ended: stopping it", self->config->did);
  cg_motion_recover (self->motion);
}

static void
on_contact_changed (CgPresence *presence, CgCamera *self)
{
  const CgContact *contact = cg_presence_get_contact (presence);

  if (cg_presence_is_up (presence)) {
    if (contact->learnt != NULL)
      note_contact (self, contact->learnt);
    cg_onvif_driver_set_contact (self->driver, contact);
    cg_motion_contacted (self->motion);
    cg_presets_set_profile (self->presets, contact->ptz_profile,
                            contact->ptz != NULL ? contact->ptz->max_presets : 0);
    recover_move (self, contact->ptz_profile != NULL);
    self->location_used = FALSE;
    self->small_rest_ms = 0;
    open_events (self);
  } else {
    cg_events_suspend (self->events);
  }
  g_signal_emit (self, signals[SIGNAL_CONTACT_CHANGED], 0);
}

static void
on_alarm (CgEvents *events, CgAlarm *alarm, CgCamera *self)
{
  g_signal_emit (self, signals[SIGNAL_ALARM], 0, alarm);
}

static void
on_reboot_ended (CgReboot *reboot, GError *error, CgCamera *self)
{
  g_signal_emit (self, signals[SIGNAL_REBOOT_ENDED], 0, error);
}

static void
cg_camera_dispose (GObject *object)
{
  CgCamera *self = CG_CAMERA (object);

  if (self->jobs != NULL)
    cg_jobs_close (self->jobs);
  g_clear_object (&self->events);
  g_clear_object (&self->reboot);
  g_clear_object (&self->presence);
  g_clear_object (&self->stream);
  g_clear_object (&self->transport);
  g_clear_object (&self->motion);
  g_clear_object (&self->presets);
  g_clear_object (&self->driver);
  g_clear_object (&self->jobs);
  G_OBJECT_CLASS (cg_camera_parent_class)->dispose (object);
}

static void
cg_camera_finalize (GObject *object)
{
  CgCamera *self = CG_CAMERA (object);

  cg_camera_config_free (self->config);
  g_object_unref (self->clock);
  cg_move_mark_free (self->mark);
  cg_profile_free (self->profile);
  cg_breaker_unref (self->breaker);
  G_OBJECT_CLASS (cg_camera_parent_class)->finalize (object);
}

static void
cg_camera_class_init (CgCameraClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cg_camera_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_camera_finalize;
  signals[SIGNAL_CONTACT_CHANGED] = g_signal_new ("contact-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STREAM_CHANGED] = g_signal_new ("stream-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 1, CG_TYPE_STREAM_REPORT);
  signals[SIGNAL_ALARM] = g_signal_new ("alarm", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, CG_TYPE_ALARM);
  signals[SIGNAL_PTZ_FAILED] = g_signal_new ("ptz-failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_REBOOT_ENDED] = g_signal_new ("reboot-ended", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cg_camera_init (CgCamera *self)
{
}

/* What has no ONVIF cannot be found by it. */
static void
build_follower (CgCamera *self, const CgCameraContext *context)
{
  g_autoptr (CgFollower) follower = NULL;

  if (context->finder == NULL || self->config->address == NULL ||
      self->config->protocol != CG_PROTOCOL_ONVIF)
    return;
  follower = cg_follower_new (context->finder, context->store, context->clock, self->config);
  cg_presence_set_follower (self->presence, follower);
}

/**
 * cg_camera_new:
 * @config: copied
 * @context: what all cameras share; its members outlive the camera
 *
 * Returns: (transfer full): a camera that does nothing until cg_camera_open()
 */
CgCamera *
cg_camera_new (const CgCameraConfig *config, const CgCameraContext *context)
{
  CgCamera *self = g_object_new (CG_TYPE_CAMERA, NULL);

  self->config = cg_camera_config_copy (config);
  self->clock = g_object_ref (context->clock);
  self->born_ms = cg_clock_get_monotonic_ms (self->clock);
  self->snapshots = (CgOnvifSnapshotLimit)CG_ONVIF_SNAPSHOT_LIMIT_INIT (SNAPSHOT_PAUSE_MS);
  cg_camera_config_get_ptz (config, &context->config->ptz, &self->ptz);
  self->standby = context->config->stream.standby;
  self->profile = cg_profile_new (context->store, config->did);
  self->breaker = cg_breaker_new (context->clock);
  self->jobs = cg_jobs_new (context->workers, context->clock, make_session (self));
  self->driver = cg_onvif_driver_new (self->jobs, config->did);
  g_signal_connect_object (self->driver, "learnt", G_CALLBACK (on_timeout_learnt), self, 0);
  self->motion =
      cg_motion_new (CG_PTZ_DRIVER (self->driver), context->clock, config->did, &self->ptz);
  self->mark = cg_move_mark_new (context->store, context->clock, config->did);
  g_signal_connect_object (self->motion, "held", G_CALLBACK (on_held), self, 0);
  g_signal_connect_object (self->motion, "silent", G_CALLBACK (on_silent), self, 0);
  g_signal_connect_object (self->motion, "learnt", G_CALLBACK (on_moves_learnt), self, 0);
  g_signal_connect_object (self->motion, "not-stopped", G_CALLBACK (on_not_stopped), self, 0);
  self->presets = cg_presets_new (self->jobs, context->store, context->clock, config->did);
  cg_camera_watch_presets (self);
  cg_camera_build_stream (self, context);
  self->presence = cg_presence_new (self->jobs, context->clock, self->breaker, self->config);
  build_follower (self, context);
  self->events = cg_events_new (context->workers, context->clock, config);
  self->reboot = cg_reboot_new (self->jobs, self->presence, context->clock, config->did);
  g_signal_connect_object (self->events, "alarm", G_CALLBACK (on_alarm), self, 0);
  g_signal_connect_object (self->reboot, "ended", G_CALLBACK (on_reboot_ended), self, 0);
  g_signal_connect_object (self->presence, "changed", G_CALLBACK (on_contact_changed), self, 0);
  return self;
}

/**
 * cg_camera_open:
 * @self: a camera
 *
 * Begins to reach the camera, and keeps trying. One that takes the place of another begins when
 * that one has ended.
 */
void
cg_camera_open (CgCamera *self)
{
  CG_ON_MAIN ();
  cg_move_mark_recall (self->mark);
  cg_presence_open (self->presence);
  self->is_open = TRUE;
  cg_camera_hold_stream (self);
}

static void
part_closed (CgCamera *self)
{
  g_autoptr (GTask) task = NULL;

  if (--self->closing > 0)
    return;
  cg_jobs_close (self->jobs);
  task = g_steal_pointer (&self->close);
  g_task_return_boolean (task, TRUE);
}

static void
on_stream_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgCamera) self = user_data;

  cg_stream_close_finish (CG_STREAM (object), result, NULL);
  part_closed (self);
}

static void
on_events_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgCamera) self = user_data;

  cg_events_close_finish (CG_EVENTS (object), result, NULL);
  part_closed (self);
}

static void
on_rested_for_close (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgCamera) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cg_motion_await_rest_finish (CG_MOTION (object), result, &error))
    g_warning ("%s: may still be moving: %s", self->config->did, error->message);
  part_closed (self);
}

/* A stop that fails is repeated meanwhile, and a move that is on its way is waited for: it may
 * begin after the stop. A camera that was not seen to stand in the end is left to whoever comes
 * next, by its mark (Q1). */
static void
on_halted_for_close (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgCamera) self = user_data;
  g_autoptr (GError) error = NULL;
  const guint more_ms = cg_motion_is_sending (self->motion) ? self->ptz.reply_timeout_ms : 0;

  if (!cg_motion_halt_finish (CG_MOTION (object), result, &error))
    g_info ("%s: is told to stop again: %s", self->config->did, error->message);
  cg_motion_await_rest_async (self->motion, PROOF_TIMEOUT_MS + more_ms, on_rested_for_close,
                              g_object_ref (self));
}

/**
 * cg_camera_close_async:
 * @self: a camera
 * @callback: finish with cg_camera_close_finish()
 * @user_data: for @callback
 *
 * Stops a move, leaves camera and media server with a goodbye, and drops what waits.
 */
void
cg_camera_close_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  CG_ON_MAIN ();
  g_return_if_fail (self->close == NULL);

  self->close = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->close, cg_camera_close_async);
  cg_presence_close (self->presence);
  cg_motion_take_turn (self->motion); /* a preset that is being looked for is not called any more */
  self->closing = cg_motion_is_held (self->motion) ? 3 : 2;
  if (self->closing == 3)
    cg_motion_halt_async (self->motion, on_halted_for_close, g_object_ref (self));
  cg_events_close_async (self->events, on_events_closed, g_object_ref (self));
  cg_stream_close_async (self->stream, on_stream_closed, g_object_ref (self));
}

/**
 * cg_camera_close_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_camera_close_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Of its own settings, those that need no restart. */
static void
take_speeds (CgCamera *self, const CgConfig *config)
{
  const CgCameraConfig *own = cg_config_find_camera (config, self->config->did);

  if (own != NULL)
    memcpy (self->config->speeds, own->speeds, sizeof own->speeds);
}

/**
 * cg_camera_apply:
 * @self: a camera
 * @config: the settings of all cameras
 *
 * They hold from the next move, request, or try on: nothing that runs is disturbed.
 */
void
cg_camera_apply (CgCamera *self, const CgConfig *config)
{
  CG_ON_MAIN ();
  take_speeds (self, config);
  cg_camera_config_get_ptz (self->config, &config->ptz, &self->ptz);
  cg_motion_apply (self->motion, &self->ptz);
  cg_stream_apply (self->stream, &config->stream);
  self->standby = config->stream.standby;
  cg_camera_hold_stream (self);
}
