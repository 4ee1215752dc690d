/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-hub.h"

#include "cg-timeline.h"

/* A group of pictures beyond this is not worth its memory, nor is one of many small units: a new
 * output then waits for the next key frame (Q14). 8 MiB are 16 s at 4 Mbit/s. */
#define CACHE_MAX_BYTES (8 * 1024 * 1024)
#define CACHE_MAX_UNITS 4000

/* Rates are taken over windows of this length. */
#define RATE_WINDOW_US (2 * G_USEC_PER_SEC)

struct _CgHub {
  GObject parent;

  GMutex mutex; /* guards all below: fed by media threads, asked by the main loop */
  guint input;  /* serial of the open input; CG_HUB_NO_INPUT: none */
  guint last_input;
  gboolean is_live; /* the input has begun with a key frame */
  gboolean expects_sound;
  CgTimeline timelines[CG_N_TRACKS];
  gboolean has_time;
  gint64 last_dts_us; /* highest of all tracks */
  gint64 last_now_us;

  GQueue cache; /* (element-type CgAccessUnit) since the last key frame */
  gsize cache_bytes;
  gsize cache_max_bytes;
  gboolean cache_overflowed;
  GPtrArray *outputs; /* (owned) (element-type CgHubOutput) */

  CgHubStats stats; /* dropped: by outputs that have left */
  gboolean has_key; /* this input has brought one, at `last_key_us` */
  gint64 last_key_us;
  gint64 window_start_us;
  guint64 window_bytes;
  guint window_frames;
};

G_DEFINE_FINAL_TYPE (CgHub, cg_hub, G_TYPE_OBJECT)

static void
clear_cache (CgHub *self)
{
  g_queue_clear_full (&self->cache, (GDestroyNotify)cg_access_unit_unref);
  self->cache_bytes = 0;
  self->cache_overflowed = FALSE;
}

static void
cg_hub_finalize (GObject *object)
{
  CgHub *self = CG_HUB (object);

  clear_cache (self);
  g_ptr_array_unref (self->outputs);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (cg_hub_parent_class)->finalize (object);
}

static void
cg_hub_class_init (CgHubClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cg_hub_finalize;
}

static void
cg_hub_init (CgHub *self)
{
  g_mutex_init (&self->mutex);
  g_queue_init (&self->cache);
  self->cache_max_bytes = CACHE_MAX_BYTES;
  self->outputs = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_hub_output_unref);
  for (guint i = 0; i < CG_N_TRACKS; i++)
    cg_timeline_init (&self->timelines[i]);
  cg_timeline_expect_order (&self->timelines[CG_TRACK_AUDIO]);
}

static void
close_input_locked (CgHub *self)
{
  self->input = CG_HUB_NO_INPUT;
  self->is_live = FALSE;
  self->stats.bitrate_kbps = 0;
  self->stats.fps = 0;
  self->stats.gop_ms = 0;
  self->has_key = FALSE;
  self->window_start_us = 0;
  self->window_bytes = 0;
  self->window_frames = 0;
  clear_cache (self);
  for (guint i = 0; i < self->outputs->len; i++)
    cg_hub_output_await_key (self->outputs->pdata[i]);
}

/* The new input's first unit goes behind all that went before, by as much as time has passed. */
static void
join_input (CgHub *self, gint64 pts_us, gint64 now_us)
{
  gint64 start_us = 0;

  if (self->has_time)
    start_us = self->last_dts_us + MAX (now_us - self->last_now_us, 0);
  for (guint i = 0; i < CG_N_TRACKS; i++)
    cg_timeline_restart (&self->timelines[i], start_us - pts_us);
  self->is_live = TRUE;
}

static void
stamp (CgHub *self, CgAccessUnit *unit, gint64 pts_us, gint64 now_us)
{
  CgTimeline *timeline = &self->timelines[unit->track];

  cg_timeline_expect_depth (timeline, unit->format->depth);
  cg_timeline_stamp (timeline, pts_us, now_us, &unit->dts_us, &unit->pts_us);
  self->last_dts_us = self->has_time ? MAX (self->last_dts_us, unit->dts_us) : unit->dts_us;
  self->last_now_us = now_us;
  self->has_time = TRUE;
}

static void
cache_unit (CgHub *self, CgAccessUnit *unit)
{
  if (unit->track == CG_TRACK_VIDEO && unit->key)
    clear_cache (self);
  if (self->cache_overflowed)
    return;
  if (self->cache_bytes >= self->cache_max_bytes || self->cache.length >= CACHE_MAX_UNITS) {
    clear_cache (self);
    self->cache_overflowed = TRUE;
    return;
  }
  g_queue_push_tail (&self->cache, cg_access_unit_ref (unit));
  self->cache_bytes += cg_access_unit_get_size (unit);
}

static void
count_rates (CgHub *self, const CgAccessUnit *unit, gint64 now_us)
{
  if (self->window_start_us == 0)
    self->window_start_us = now_us;
  self->window_bytes += cg_access_unit_get_size (unit);
  self->window_frames += unit->track == CG_TRACK_VIDEO;

  const gint64 span_us = now_us - self->window_start_us;
  if (span_us < RATE_WINDOW_US)
    return;
  self->stats.bitrate_kbps = (guint)(self->window_bytes * 8 * 1000 / (guint64)span_us);
  self->stats.fps = self->window_frames * (double)G_USEC_PER_SEC / (double)span_us;
  self->window_start_us = now_us;
  self->window_bytes = 0;
  self->window_frames = 0;
}

static void
count_unit (CgHub *self, const CgAccessUnit *unit, gint64 now_us)
{
  self->stats.bytes += cg_access_unit_get_size (unit);
  count_rates (self, unit, now_us);
  if (unit->track == CG_TRACK_AUDIO) {
    self->stats.audio_frames++;
    return;
  }
  self->stats.frames++;
  self->stats.width = unit->format->width;
  self->stats.height = unit->format->height;
  if (!unit->key)
    return;
  self->stats.key_frames++;
  if (self->has_key)
    self->stats.gop_ms = (guint)((unit->dts_us - self->last_key_us) / 1000);
  self->has_key = TRUE;
  self->last_key_us = unit->dts_us;
}

static gboolean
feed_locked (CgHub *self, guint input, CgAccessUnit *unit, gint64 pts_us, gint64 now_us)
{
  if (input != self->input || input == CG_HUB_NO_INPUT)
    return FALSE;
  if (!self->is_live) {
    if (unit->track != CG_TRACK_VIDEO || !unit->key)
      return FALSE;
    join_input (self, pts_us, now_us);
  }
  stamp (self, unit, pts_us, now_us);
  count_unit (self, unit, now_us);
  cache_unit (self, unit);
  for (guint i = 0; i < self->outputs->len; i++)
    cg_hub_output_push (self->outputs->pdata[i], unit);
  return TRUE;
}

/**
 * cg_hub_new:
 *
 * The place where one camera's pictures come in once and go out to any number of consumers. It
 * stays while pulls and outputs come and go. All its functions may be called from any thread.
 *
 * Returns: (transfer full): a hub without input and outputs
 */
CgHub *
cg_hub_new (void)
{
  return g_object_new (CG_TYPE_HUB, NULL);
}

/**
 * cg_hub_set_cache_max_bytes:
 * @self: a hub
 * @max_bytes: what the group of pictures under way may take; 0: none is kept. 8 MiB until this
 *   is called
 *
 * Holds from the next picture on.
 */
void
cg_hub_set_cache_max_bytes (CgHub *self, gsize max_bytes)
{
  g_return_if_fail (CG_IS_HUB (self));

  g_mutex_lock (&self->mutex);
  self->cache_max_bytes = max_bytes;
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_open_input:
 * @self: a hub
 *
 * The next pull takes over: whatever an earlier one still feeds is ignored from here on. Time goes
 * on where it was, so outputs that run do not notice but for the gap.
 *
 * Returns: the input's number, for cg_hub_feed()
 */
guint
cg_hub_open_input (CgHub *self)
{
  g_return_val_if_fail (CG_IS_HUB (self), CG_HUB_NO_INPUT);

  g_mutex_lock (&self->mutex);
  close_input_locked (self);
  if (++self->last_input == CG_HUB_NO_INPUT)
    self->last_input++;
  self->input = self->last_input;
  self->expects_sound = FALSE;
  self->stats.inputs++;
  const guint input = self->input;
  g_mutex_unlock (&self->mutex);
  return input;
}

/**
 * cg_hub_feed:
 * @self: a hub
 * @input: from cg_hub_open_input()
 * @unit: (transfer full): a unit that nobody else holds; gets its time stamps here
 * @pts_us: presentation time on the input's own clock, common to its tracks
 * @now_us: when it arrived, on the machine's monotonic clock
 *
 * Gives a unit to all outputs. Those before the input's first key frame are dropped.
 *
 * Returns: %TRUE if the unit went to the outputs
 */
gboolean
cg_hub_feed (CgHub *self, guint input, CgAccessUnit *unit, gint64 pts_us, gint64 now_us)
{
  g_return_val_if_fail (CG_IS_HUB (self), FALSE);
  g_return_val_if_fail (unit != NULL, FALSE);

  g_mutex_lock (&self->mutex);
  const gboolean taken = feed_locked (self, input, unit, pts_us, now_us);
  g_mutex_unlock (&self->mutex);
  cg_access_unit_unref (unit);
  return taken;
}

/**
 * cg_hub_close_input:
 * @self: a hub
 * @input: from cg_hub_open_input()
 *
 * The pull is over. Outputs keep what they have queued and wait for another input. Does nothing
 * when another input has been opened since.
 */
void
cg_hub_close_input (CgHub *self, guint input)
{
  g_return_if_fail (CG_IS_HUB (self));

  g_mutex_lock (&self->mutex);
  if (input == self->input)
    close_input_locked (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_expect_sound:
 * @self: a hub
 * @input: from cg_hub_open_input()
 *
 * The camera has sound that is wanted: who describes the stream does well to wait for it.
 */
void
cg_hub_expect_sound (CgHub *self, guint input)
{
  g_return_if_fail (CG_IS_HUB (self));

  g_mutex_lock (&self->mutex);
  if (input == self->input)
    self->expects_sound = TRUE;
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_skip:
 * @self: a hub
 *
 * Outputs that are behind drop what they owe: the next input is to be seen at once.
 */
void
cg_hub_skip (CgHub *self)
{
  g_return_if_fail (CG_IS_HUB (self));

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->outputs->len; i++)
    cg_hub_output_skip (self->outputs->pdata[i]);
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_add_output:
 * @self: a hub
 * @wake: (nullable): called when the output has something to pop again
 * @user_data: for @wake
 *
 * The output begins with the group of pictures that is under way, if there is one (Q13).
 *
 * Returns: (transfer full): an output; give it to cg_hub_remove_output() in the end
 */
CgHubOutput *
cg_hub_add_output (CgHub *self, CgHubWakeFunc wake, gpointer user_data)
{
  g_return_val_if_fail (CG_IS_HUB (self), NULL);

  CgHubOutput *output = cg_hub_output_new (wake, user_data);
  g_mutex_lock (&self->mutex);
  cg_hub_output_prefill (output, &self->cache);
  g_ptr_array_add (self->outputs, cg_hub_output_ref (output));
  g_mutex_unlock (&self->mutex);
  return output;
}

/**
 * cg_hub_remove_output:
 * @self: a hub
 * @output: (transfer full): from cg_hub_add_output()
 *
 * Its wake function is not called again once this has returned.
 */
void
cg_hub_remove_output (CgHub *self, CgHubOutput *output)
{
  g_return_if_fail (CG_IS_HUB (self));
  g_return_if_fail (output != NULL);

  g_mutex_lock (&self->mutex);
  if (g_ptr_array_remove (self->outputs, output))
    self->stats.dropped += cg_hub_output_get_dropped (output);
  g_mutex_unlock (&self->mutex);
  cg_hub_output_close (output);
  cg_hub_output_unref (output);
}

/**
 * cg_hub_expects_sound:
 * @self: a hub
 *
 * Returns: whether the input was said to have sound; it may not have come yet
 */
gboolean
cg_hub_expects_sound (CgHub *self)
{
  g_return_val_if_fail (CG_IS_HUB (self), FALSE);

  g_mutex_lock (&self->mutex);
  const gboolean expects_sound = self->expects_sound;
  g_mutex_unlock (&self->mutex);
  return expects_sound;
}

/**
 * cg_hub_get_key_frame:
 * @self: a hub
 *
 * Returns: (transfer full) (nullable): the last key frame, for a still picture (Q58); %NULL: the
 *   hub is not live, or the key frame is too long ago
 */
CgAccessUnit *
cg_hub_get_key_frame (CgHub *self)
{
  g_return_val_if_fail (CG_IS_HUB (self), NULL);

  g_mutex_lock (&self->mutex);
  CgAccessUnit *unit = g_queue_peek_head (&self->cache);
  if (unit != NULL)
    cg_access_unit_ref (unit);
  g_mutex_unlock (&self->mutex);
  return unit;
}

/**
 * cg_hub_get_starvation:
 * @self: a hub
 * @starvation: (out caller-allocates): of those that get nothing for want of a key frame (Q14)
 */
void
cg_hub_get_starvation (CgHub *self, CgHubStarvation *starvation)
{
  g_return_if_fail (CG_IS_HUB (self));

  *starvation = CG_HUB_NO_STARVATION;
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->outputs->len; i++)
    cg_hub_output_add_starvation (self->outputs->pdata[i], starvation);
  g_mutex_unlock (&self->mutex);
}

/**
 * cg_hub_get_stats:
 * @self: a hub
 * @stats: (out caller-allocates): filled in
 */
void
cg_hub_get_stats (CgHub *self, CgHubStats *stats)
{
  g_return_if_fail (CG_IS_HUB (self));
  g_return_if_fail (stats != NULL);

  g_mutex_lock (&self->mutex);
  *stats = self->stats;
  stats->outputs = self->outputs->len;
  stats->reordered = self->timelines[CG_TRACK_VIDEO].is_reordered;
  for (guint i = 0; i < CG_N_TRACKS; i++)
    stats->jumps += self->timelines[i].jumps;
  for (guint i = 0; i < self->outputs->len; i++)
    stats->dropped += cg_hub_output_get_dropped (self->outputs->pdata[i]);
  g_mutex_unlock (&self->mutex);
}
