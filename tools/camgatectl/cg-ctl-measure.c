/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-measure.h"

#include "cg-main.h"
#include "cg-pull.h"

/* Cameras take 5 to 10 s to the first picture (Q13). */
#define START_TIMEOUT_MS 15000
#define STALL_TIMEOUT_MS 5000
/* How often is looked whether enough was seen. */
#define LOOK_MS 100

/* One look at one stream. The worker waits; all that concerns the pull is done on the main loop. */
typedef struct {
  const CgCtlMeasureOptions *options; /* valid while the worker waits */
  CgClock *clock;                     /* (owned) */

  GMutex lock; /* guards what the worker looks at */
  GCond changed;
  gboolean is_running;
  gboolean is_over;
  GError *error; /* (owned) (nullable) */
  CgCtlMeasured measured;

  /* On the main loop. */
  CgHub *hub;          /* (owned) (nullable) */
  CgHubOutput *output; /* (owned) (nullable) */
  CgPull *pull;        /* (owned) (nullable) */
  GSource *look;       /* (owned) (nullable) */
  CgStreamSurvey survey;
  gint64 started_ms;
  gint64 live_ms;
  gboolean is_ending;
} Measure;

static void
measure_clear (gpointer data)
{
  Measure *self = data;

  g_clear_object (&self->pull);
  g_clear_object (&self->hub);
  g_clear_object (&self->clock);
  g_clear_error (&self->error);
  cg_stream_survey_clear (&self->survey);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
}

static void
measure_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, measure_clear);
}

static void
post (Measure *self, GSourceFunc func)
{
  cg_main_post (NULL, func, g_atomic_rc_box_acquire (self), measure_unref);
}

static void
drain (Measure *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  gint64 dts_us, pts_us;

  while (self->output != NULL) {
    g_autoptr (CgAccessUnit) unit = cg_hub_output_pop (self->output, &dts_us, &pts_us);

    if (unit == NULL)
      return;
    cg_stream_survey_take (&self->survey, unit, now_us);
  }
}

static gboolean
on_units (gpointer user_data)
{
  drain (user_data);
  return G_SOURCE_REMOVE;
}

/* In the media thread. */
static void
on_wake (gpointer user_data)
{
  post (user_data, on_units);
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Measure *self = user_data;

  cg_pull_stop_finish (CG_PULL (object), result, NULL);
  g_clear_object (&self->pull);
  g_clear_object (&self->hub);
  g_mutex_lock (&self->lock);
  self->is_over = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  measure_unref (self);
}

/* The camera is told before the worker goes on: it may allow one session only (Q19). */
static void
end (Measure *self, const GError *error)
{
  if (self->is_ending)
    return;
  self->is_ending = TRUE;
  drain (self);
  cg_clear_source (&self->look);
  cg_hub_remove_output (self->hub, g_steal_pointer (&self->output));
  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->measured.is_udp = cg_pull_get_transport (self->pull) == CG_TRANSPORT_UDP;
  cg_stream_survey_report (&self->survey, &self->measured.findings);
  g_signal_handlers_disconnect_by_data (self->pull, self);
  cg_pull_stop_async (self->pull, on_stopped, g_atomic_rc_box_acquire (self));
}

static void
on_running (CgPull *pull, Measure *self)
{
  g_mutex_lock (&self->lock);
  self->is_running = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
on_live (CgPull *pull, Measure *self)
{
  self->live_ms = cg_clock_get_monotonic_ms (self->clock);
  self->measured.first_ms = (guint)(self->live_ms - self->started_ms);
}

static void
on_failed (CgPull *pull, const GError *error, Measure *self)
{
  end (self, error);
}

static gboolean
has_seen_enough (Measure *self)
{
  const CgCtlMeasureOptions *options = self->options;
  const gint64 seen_ms = cg_clock_get_monotonic_ms (self->clock) - self->live_ms;
  CgStreamFindings findings;

  if (self->live_ms == 0 || seen_ms < options->min_ms)
    return FALSE;
  cg_stream_survey_report (&self->survey, &findings);
  /* The first group may be cut short by a key frame that we asked for. */
  return seen_ms >= options->max_ms || findings.key_frames > options->groups + 1;
}

static gboolean
on_look (gpointer user_data)
{
  Measure *self = user_data;

  if (!g_cancellable_is_cancelled (self->options->cancellable) && !has_seen_enough (self))
    return G_SOURCE_CONTINUE;
  end (self, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_begin (gpointer user_data)
{
  Measure *self = user_data;
  const CgPullOptions options = {
      .location = self->options->location,
      .username = self->options->username,
      .password = self->options->password,
      .transport = CG_TRANSPORT_AUTO,
      .audio = CG_AUDIO_PASS,
      .start_timeout_ms = START_TIMEOUT_MS,
      .stall_timeout_ms = STALL_TIMEOUT_MS,
      .clock = self->clock,
  };

  self->hub = cg_hub_new ();
  self->output = cg_hub_add_output (self->hub, on_wake, self);
  self->pull = cg_pull_new (self->hub, &options);
  self->started_ms = cg_clock_get_monotonic_ms (self->clock);
  self->look = cg_clock_add_timeout (self->clock, LOOK_MS, on_look, self);
  g_signal_connect (self->pull, "running", G_CALLBACK (on_running), self);
  g_signal_connect (self->pull, "live", G_CALLBACK (on_live), self);
  g_signal_connect (self->pull, "failed", G_CALLBACK (on_failed), self);
  cg_pull_start (self->pull);
  return G_SOURCE_REMOVE;
}

/* In the worker, without the lock being held by anybody who waits for it. */
static void
wait_until_over (Measure *self)
{
  gboolean told = FALSE;

  g_mutex_lock (&self->lock);
  while (!self->is_over) {
    if (self->is_running && !told && self->options->running != NULL) {
      told = TRUE;
      g_mutex_unlock (&self->lock);
      self->options->running (self->options->user_data);
      g_mutex_lock (&self->lock);
      continue;
    }
    g_cond_wait (&self->changed, &self->lock);
  }
  g_mutex_unlock (&self->lock);
}

static CgBreakerOutcome
get_outcome (const Measure *self)
{
  if (self->live_ms > 0)
    return CG_BREAKER_ACCEPTED;
  return g_error_matches (self->error, CG_ERROR, CG_ERROR_LOGIN_REFUSED) ? CG_BREAKER_REFUSED
                                                                         : CG_BREAKER_UNKNOWN;
}

/**
 * cg_ctl_measure_in_thread:
 * @options: what to look at, and for how long
 * @measured: (out): what was seen; filled in also when the stream broke off after it had begun
 * @error: return location: as #CgPull::failed, and as cg_breaker_begin()
 *
 * Pulls the stream as camgated does and measures it (Q14, Q22). The main loop must run meanwhile,
 * in another thread.
 *
 * Returns: %TRUE if the stream played until enough was seen
 */
gboolean
cg_ctl_measure_in_thread (const CgCtlMeasureOptions *options,
                          CgCtlMeasured *measured,
                          GError **error)
{
  const gboolean has_login = options->username != NULL;
  Measure *self;

  if (has_login && !cg_breaker_begin (options->breaker, CG_BREAKER_RTSP, error))
    return FALSE;
  self = g_atomic_rc_box_new0 (Measure);
  self->options = options;
  self->clock = cg_clock_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  post (self, on_begin);
  wait_until_over (self);
  if (has_login)
    cg_breaker_end (options->breaker, CG_BREAKER_RTSP, get_outcome (self));
  *measured = self->measured;
  const gboolean is_done = self->error == NULL;
  if (!is_done)
    g_propagate_error (error, g_steal_pointer (&self->error));
  measure_unref (self);
  return is_done;
}
