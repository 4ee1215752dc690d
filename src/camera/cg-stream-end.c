/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-end.h"

#include "cg-error.h"
#include "cg-push.h"
#include "cg-stream-why.h"

#define RETRY_MIN_MS 1000
/* What ran for so long was healthy: the next pause starts small again. */
#define HEALTHY_MS 10000

/**
 * cg_stream_end_init:
 * @self: an end without object
 * @retry_max_ms: the longest pause between two tries
 *
 * Forgets the failures: the next pause is short again.
 */
void
cg_stream_end_init (CgStreamEnd *self, guint retry_max_ms)
{
  g_clear_error (&self->error);
  self->backoff = (CgBackoff)CG_BACKOFF_INIT (RETRY_MIN_MS, retry_max_ms);
}

/**
 * cg_stream_end_clear:
 * @self: an end
 *
 * Drops what it holds, without a goodbye.
 */
void
cg_stream_end_clear (CgStreamEnd *self)
{
  cg_clear_source (&self->retry);
  g_clear_object (&self->object);
  g_clear_error (&self->error);
}

/* Returns: whether only a person can heal it */
static gboolean
is_lasting (const GError *error)
{
  static const CgError lasting[] = {CG_ERROR_LOGIN_REFUSED, CG_ERROR_STREAM_FORMAT,
                                    CG_ERROR_NOT_SUPPORTED, CG_ERROR_BAD_REQUEST};

  for (gsize i = 0; i < G_N_ELEMENTS (lasting); i++) {
    if (g_error_matches (error, CG_ERROR, (int)lasting[i]))
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_stream_end_may_begin:
 * @self: an end
 *
 * The next try waits until the last one has said goodbye: one session at the camera, one
 * publisher at the server, ever (Q10, Q19).
 *
 * Returns: whether a try can begin now
 */
gboolean
cg_stream_end_may_begin (const CgStreamEnd *self)
{
  return self->object == NULL && self->closing == 0 && self->retry == NULL;
}

/**
 * cg_stream_end_come_alive:
 * @self: an end
 * @now_ms: monotonic time
 */
void
cg_stream_end_come_alive (CgStreamEnd *self, gint64 now_ms)
{
  self->live = TRUE;
  self->live_since_ms = now_ms;
  g_clear_error (&self->error);
}

/* Returns: the pause; @least_ms: so much of it is not for us to shorten */
static guint
choose_pause (CgStreamEnd *self, const CgStreamEndWaits *waits, guint *least_ms)
{
  const gboolean is_full = g_error_matches (self->error, CG_ERROR, CG_ERROR_TOO_MANY_STREAMS);

  if (g_error_matches (self->error, CG_ERROR, CG_ERROR_LOGIN_REFUSED) && waits->login_ms > 0)
    return *least_ms = waits->login_ms;
  if (g_error_matches (self->error, CG_ERROR, CG_ERROR_STREAM_BUSY))
    return *least_ms = waits->publisher_ms;
  const guint pause_ms = cg_backoff_next_ms (&self->backoff, NULL);
  *least_ms = is_full ? pause_ms : MIN (pause_ms, RETRY_MIN_MS);
  return is_full && waits->session_ms > 0 ? waits->session_ms : pause_ms;
}

/**
 * cg_stream_end_fail:
 * @self: an end
 * @error: why
 * @now_ms: monotonic time
 * @waits: the pauses after failures that time alone heals
 *
 * Keeps the reason.
 *
 * Returns: milliseconds until the next try
 */
guint
cg_stream_end_fail (CgStreamEnd *self,
                    const GError *error,
                    gint64 now_ms,
                    const CgStreamEndWaits *waits)
{
  GError *copy = g_error_copy (error); /* before the old one goes: it may be the same */
  guint least_ms = 0;

  if (self->live && now_ms - self->live_since_ms > HEALTHY_MS)
    cg_backoff_reset (&self->backoff);
  self->live = FALSE;
  g_clear_error (&self->error);
  self->error = copy;
  const guint pause_ms = choose_pause (self, waits, &least_ms);
  self->soonest_ms = now_ms + least_ms;
  return pause_ms;
}

/**
 * cg_stream_end_count_sent:
 * @object: (nullable): of an end
 *
 * Returns: how many bytes it has sent to a media server; 0 for a pull
 */
guint64
cg_stream_end_count_sent (GObject *object)
{
  CgPushStats stats = {0};

  if (object != NULL && CG_IS_PUSH (object))
    cg_push_get_stats (CG_PUSH (object), &stats);
  return stats.bytes;
}

/**
 * cg_stream_end_report:
 * @pull: of a stream that plays
 * @push: of the same
 * @url: where it plays to
 *
 * What the camera's end meets counts before what the server's does: without pictures there is
 * nothing to publish.
 *
 * Returns: (transfer full): how the two stand together
 */
CgStreamReport *
cg_stream_end_report (const CgStreamEnd *pull, const CgStreamEnd *push, const char *url)
{
  const CgStreamSide side = pull->error != NULL ? CG_STREAM_SIDE_CAMERA : CG_STREAM_SIDE_SERVER;
  const CgStreamEnd *end = side == CG_STREAM_SIDE_CAMERA ? pull : push;
  const GError *error = end->error;

  if (pull->live && push->live)
    return cg_stream_report_new (CG_STREAM_PLAYING, url, NULL);
  if (error == NULL)
    return cg_stream_report_new (CG_STREAM_STARTING, url, NULL);
  CgStreamReport *report =
      cg_stream_report_new (is_lasting (error) ? CG_STREAM_FAILED : CG_STREAM_RETRYING, url, error);
  g_free (report->reason);
  report->reason = g_strdup (cg_stream_why_get_word (side, error));
  report->next_ms = end->next_ms;
  return report;
}
