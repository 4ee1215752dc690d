/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-breaker.h"

#include "cg-error.h"

typedef struct {
  gboolean is_proven; /* the last certain answer was that the login is right */
  guint refused;
  guint doubted;   /* refused, for whatever reason: one question is to tell; while proven */
  GThread *asker;  /* (nullable) who asks */
  guint under_way; /* shown and not answered yet */
  guint let_in;    /* of these: for so long that they were not refused */
  gint64 begun_ms; /* monotonic; the last of them */
} Door;

/* Cameras lock an account, or our address, after a few wrong passwords (Q6). */
struct _CgBreaker {
  CgClock *clock; /* (owned) */
  GMutex lock;
  GCond changed;
  Door doors[CG_N_BREAKER_DOORS];
  GHashTable *allowed;    /* (owned) what the login was taken for */
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
  g_cond_init (&self->changed);
  self->allowed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
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
  g_hash_table_unref (self->allowed);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
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

/* With the lock: whether nothing speaks against the login at a door. */
static gboolean
is_trusted (const Door *door)
{
  return door->is_proven && door->doubted == 0;
}

/* With the lock: what is under way and may yet be refused. */
static guint
count_unsure (CgBreaker *self, Door *door)
{
  if (cg_clock_get_monotonic_ms (self->clock) - door->begun_ms >= CG_BREAKER_REFUSAL_MS)
    door->let_in = door->under_way;
  return door->under_way - door->let_in;
}

/* With the lock: what was or may yet be refused. A door that took the login is counted alone. */
static guint
count_shown (CgBreaker *self, CgBreakerDoor door)
{
  Door *here = &self->doors[door];
  guint shown = 0;

  if (here->is_proven)
    return here->doubted + count_unsure (self, here);
  for (guint i = 0; i < CG_N_BREAKER_DOORS; i++) {
    const Door *there = &self->doors[i];

    shown += there->doubted + (is_trusted (there) ? 0 : there->under_way);
  }
  return shown + count_refused (self, cg_clock_get_monotonic_ms (self->clock));
}

/* With the lock. Who asks a question goes before all others. */
static gboolean
may_begin (CgBreaker *self, CgBreakerDoor door)
{
  const Door *here = &self->doors[door];

  if (is_trusted (here))
    return TRUE;
  return (here->asker == NULL || here->asker == g_thread_self ()) &&
         count_shown (self, door) < CG_BREAKER_MAX_REFUSED;
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
is_over (const CgBreakerPatience *patience)
{
  return patience->is_over != NULL && patience->is_over (patience->user_data);
}

/* With the lock. */
static gboolean
refuse (CgBreaker *self, const CgBreakerPatience *patience, GError **error)
{
  const guint pause_ms = get_pause_ms (self);

  if (pause_ms > 0) {
    g_set_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED,
                 "the login was refused %d times and is not sent again for %u min, "
                 "or until it is changed: the camera could lock the account",
                 CG_BREAKER_MAX_REFUSED, (pause_ms + 59999) / 60000);
    cg_error_set_cause (error, CG_ERROR_CAUSE_LOCKED);
  } else if (is_over (patience)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_CANCELLED, "the call was given up");
  } else {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_TIMED_OUT,
                         "the login waits for what becomes of another try");
  }
  return FALSE;
}

/**
 * cg_breaker_begin:
 * @self: a breaker
 * @door: where the password is about to be shown
 * @error: return location: %CG_ERROR_LOGIN_REFUSED when it was refused too often,
 *   %CG_ERROR_TIMED_OUT when tries that are under way may yet be refused, %CG_ERROR_CANCELLED when
 *   that is no longer waited for
 *
 * Asks before each message with a password in it. Where the last one was taken, no question is
 * refused; elsewhere no more are let through than may be wrong.
 *
 * Returns: whether it may be sent; then cg_breaker_end() must follow
 */
gboolean
cg_breaker_begin (CgBreaker *self, CgBreakerDoor door, GError **error)
{
  static const CgBreakerPatience none = {0};

  return cg_breaker_begin_patiently (self, door, &none, error);
}

/* With the lock: when what is under way was not refused, unless it ends before. */
static gint64
get_sure_us (CgBreaker *self, const Door *door)
{
  const gint64 left_ms =
      door->begun_ms + CG_BREAKER_REFUSAL_MS - cg_clock_get_monotonic_ms (self->clock);

  return door->under_way > door->let_in ? g_get_monotonic_time () + left_ms * 1000 : G_MAXINT64;
}

/* With the lock, which is given up meanwhile. Returns: whether it was worth it */
static gboolean
wait_for_change (CgBreaker *self, Door *here, const CgBreakerPatience *patience)
{
  const guint unsure = here->under_way - here->let_in;

  if (is_over (patience) || g_get_monotonic_time () >= patience->until_us)
    return FALSE;
  if (count_unsure (self, here) == unsure) /* else that is the change */
    g_cond_wait_until (&self->changed, &self->lock,
                       MIN (patience->until_us, get_sure_us (self, here)));
  return TRUE;
}

/**
 * cg_breaker_begin_patiently:
 * @self: a breaker
 * @door: where the password is about to be shown
 * @patience: how long to wait for what becomes of other tries
 * @error: return location, as of cg_breaker_begin()
 *
 * As cg_breaker_begin(), for a thread that may block.
 *
 * Returns: whether it may be sent; then cg_breaker_end() must follow
 */
gboolean
cg_breaker_begin_patiently (CgBreaker *self,
                            CgBreakerDoor door,
                            const CgBreakerPatience *patience,
                            GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Door *here = &self->doors[door];

  while (!may_begin (self, door)) {
    if (get_pause_ms (self) > 0 || !wait_for_change (self, here, patience))
      return refuse (self, patience, error);
  }
  count_unsure (self, here); /* before a younger one comes */
  here->under_way++;
  here->begun_ms = cg_clock_get_monotonic_ms (self->clock);
  return TRUE;
}

/* With the lock. Calls that were refused at the same moment count as one: a user who may not move
 * is not to be locked out for trying (Q35), nor anybody whose camera has lost its clock or its
 * nonces. */
static guint
count_doubts (const Door *door)
{
  return MIN (door->doubted, CG_BREAKER_MAX_REFUSED - 1);
}

/* With the lock: the login is not right at a door, and the doubts there were refusals. */
static void
disprove (Door *door)
{
  door->is_proven = FALSE;
  door->refused += count_doubts (door);
  door->doubted = 0;
}

/* With the lock: @refused more, and the doubts with them. A login that was right here and no longer
 * is has changed for all doors. */
static void
count (CgBreaker *self, CgBreakerDoor door, guint refused)
{
  const gboolean was_proven = self->doors[door].is_proven;
  const gint64 now_ms = cg_clock_get_monotonic_ms (self->clock);

  count_refused (self, now_ms);
  self->doors[door].refused += refused;
  self->last_refused_ms = now_ms;
  for (guint i = 0; i < CG_N_BREAKER_DOORS; i++) {
    if (i == door || was_proven)
      disprove (&self->doors[i]);
  }
}

/**
 * cg_breaker_end:
 * @self: a breaker
 * @door: as given to cg_breaker_begin()
 * @outcome: what the camera said
 *
 * A right password makes up for what was refused before at the same door: a camera may offer a
 * kind of login that does not work (Q27). After a doubt cg_breaker_explain() is to follow; where
 * the login was not taken before, a doubt is a refusal.
 */
void
cg_breaker_end (CgBreaker *self, CgBreakerDoor door, CgBreakerOutcome outcome)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Door *here = &self->doors[door];

  g_return_if_fail (here->under_way > 0);
  here->under_way--;
  here->let_in = MIN (here->let_in, here->under_way);
  switch (outcome) {
  case CG_BREAKER_ACCEPTED:
    here->is_proven = TRUE;
    here->refused = 0;
    here->doubted = 0;
    break;
  case CG_BREAKER_REFUSED:
    count (self, door, 1);
    break;
  case CG_BREAKER_DOUBTED:
    here->doubted++;
    if (!here->is_proven)
      count (self, door, 0);
    break;
  case CG_BREAKER_UNKNOWN:
    break;
  }
  g_cond_broadcast (&self->changed);
}

/* With the lock: whether one question may be asked now. */
static gboolean
begin_question (CgBreaker *self, Door *door)
{
  if (door->asker != NULL || count_unsure (self, door) > 0)
    return FALSE;
  door->doubted = count_doubts (door);
  door->asker = g_thread_self ();
  return TRUE;
}

/**
 * cg_breaker_explain:
 * @self: a breaker
 * @door: where a doubt was left by cg_breaker_end()
 * @patience: how long to wait for what becomes of other calls and of another's question
 * @error: return location, as of cg_breaker_begin()
 *
 * Whether the login is still right. What is on its way may tell, so the question is the last; but
 * a call that hangs was let in, and is not waited for (Q41).
 *
 * Returns: %CG_BREAKER_ACCEPTED: it is; %CG_BREAKER_REFUSED: it is not, or nobody knows;
 *   %CG_BREAKER_UNKNOWN: ask now, then call cg_breaker_end_question()
 */
CgBreakerOutcome
cg_breaker_explain (CgBreaker *self,
                    CgBreakerDoor door,
                    const CgBreakerPatience *patience,
                    GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Door *here = &self->doors[door];

  for (;;) {
    if (is_trusted (here))
      return CG_BREAKER_ACCEPTED;
    if (here->is_proven && begin_question (self, here))
      return CG_BREAKER_UNKNOWN;
    if (!here->is_proven || !wait_for_change (self, here, patience)) {
      refuse (self, patience, error);
      return CG_BREAKER_REFUSED;
    }
  }
}

/**
 * cg_breaker_end_question:
 * @self: a breaker that has let a question be asked
 * @door: where
 * @is_answered: whether it was, in whatever way: then the login counts as right, unless it was
 *   refused; else as wrong, unless another call has told
 */
void
cg_breaker_end_question (CgBreaker *self, CgBreakerDoor door, gboolean is_answered)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Door *here = &self->doors[door];

  here->asker = NULL;
  if (is_answered)
    here->doubted = 0;
  else if (here->doubted > 0)
    count (self, door, 0);
  g_cond_broadcast (&self->changed);
}

/**
 * cg_breaker_wake:
 * @self: a breaker
 *
 * Whoever waits looks whether its patience is over.
 */
void
cg_breaker_wake (CgBreaker *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_cond_broadcast (&self->changed);
}

/**
 * cg_breaker_note_allowed:
 * @self: a breaker
 * @what: a call that this login was taken for
 */
void
cg_breaker_note_allowed (CgBreaker *self, const char *what)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!g_hash_table_contains (self->allowed, what))
    g_hash_table_add (self->allowed, g_strdup (what));
}

/**
 * cg_breaker_was_allowed:
 * @self: a breaker
 * @what: a call
 *
 * Returns: whether this login was taken for it before
 */
gboolean
cg_breaker_was_allowed (CgBreaker *self, const char *what)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_hash_table_contains (self->allowed, what);
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
