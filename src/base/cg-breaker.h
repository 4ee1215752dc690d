/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock.h"

G_BEGIN_DECLS

/* Cameras lock an account for 5 to 30 minutes (Q6): after this no lock is left that we caused. */
#define CG_BREAKER_PAUSE_MS (30 * 60 * 1000)

/* So many wrong passwords no camera was ever seen to lock an account for. */
#define CG_BREAKER_MAX_REFUSED 2

/**
 * CgBreakerDoor:
 *
 * Where a password is shown. A camera may take it at one door and not at the other; a lock that we
 * cause closes both.
 */
typedef enum { CG_BREAKER_SOAP, CG_BREAKER_RTSP, CG_N_BREAKER_DOORS } CgBreakerDoor;

typedef enum {
  CG_BREAKER_ACCEPTED,
  CG_BREAKER_REFUSED,
  CG_BREAKER_UNKNOWN, /* it failed for another reason, or the answer says nothing about it */
} CgBreakerOutcome;

/**
 * CgBreaker:
 *
 * Counts what one login of one camera was refused, whoever sent it, and keeps the account from
 * being locked (Q6). All functions may be called from any thread.
 */
typedef struct _CgBreaker CgBreaker;

CgBreaker *cg_breaker_new (CgClock *clock);
CgBreaker *cg_breaker_ref (CgBreaker *self);
void cg_breaker_unref (CgBreaker *self);

gboolean cg_breaker_begin (CgBreaker *self, CgBreakerDoor door, GError **error);
void cg_breaker_end (CgBreaker *self, CgBreakerDoor door, CgBreakerOutcome outcome);
gboolean cg_breaker_is_proven (CgBreaker *self, CgBreakerDoor door);
guint cg_breaker_get_pause_ms (CgBreaker *self);
guint cg_breaker_get_retry_ms (CgBreaker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgBreaker, cg_breaker_unref)

G_END_DECLS
