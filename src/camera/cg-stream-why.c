/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-why.h"

#include "cg-error.h"

/* Why a stream does not play: the one table. The first row that fits counts; what is not here has
 * the word of its error. Each is told in docs/codes.md. */
static const struct {
  CgError error;
  CgErrorCause cause; /* CG_ERROR_CAUSE_NONE: any */
  const char *words[CG_N_STREAM_SIDES];
} rows[] = {
    {CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_NAME, {"dns", "dns"}},
    {CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_ROUTE, {"no-route", "no-route"}},
    {CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_REFUSED, {"refused", "refused"}},
    {CG_ERROR_TIMED_OUT, CG_ERROR_CAUSE_SLOW, {"timed-out", "uplink-too-slow"}},
    {CG_ERROR_LOGIN_REFUSED, CG_ERROR_CAUSE_LOCKED, {"locked", "media-server-refused"}},
    {CG_ERROR_LOGIN_REFUSED, CG_ERROR_CAUSE_NONE, {"login-refused", "media-server-refused"}},
    {CG_ERROR_TOO_MANY_STREAMS, CG_ERROR_CAUSE_NONE, {"session-limit", "media-server-refused"}},
    {CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NO_PICTURE, {"no-picture", "no-data"}},
    {CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NO_KEY_FRAME, {"no-key-frame", "no-data"}},
    {CG_ERROR_PEER_FAULT, CG_ERROR_CAUSE_NO_STREAM, {"no-such-stream", "media-server-refused"}},
    {CG_ERROR_PEER_FAULT, CG_ERROR_CAUSE_NONE, {"peer-fault", "media-server-refused"}},
};

/**
 * cg_stream_why_get_word:
 * @side: of which end the error is
 * @error: a #CG_ERROR
 *
 * Returns: one stable word for the event, and for `show` (PROTOCOL.md section 4, play)
 */
const char *
cg_stream_why_get_word (CgStreamSide side, const GError *error)
{
  const CgErrorCause cause = cg_error_get_cause (error);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if ((int)rows[i].error == error->code &&
        (rows[i].cause == cause || rows[i].cause == CG_ERROR_CAUSE_NONE))
      return rows[i].words[side];
  }
  return cg_error_get_word ((CgError)error->code);
}
