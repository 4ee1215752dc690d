/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock.h"

G_BEGIN_DECLS

/* Cameras lock an account for 5 to 30 minutes (Q6): after this no lock is left that we caused. */
#define CG_BREAKER_PAUSE_MS (30 * 60 * 1000)

/* So many wrong passwords no camera was ever seen to lock an account for. */
#define CG_BREAKER_MAX_REFUSED 2

/* A camera that refuses a login does it first of all, within a second; what it keeps longer it has
 * let in (Q41). */
#define CG_BREAKER_REFUSAL_MS 1000

/**
 * CgBreakerDoor:
 *
 * Where a password is shown. A camera may take it at one door and not at the other; a lock that we
 * cause closes both.
 */
typedef enum { CG_BREAKER_SOAP, CG_BREAKER_RTSP, CG_N_BREAKER_DOORS } CgBreakerDoor;

/**
 * CgBreakerOutcome:
 * @CG_BREAKER_ACCEPTED: the login is right
 * @CG_BREAKER_REFUSED: it is wrong
 * @CG_BREAKER_DOUBTED: a call was refused: the login has become wrong, or the call is forbidden
 *   (Q35)
 * @CG_BREAKER_UNKNOWN: it failed for another reason, or the answer says nothing about the login
 */
typedef enum {
  CG_BREAKER_ACCEPTED,
  CG_BREAKER_REFUSED,
  CG_BREAKER_DOUBTED,
  CG_BREAKER_UNKNOWN,
} CgBreakerOutcome;

/**
 * CgBreakerPatience:
 * @until_us: (monotonic time): how long it is worth to wait
 * @is_over: (nullable): whether it no longer is; called with a lock held, see cg_breaker_wake()
 * @user_data: for @is_over
 */
typedef struct {
  gint64 until_us;
  gboolean (*is_over) (gpointer user_data);
  gpointer user_data;
} CgBreakerPatience;

/**
 * CgBreaker:
 *
 * Counts what one login of one camera was refused, whoever sent it, and keeps the account from
 * being locked (Q6). What is refused where the login was taken before may be a forbidden call
 * (Q35): one question tells, for all whose calls were refused meanwhile. All functions may be
 * called from any thread.
 */
typedef struct _CgBreaker CgBreaker;

CgBreaker *cg_breaker_new (CgClock *clock);
CgBreaker *cg_breaker_ref (CgBreaker *self);
void cg_breaker_unref (CgBreaker *self);

gboolean cg_breaker_begin (CgBreaker *self, CgBreakerDoor door, GError **error);
gboolean cg_breaker_begin_patiently (CgBreaker *self,
                                     CgBreakerDoor door,
                                     const CgBreakerPatience *patience,
                                     GError **error);
void cg_breaker_end (CgBreaker *self, CgBreakerDoor door, CgBreakerOutcome outcome);
CgBreakerOutcome cg_breaker_explain (CgBreaker *self,
                                     CgBreakerDoor door,
                                     const CgBreakerPatience *patience,
                                     GError **error);
void cg_breaker_end_question (CgBreaker *self, CgBreakerDoor door, gboolean is_answered);
void cg_breaker_wake (CgBreaker *self);
void cg_breaker_note_allowed (CgBreaker *self, const char *what);
gboolean cg_breaker_was_allowed (CgBreaker *self, const char *what);
gboolean cg_breaker_is_proven (CgBreaker *self, CgBreakerDoor door);
guint cg_breaker_get_pause_ms (CgBreaker *self);
guint cg_breaker_get_retry_ms (CgBreaker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgBreaker, cg_breaker_unref)

G_END_DECLS
