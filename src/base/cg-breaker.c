/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-breaker.h"

#include "cg-error.h"

typedef struct {
  gboolean is_proven; /* the last answer was that the login is right */
  guint refused;
  guint under_way; /* shown and not answered yet */
} Door;

/* Cameras lock an account, or our address, after a few wrong passwords (Q6). */
struct _CgBreaker {
  CgClock *clock; /* (owned) */
  GMutex lock;
  Door doors[CG_N_BREAKER_DOORS];
  gint64 last_refused_ms; /* monotonic; counts while anything was refused */
};

/**
 * cg_breaker_new:
 * @clock: (nullable): for the pause; %NULL: the real one
 *
 * Returns: (transfer full): the breaker of a login that nobody has shown yet
 */
CgBreaker *
cg_breaker_new (CgClock *clock)
{
  CgBreaker *self = g_atomic_rc_box_new0 (CgBreaker);

  self->clock = clock != NULL ? g_object_ref (clock) : cg_clock_new ();
  g_mutex_init (&self->lock);
  return self;
}

/**
 * cg_breaker_ref:
 * @self: a breaker
 *
 * Returns: (transfer full): @self
 */
CgBreaker *
cg_breaker_ref (CgBreaker *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
breaker_clear (gpointer data)
{
  CgBreaker *self = data;

  g_object_unref (self->clock);
  g_mutex_clear (&self->lock);
}

/**
 * cg_breaker_unref:
 * @self: (transfer full) (nullable): a breaker
 */
void
cg_breaker_unref (CgBreaker *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, breaker_clear);
}

/* With the lock: what was refused and not yet forgotten. */
static guint
count_refused (CgBreaker *self, gint64 now_ms)
{
  guint refused = 0;

  if (now_ms - self->last_refused_ms >= CG_BREAKER_PAUSE_MS) {
    for (guint i = 0; i < CG_N_BREAKER_DOORS; i++)
      self->doors[i].refused = 0;
  }
  for (guint i = 0; i < CG_N_BREAKER_DOORS; i++)
    refused += self->doors[i].refused;
  return refused;
}

/* With the lock: what may yet be refused. */
static guint
count_under_way (const CgBreaker *self)
{
  guint under_way = 0;

  for (guint i = 0; i < CG_N_BREAKER_DOORS; i++)
    under_way += self->doors[i].is_proven ? 0 : self->doors[i].under_way;
  return under_way;
}

/* With the lock. */
static guint
get_pause_ms (CgBreaker *self)
{
  const gint64 now_ms = cg_clock_get_monotonic_ms (self->clock);

  if (count_refused (self, now_ms) < CG_BREAKER_MAX_REFUSED)
    return 0;
  return (guint)(CG_BREAKER_PAUSE_MS - (now_ms - self->last_refused_ms));
}

static gboolean
refuse (guint pause_ms, GError **error)
{
  if (pause_ms == 0) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_TIMED_OUT,
                         "the login waits for what becomes of another try");
    return FALSE;
  }
  g_set_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED,
               "the login was refused %d times and is not sent again for %u min, "
               "or until it is changed: the camera could lock the account",
               CG_BREAKER_MAX_REFUSED, (pause_ms + 59999) / 60000);
  cg_error_set_cause (error, CG_ERROR_CAUSE_LOCKED);
  return FALSE;
}

/**
 * cg_breaker_begin:
 * @self: a breaker
 * @door: where the password is about to be shown
 * @error: return location: %CG_ERROR_LOGIN_REFUSED when it was refused too often,
 *   %CG_ERROR_TIMED_OUT when tries that are under way may yet be refused
 *
 * Asks before each message with a password in it. Where the last one was taken, no question is
 * refused; elsewhere no more are let through than may be wrong.
 *
 * Returns: whether it may be sent; then cg_breaker_end() must follow
 */
gboolean
cg_breaker_begin (CgBreaker *self, CgBreakerDoor door, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const guint refused = count_refused (self, cg_clock_get_monotonic_ms (self->clock));

  if (!self->doors[door].is_proven && refused + count_under_way (self) >= CG_BREAKER_MAX_REFUSED)
    return refuse (get_pause_ms (self), error);
  self->doors[door].under_way++;
  return TRUE;
}

/**
 * cg_breaker_end:
 * @self: a breaker
 * @door: as given to cg_breaker_begin()
 * @outcome: what the camera said
 *
 * A right password makes up for what was refused before at the same door: a camera may offer a
 * kind of login that does not work (Q27).
 */
void
cg_breaker_end (CgBreaker *self, CgBreakerDoor door, CgBreakerOutcome outcome)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const gint64 now_ms = cg_clock_get_monotonic_ms (self->clock);

  g_return_if_fail (self->doors[door].under_way > 0);
  self->doors[door].under_way--;
  switch (outcome) {
  case CG_BREAKER_ACCEPTED:
    self->doors[door].is_proven = TRUE;
    self->doors[door].refused = 0;
    break;
  case CG_BREAKER_REFUSED:
    count_refused (self, now_ms);
    self->doors[door].is_proven = FALSE;
    self->doors[door].refused++;
    self->last_refused_ms = now_ms;
    break;
  case CG_BREAKER_UNKNOWN:
    break;
  }
}

/**
 * cg_breaker_is_proven:
 * @self: a breaker
 * @door: where a password was shown
 *
 * Returns: whether the last that the camera has said there is that the login is right
 */
gboolean
cg_breaker_is_proven (CgBreaker *self, CgBreakerDoor door)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->doors[door].is_proven;
}

/**
 * cg_breaker_get_pause_ms:
 * @self: a breaker
 *
 * Returns: how long no password is sent where none was taken; 0: it may be tried
 */
guint
cg_breaker_get_pause_ms (CgBreaker *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return get_pause_ms (self);
}

/**
 * cg_breaker_get_retry_ms:
 * @self: a breaker
 *
 * Returns: after how long who was refused asks again by itself: when the pause is over, and never
 *   before a whole one, since nothing has changed
 */
guint
cg_breaker_get_retry_ms (CgBreaker *self)
{
  const guint pause_ms = cg_breaker_get_pause_ms (self);

  return pause_ms > 0 ? pause_ms : CG_BREAKER_PAUSE_MS;
}
