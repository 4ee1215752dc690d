/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-login.h"

/**
 * cg_stream_login_init:
 * @self: a login that was never used
 * @breaker: of the camera's login
 * @is_needed: whether the camera has one
 */
void
cg_stream_login_init (CgStreamLogin *self, CgBreaker *breaker, gboolean is_needed)
{
  *self = (CgStreamLogin){.breaker = cg_breaker_ref (breaker), .is_needed = is_needed};
}

/**
 * cg_stream_login_clear:
 * @self: a login
 */
void
cg_stream_login_clear (CgStreamLogin *self)
{
  cg_stream_login_end (self, CG_BREAKER_UNKNOWN);
  g_clear_pointer (&self->breaker, cg_breaker_unref);
}

/**
 * cg_stream_login_begin:
 * @self: a login
 * @error: return location: as cg_breaker_begin()
 *
 * Returns: whether a pull may begin
 */
gboolean
cg_stream_login_begin (CgStreamLogin *self, GError **error)
{
  if (!self->is_needed)
    return TRUE;
  self->is_under_way = cg_breaker_begin (self->breaker, CG_BREAKER_RTSP, error);
  return self->is_under_way;
}

/**
 * cg_stream_login_end:
 * @self: a login
 * @outcome: what became of the pull; only the first that is told counts
 */
void
cg_stream_login_end (CgStreamLogin *self, CgBreakerOutcome outcome)
{
  if (!self->is_under_way)
    return;
  self->is_under_way = FALSE;
  cg_breaker_end (self->breaker, CG_BREAKER_RTSP, outcome);
}

/**
 * cg_stream_login_repeat:
 * @self: a login that was refused at one form of an address
 *
 * Each dialogue counts for itself: the camera does not know that two of them are one try (Q6,
 * Q29).
 *
 * Returns: whether it may be shown at the other form
 */
gboolean
cg_stream_login_repeat (CgStreamLogin *self)
{
  cg_stream_login_end (self, CG_BREAKER_REFUSED);
  return cg_stream_login_begin (self, NULL);
}
