/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-trial.h"

/**
 * cg_rtsp_trial_init:
 * @self: (out caller-allocates): a trial
 * @breaker: (nullable): of the camera
 */
void
cg_rtsp_trial_init (CgRtspTrial *self, CgBreaker *breaker)
{
  *self = (CgRtspTrial){.breaker = breaker != NULL ? cg_breaker_ref (breaker) : NULL};
}

static void
end (CgRtspTrial *self, CgBreakerOutcome outcome)
{
  if (self->is_asking)
    cg_breaker_end (self->breaker, CG_BREAKER_RTSP, outcome);
  self->is_asking = FALSE;
}

/**
 * cg_rtsp_trial_clear:
 * @self: a trial; nobody counts afterwards
 */
void
cg_rtsp_trial_clear (CgRtspTrial *self)
{
  end (self, CG_BREAKER_UNKNOWN);
  g_clear_pointer (&self->breaker, cg_breaker_unref);
}

/**
 * cg_rtsp_trial_accept:
 * @self: a trial whose login the camera has taken
 *
 * Whoever began the first try still ends one: the place of that which ends here is taken anew.
 */
void
cg_rtsp_trial_accept (CgRtspTrial *self)
{
  end (self, CG_BREAKER_ACCEPTED);
  if (!self->is_counted)
    return;
  self->is_counted = FALSE;
  cg_breaker_end (self->breaker, CG_BREAKER_RTSP, CG_BREAKER_ACCEPTED);
  cg_breaker_begin (self->breaker, CG_BREAKER_RTSP, NULL);
}

/**
 * cg_rtsp_trial_refuse:
 * @self: a trial whose login the camera has refused for good
 *
 * Counts it where it was a try of our own; else that is left to whoever began.
 */
void
cg_rtsp_trial_refuse (CgRtspTrial *self)
{
  end (self, CG_BREAKER_REFUSED);
}

/**
 * cg_rtsp_trial_may_show_again:
 * @self: a trial whose login the camera has just refused
 *
 * Counts that, and asks for one more showing. If there is none, the refusal is left to whoever
 * began.
 *
 * Returns: whether it may be shown
 */
gboolean
cg_rtsp_trial_may_show_again (CgRtspTrial *self)
{
  if (self->breaker == NULL)
    return TRUE;
  if (self->is_asking) {
    end (self, CG_BREAKER_REFUSED);
    return FALSE;
  }
  if (!cg_breaker_begin (self->breaker, CG_BREAKER_RTSP, NULL))
    return FALSE;
  cg_breaker_end (self->breaker, CG_BREAKER_RTSP, CG_BREAKER_REFUSED);
  self->is_counted = TRUE;
  return cg_breaker_get_pause_ms (self->breaker) == 0;
}

/**
 * cg_rtsp_trial_begin:
 * @self: a trial of whose last showing nobody knows what became
 *
 * Asks for a try of our own, once.
 *
 * Returns: whether it may be shown
 */
gboolean
cg_rtsp_trial_begin (CgRtspTrial *self)
{
  if (self->breaker == NULL)
    return TRUE;
  self->is_asking = !self->is_asking && cg_breaker_begin (self->breaker, CG_BREAKER_RTSP, NULL);
  return self->is_asking;
}

/**
 * cg_rtsp_trial_is_proven:
 * @self: a trial
 *
 * Returns: whether the camera has taken this login before
 */
gboolean
cg_rtsp_trial_is_proven (const CgRtspTrial *self)
{
  return self->breaker != NULL && cg_breaker_is_proven (self->breaker, CG_BREAKER_RTSP);
}
