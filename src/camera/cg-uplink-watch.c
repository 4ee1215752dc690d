/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-uplink-watch.h"

#include "cg-camera.h"
#include "cg-main.h"
#include "cg-uplink-care.h"

struct _CgUplinkWatch {
  CgClock *clock; /* (owned) */
  CgUplinkCare *care;
  GPtrArray *cameras; /* (owned) (nullable) (element-type CgCamera) */
  gboolean is_wanted; /* by the configuration */
  GSource *timer;     /* (nullable): it rests */
};

static CgUplinkStream
look_at (CgCamera *camera)
{
  CgCameraFacts facts;

  cg_camera_get_facts (camera, &facts);
  const CgStreamReport *report = facts.stream;
  const gboolean is_playing = report->state == CG_STREAM_PLAYING;
  return (CgUplinkStream){
      .did = facts.did,
      .importance = cg_camera_get_config (camera)->importance,
      .has_small = cg_camera_has_small (camera),
      .is_playing = is_playing,
      .is_stuck =
          !is_playing && g_strcmp0 (report->reason, cg_uplink_state_get_word (CG_UPLINK_SLOW)) == 0,
      .rate_kbps = facts.counters.bitrate_kbps,
      .dropped = facts.counters.unsent,
  };
}

/* Nothing is sent, and all would send their main pictures: there is nothing to decide. */
static gboolean
may_rest (GPtrArray *cameras, const CgUplinkStream *streams)
{
  CgCameraFacts facts;

  for (guint i = 0; i < cameras->len; i++) {
    cg_camera_get_facts (cameras->pdata[i], &facts);
    if (facts.stream->state != CG_STREAM_STOPPED || streams[i].state != CG_UPLINK_FREE)
      return FALSE;
  }
  return TRUE;
}

static gboolean
on_tick (gpointer user_data)
{
  CgUplinkWatch *self = user_data;
  const guint n_streams = self->cameras->len;
  g_autofree CgUplinkStream *streams = g_new0 (CgUplinkStream, n_streams);

  for (guint i = 0; i < n_streams; i++)
    streams[i] = look_at (self->cameras->pdata[i]);
  cg_uplink_care_decide (self->care, streams, n_streams, cg_clock_get_monotonic_ms (self->clock));
  for (guint i = 0; i < n_streams; i++)
    cg_camera_care_uplink (self->cameras->pdata[i], streams[i].state);
  if (!may_rest (self->cameras, streams))
    return G_SOURCE_CONTINUE;
  cg_clear_source (&self->timer);
  return G_SOURCE_REMOVE;
}

/**
 * cg_uplink_watch_new:
 * @clock: for looking again
 *
 * Returns: (transfer full): a watch that does nothing until cg_uplink_watch_apply()
 */
CgUplinkWatch *
cg_uplink_watch_new (CgClock *clock)
{
  CgUplinkWatch *self = g_new0 (CgUplinkWatch, 1);

  self->clock = g_object_ref (clock);
  self->care = cg_uplink_care_new ();
  return self;
}

/**
 * cg_uplink_watch_free:
 * @self: (transfer full) (nullable): a watch
 */
void
cg_uplink_watch_free (CgUplinkWatch *self)
{
  if (self == NULL)
    return;
  cg_clear_source (&self->timer);
  g_clear_pointer (&self->cameras, g_ptr_array_unref);
  cg_uplink_care_free (self->care);
  g_object_unref (self->clock);
  g_free (self);
}

/**
 * cg_uplink_watch_apply:
 * @self: a watch
 * @config: budget and pauses from now on
 * @cameras: (element-type CgCamera): those of the box from now on
 */
void
cg_uplink_watch_apply (CgUplinkWatch *self, const CgStreamConfig *config, GPtrArray *cameras)
{
  CG_ON_MAIN ();
  g_clear_pointer (&self->cameras, g_ptr_array_unref);
  self->cameras = g_ptr_array_ref (cameras);
  cg_uplink_care_apply (self->care, config->uplink_kbps, config->uplink_retry_ms);
  self->is_wanted = config->uplink_care;
  cg_clear_source (&self->timer);
  cg_uplink_watch_wake (self);
  if (self->is_wanted)
    return;
  cg_uplink_care_free (self->care); /* what was is forgotten */
  self->care = cg_uplink_care_new ();
  for (guint i = 0; i < cameras->len; i++)
    cg_camera_care_uplink (cameras->pdata[i], CG_UPLINK_FREE);
}

/**
 * cg_uplink_watch_wake:
 * @self: a watch
 *
 * A stream of one of the cameras has changed. While none is played, the watch rests.
 */
void
cg_uplink_watch_wake (CgUplinkWatch *self)
{
  CG_ON_MAIN ();
  if (self->is_wanted && self->timer == NULL)
    self->timer = cg_clock_add_timeout (self->clock, CG_UPLINK_TICK_MS, on_tick, self);
}
