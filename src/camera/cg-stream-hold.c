/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-main.h"
#include "cg-stream-private.h"

/* A camera that has no session left gives it to somebody who needs it more than a standby. */
#define STANDBY_REST_MS (5 * 60 * 1000)

static gboolean
on_lease_over (gpointer user_data)
{
  CgStream *self = user_data;

  g_info ("%s: nobody asked for the stream again: stopping", self->camera->did);
  cg_stream_stop (self);
  return G_SOURCE_REMOVE;
}

/**
 * cg_stream_renew_lease:
 * @self: a stream
 *
 * Who wants the push has asked for it, again or for the first time.
 */
void
cg_stream_renew_lease (CgStream *self)
{
  cg_clear_source (&self->lease);
  if (self->config.play_lease_s > 0)
    self->lease = cg_clock_add_timeout (self->clock, self->config.play_lease_s * (gint64)1000,
                                        on_lease_over, self);
}

/**
 * cg_stream_is_held:
 * @self: a stream
 *
 * Returns: whether the pull is wanted by others than a push
 */
gboolean
cg_stream_is_held (CgStream *self)
{
  for (guint i = 0; i < CG_N_STREAM_HOLDS; i++) {
    if (self->holds[i])
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_stream_get_standby_rest_ms:
 * @self: a stream
 *
 * Returns: the pause after the camera's answer that it has no session left (Q19); 0: the usual one,
 *   for somebody waits for the picture
 */
guint
cg_stream_get_standby_rest_ms (CgStream *self)
{
  return self->url == NULL && !self->holds[CG_STREAM_HOLD_VIEWERS] ? STANDBY_REST_MS : 0;
}

/**
 * cg_stream_hurry_pull:
 * @self: a stream
 *
 * Who asks now does not wait out a long pause of a pull that was kept for others, but no pause of
 * the camera's (Q6, Q19) is cut short, nor is it asked without any, however many come and go.
 */
void
cg_stream_hurry_pull (CgStream *self)
{
  CgStreamEnd *pull = &self->ends[END_PULL];
  const gint64 wait_ms = pull->soonest_ms - cg_clock_get_monotonic_ms (self->clock);

  if (pull->retry == NULL)
    return;
  if (wait_ms > 0) {
    if (wait_ms < pull->next_ms - cg_clock_get_real_ms (self->clock))
      cg_stream_retry_in (self, END_PULL, (guint)wait_ms);
    return;
  }
  cg_clear_source (&pull->retry);
  g_clear_error (&pull->error);
}

/**
 * cg_stream_release_pull:
 * @self: a stream
 *
 * Ends the pull, unless somebody wants it.
 */
void
cg_stream_release_pull (CgStream *self)
{
  if (self->url != NULL || cg_stream_is_held (self))
    return;
  cg_clear_source (&self->rest);
  self->source_wanted = FALSE;
  cg_stream_reset_end (self, END_PULL);
}

static gboolean
on_rest_over (gpointer user_data)
{
  CgStream *self = user_data;

  cg_clear_source (&self->rest);
  cg_stream_release_pull (self);
  return G_SOURCE_REMOVE;
}

/**
 * cg_stream_hold:
 * @self: a stream
 * @hold: who
 * @is_held_now: whether the pull is wanted without any push
 *
 * A pull that nobody wants any more is kept for as long as a push would be without pictures: who
 * has gone may come back at once.
 */
void
cg_stream_hold (CgStream *self, CgStreamHold hold, gboolean is_held_now)
{
  CG_ON_MAIN ();
  if (self->holds[hold] == is_held_now || self->close != NULL)
    return;
  self->holds[hold] = is_held_now;
  cg_clear_source (&self->rest);
  if (is_held_now) {
    cg_stream_hurry_pull (self);
    cg_stream_want_picture (self);
    cg_stream_begin_end (self, END_PULL);
  } else if (self->url == NULL && !cg_stream_is_held (self)) {
    self->rest =
        cg_clock_add_timeout (self->clock, self->config.publish_grace_ms, on_rest_over, self);
  }
}
