/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-pull-watch.h"

#include "cg-error.h"
#include "cg-stall.h"

/* The deadlines are looked at so many times before the shortest one passes. */
#define LOOKS_PER_DEADLINE 8

/**
 * cg_pull_watch_init:
 * @self: (out caller-allocates): a watch
 * @start_timeout_ms: from the beginning to the first key frame
 * @stall_timeout_ms: what the deadlines of packets and pictures are taken from
 */
void
cg_pull_watch_init (CgPullWatch *self, guint start_timeout_ms, guint stall_timeout_ms)
{
  *self = (CgPullWatch){
      .start_timeout_ms = start_timeout_ms,
      .packet_timeout_ms = cg_stall_get_timeout_ms (CG_STALL_PACKETS, stall_timeout_ms),
      .picture_timeout_ms = cg_stall_get_timeout_ms (CG_STALL_PICTURES, stall_timeout_ms),
  };
}

/**
 * cg_pull_watch_get_pause_ms:
 * @self: a watch
 *
 * Returns: how often it wants to look
 */
guint
cg_pull_watch_get_pause_ms (const CgPullWatch *self)
{
  const guint stall_ms = MIN (self->packet_timeout_ms, self->picture_timeout_ms);

  return MAX (MIN (self->start_timeout_ms, stall_ms) / LOOKS_PER_DEADLINE, 1);
}

/**
 * cg_pull_watch_begin:
 * @self: a watch
 * @now_ms: on the monotonic clock
 */
void
cg_pull_watch_begin (CgPullWatch *self, gint64 now_ms)
{
  self->started_ms = now_ms;
}

/**
 * cg_pull_watch_go_live:
 * @self: a watch
 * @now_ms: when the first key frame came
 */
void
cg_pull_watch_go_live (CgPullWatch *self, gint64 now_ms)
{
  self->is_live = TRUE;
  self->packets_ms = now_ms;
  self->frames_ms = now_ms;
}

static void
take_count (CgPullWatch *self, gint64 now_ms, const CgPullCount *count)
{
  if (count->packets != self->packets)
    self->packets_ms = now_ms;
  if (count->frames != self->frames)
    self->frames_ms = now_ms;
  self->packets = count->packets;
  self->frames = count->frames;
}

/* Who has stopped sending altogether may have been in the middle of a picture. */
static gboolean
are_packets_coming (const CgPullWatch *self, gint64 now_ms)
{
  return self->packets > 0 && now_ms - self->packets_ms < self->packet_timeout_ms / 2;
}

static GError *
make_stall (CgErrorCause cause, const char *what, const char *how_long, guint timeout_ms)
{
  GError *error = g_error_new (CG_ERROR, CG_ERROR_STREAM_STALLED, "camera sent %s %s %u ms", what,
                               how_long, timeout_ms);

  if (cause != CG_ERROR_CAUSE_NONE)
    cg_error_set_cause (&error, cause);
  return error;
}

static GError *
explain_slow_start (const CgPullWatch *self, gint64 now_ms, const CgPullCount *count)
{
  const guint timeout_ms = self->start_timeout_ms;

  if (!count->is_described)
    return g_error_new (CG_ERROR, CG_ERROR_TIMED_OUT, "camera did not answer within %u ms",
                        timeout_ms);
  if (count->frames > 0)
    return make_stall (CG_ERROR_CAUSE_NO_KEY_FRAME, "no key frame", "within", timeout_ms);
  if (are_packets_coming (self, now_ms))
    return make_stall (CG_ERROR_CAUSE_NO_PICTURE, "packets without a picture", "within",
                       timeout_ms);
  return make_stall (CG_ERROR_CAUSE_NONE, "no picture", "within", timeout_ms);
}

static GError *
explain_stall (const CgPullWatch *self, gint64 now_ms)
{
  if (now_ms - self->packets_ms >= self->packet_timeout_ms)
    return make_stall (CG_ERROR_CAUSE_NONE, "nothing", "for", self->packet_timeout_ms);
  if (now_ms - self->frames_ms < self->picture_timeout_ms)
    return NULL;
  if (are_packets_coming (self, now_ms))
    return make_stall (CG_ERROR_CAUSE_NO_PICTURE, "packets without a picture", "for",
                       self->picture_timeout_ms);
  return make_stall (CG_ERROR_CAUSE_NONE, "no picture", "for", self->picture_timeout_ms);
}

/**
 * cg_pull_watch_look:
 * @self: a watch
 * @now_ms: on the monotonic clock
 * @count: what has come
 *
 * Source: Q8; a picture that is no key frame is one, too (Q14).
 *
 * Returns: (transfer full) (nullable): which deadline has passed
 */
GError *
cg_pull_watch_look (CgPullWatch *self, gint64 now_ms, const CgPullCount *count)
{
  take_count (self, now_ms, count);
  if (self->is_live)
    return explain_stall (self, now_ms);
  return now_ms - self->started_ms >= self->start_timeout_ms
             ? explain_slow_start (self, now_ms, count)
             : NULL;
}
