/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-motion.h"

#include "cg-backoff.h"
#include "cg-main.h"

/* A stop that failed is repeated until one is answered: a moving camera must not be left alone.
 * After so many the camera has been silent for minutes, and its own Timeout has long ended it. */
#define HALT_TRIES_MAX 12
#define HALT_RETRY_MIN_MS 250
#define HALT_RETRY_MAX_MS 10000

#define OVERTAKEN "overtaken by a later command"

/* One start on its way: a move, or the call of a preset. */
typedef struct {
  GTask *task;
  CgMoveRequest request;
  char *source;
  char *preset; /* (nullable) token: not a move */
  gint64 asked_at_ms;
  guint serial;
  gboolean was_moving; /* before it was sent */
} Start;

struct _CgMotion {
  GObject parent_instance;

  CgPtzDriver *driver;
  CgClock *clock;
  char *name;
  CgPtzConfig config;
  GRand *random;

  guint serial;    /* of the newest start or halt: an answer to an older one changes nothing */
  guint commands;  /* how many were given so far; what we do by ourselves is none */
  gboolean leased; /* the camera may be moving on our behalf */
  char *source;    /* (nullable) link the lease came by */
  CgPtzMove move;  /* what was sent last */
  GSource *lease;  /* ends the move */
  GSource *grace;  /* ends it after the link was lost */
  Start *pending;  /* (owned) (nullable) waits for a stop to be answered */
  guint moves_in_flight;
  guint stops_in_flight;
  gboolean halt_again; /* a move was in flight when the stop went out: it may arrive later */
  CgBackoff halt_backoff;
  guint halt_tries;
  GSource *halt_retry;
};

enum { SIGNAL_LEASED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgMotion, cg_motion, G_TYPE_OBJECT)

static void send_start (CgMotion *self, Start *start);
static void send_stop (CgMotion *self, GTask *task);

static void
start_free (Start *self)
{
  g_clear_object (&self->task);
  g_free (self->source);
  g_free (self->preset);
  g_free (self);
}

static void
drop_pending (CgMotion *self)
{
  Start *start = g_steal_pointer (&self->pending);

  if (start == NULL)
    return;
  g_task_return_new_error (start->task, CG_ERROR, CG_ERROR_CANCELLED, OVERTAKEN);
  start_free (start);
}

static void
set_leased (CgMotion *self, gboolean leased)
{
  if (self->leased == leased)
    return;
  self->leased = leased;
  g_signal_emit (self, signals[SIGNAL_LEASED], 0, leased);
}

static void
end_lease (CgMotion *self)
{
  cg_clear_source (&self->lease);
  cg_clear_source (&self->grace);
  g_clear_pointer (&self->source, g_free);
}

/* Everything that ends a move goes through here, whoever asked for it. */
static void
halt (CgMotion *self, GTask *task)
{
  self->serial++;
  drop_pending (self);
  end_lease (self);
  cg_clear_source (&self->halt_retry);
  self->halt_tries = 0;
  self->halt_backoff = (CgBackoff)CG_BACKOFF_INIT (HALT_RETRY_MIN_MS, HALT_RETRY_MAX_MS);
  self->halt_again = self->moves_in_flight > 0;
  cg_ptz_driver_cancel_moves (self->driver);
  send_stop (self, task);
}

static gboolean
on_lease_over (gpointer user_data)
{
  CgMotion *self = user_data;

  g_debug ("%s: the move ends by itself", self->name);
  halt (self, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_grace_over (gpointer user_data)
{
  CgMotion *self = user_data;

  g_info ("%s: the link a move came by is lost: stopping", self->name);
  halt (self, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_halt_retry (gpointer user_data)
{
  CgMotion *self = user_data;

  cg_clear_source (&self->halt_retry);
  send_stop (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
retry_halt (CgMotion *self, const GError *error)
{
  if (++self->halt_tries >= HALT_TRIES_MAX) {
    g_warning ("%s: could not be stopped: %s", self->name, error->message);
    set_leased (self, FALSE);
    return;
  }
  cg_clear_source (&self->halt_retry);
  self->halt_retry = cg_clock_add_timeout (
      self->clock, cg_backoff_next_ms (&self->halt_backoff, self->random), on_halt_retry, self);
}

/* What answers a stop, when no start has come since. */
static void
settle_stop (CgMotion *self, const GError *error)
{
  if (error == NULL)
    set_leased (self, self->halt_again);
  else if (self->leased)
    retry_halt (self, error);
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (CgMotion) self = g_object_ref (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  Start *start;

  cg_ptz_driver_stop_finish (self->driver, result, &error);
  self->stops_in_flight--;
  if (GPOINTER_TO_UINT (g_task_get_task_data (task)) == self->serial && self->pending == NULL)
    settle_stop (self, error);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);

  start = self->stops_in_flight == 0 ? g_steal_pointer (&self->pending) : NULL;
  if (start != NULL)
    send_start (self, start);
}

static void
send_stop (CgMotion *self, GTask *task)
{
  GTask *own = task != NULL ? task : g_task_new (self, NULL, NULL, NULL);

  g_task_set_task_data (own, GUINT_TO_POINTER (self->serial), NULL);
  self->stops_in_flight++;
  cg_ptz_driver_stop_async (self->driver, self->config.reply_timeout_ms, on_stopped, own);
}

/* Whether the camera may have got the move although we were told that it failed. */
static gboolean
is_uncertain (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_TIMED_OUT) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_UNREACHABLE) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_CANCELLED);
}

/* A preset that was called moves the camera on its own account. When a start fails while the camera
 * was moving, nobody would end that move any more: it ends now. */
static void
settle_start (CgMotion *self, const Start *start, const GError *error)
{
  const gboolean newest = start->serial == self->serial;

  if (!newest) {
    if (self->halt_again && self->moves_in_flight == 0 && self->pending == NULL)
      halt (self, NULL);
    return;
  }
  if (error == NULL) {
    set_leased (self, start->preset == NULL);
    return;
  }
  if (start->was_moving || (start->preset == NULL && is_uncertain (error))) {
    halt (self, NULL);
    return;
  }
  end_lease (self);
  set_leased (self, FALSE);
}

static void
answer_start (Start *start, GError *error)
{
  if (error != NULL)
    g_task_return_error (start->task, error);
  else
    g_task_return_boolean (start->task, TRUE);
  start_free (start);
}

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Start *start = user_data;
  g_autoptr (CgMotion) self = g_object_ref (g_task_get_source_object (start->task));
  g_autoptr (GError) error = NULL;

  cg_ptz_driver_move_finish (self->driver, result, &error);
  self->moves_in_flight--;
  settle_start (self, start, error);
  answer_start (start, g_steal_pointer (&error));
}

static void
take_lease (CgMotion *self, const Start *start)
{
  end_lease (self);
  set_leased (self, TRUE);
  self->halt_again = FALSE;
  self->source = g_strdup (start->source);
  self->lease =
      cg_clock_add_timeout (self->clock, self->config.move_timeout_ms, on_lease_over, self);
}

static void
send_move (CgMotion *self, Start *start, guint timeout_ms)
{
  CgPtzMove move;

  cg_ptz_move_from_request (&move, &start->request, &self->config);
  move.stop_others = start->was_moving && cg_ptz_move_leaves_axis (&self->move, &move);
  self->move = move;
  take_lease (self, start);
  cg_ptz_driver_move_async (self->driver, &move, timeout_ms, on_moved, start);
}

/* Until the camera has answered, nothing but the answer ends what moved before. */
static void
send_goto (CgMotion *self, Start *start, guint timeout_ms)
{
  end_lease (self);
  self->halt_again = FALSE;
  cg_ptz_driver_goto_async (self->driver, start->preset, timeout_ms, on_moved, start);
}

static void
send_start (CgMotion *self, Start *start)
{
  const gint64 waited_ms = cg_clock_get_monotonic_ms (self->clock) - start->asked_at_ms;
  const guint timeout_ms = (guint)MAX ((gint64)self->config.reply_timeout_ms - waited_ms, 0);

  start->was_moving = self->leased;
  if (timeout_ms == 0) {
    if (start->was_moving)
      halt (self, NULL);
    answer_start (start, g_error_new_literal (CG_ERROR, CG_ERROR_EXPIRED,
                                              "it could not be sent to the camera in time"));
    return;
  }
  self->moves_in_flight++;
  cg_ptz_driver_cancel_moves (self->driver);
  if (start->preset != NULL)
    send_goto (self, start, timeout_ms);
  else
    send_move (self, start, timeout_ms);
}

/* It moves on nobody's behalf: the stop is repeated until it is answered, as for a move of ours. */
static void
stop_stray (CgMotion *self)
{
  set_leased (self, TRUE);
  halt (self, NULL);
}

/* The camera has agreed to a stop and has not stopped (Q1). If nobody has told it to move since, it
 * is told to stop once more, in the form that the driver chooses now. */
static void
on_moves_on (CgPtzDriver *driver, CgMotion *self)
{
  if (!cg_motion_is_moving (self))
    stop_stray (self);
}

static void
cg_motion_dispose (GObject *object)
{
  CgMotion *self = CG_MOTION (object);

  end_lease (self);
  cg_clear_source (&self->halt_retry);
  drop_pending (self);
  g_clear_object (&self->driver);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->random, g_rand_free);
  G_OBJECT_CLASS (cg_motion_parent_class)->dispose (object);
}

static void
cg_motion_finalize (GObject *object)
{
  g_free (CG_MOTION (object)->name);
  G_OBJECT_CLASS (cg_motion_parent_class)->finalize (object);
}

static void
cg_motion_class_init (CgMotionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_motion_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_motion_finalize;

  /**
   * CgMotion::leased:
   * @self: a camera's motion
   * @is_leased: whether the camera may be moving on our behalf, from now on
   */
  signals[SIGNAL_LEASED] = g_signal_new ("leased", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
cg_motion_init (CgMotion *self)
{
  self->random = g_rand_new ();
}

/**
 * cg_motion_new:
 * @driver: who moves the camera
 * @clock: for the lease
 * @name: of the camera, for the log
 * @config: copied
 *
 * Returns: (transfer full): the lease that keeps one camera moving (Q61)
 */
CgMotion *
cg_motion_new (CgPtzDriver *driver, CgClock *clock, const char *name, const CgPtzConfig *config)
{
  CgMotion *self = g_object_new (CG_TYPE_MOTION, NULL);

  self->driver = g_object_ref (driver);
  g_signal_connect_object (driver, "moves-on", G_CALLBACK (on_moves_on), self, 0);
  self->clock = g_object_ref (clock);
  self->name = g_strdup (name);
  self->config = *config;
  return self;
}

/**
 * cg_motion_apply:
 * @self: a camera's motion
 * @config: copied: what holds from the next start or stop on
 */
void
cg_motion_apply (CgMotion *self, const CgPtzConfig *config)
{
  CG_ON_MAIN ();
  self->config = *config;
}

/* Takes @start over. While a stop is under way it waits, so that the camera sees them in order. */
static void
begin_start (CgMotion *self, Start *start)
{
  drop_pending (self);
  cg_clear_source (&self->halt_retry);
  start->serial = ++self->serial;
  if (self->stops_in_flight > 0)
    self->pending = start;
  else
    send_start (self, start);
}

static Start *
make_start (CgMotion *self, gint64 asked_at_ms, GAsyncReadyCallback callback, gpointer user_data)
{
  Start *start = g_new0 (Start, 1);

  CG_ON_MAIN ();
  start->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (start->task, make_start);
  start->asked_at_ms = asked_at_ms;
  return start;
}

/**
 * cg_motion_start_async:
 * @self: a camera's motion
 * @request: copied
 * @asked_at_ms: monotonic, when it was asked for: what is left of the reply time-out counts
 * @callback: finish with cg_motion_start_finish(); called once the camera has answered, or the
 *   reply time-out has passed
 * @user_data: for @callback
 *
 * Moves until the lease is over: by time (move-timeout), by cg_motion_halt_async(), or after the
 * loss of the link that @request came by. A start while moving refreshes or replaces the lease; if
 * it fails, the camera is stopped. Source: PROTOCOL.md section 4, ptz.
 */
void
cg_motion_start_async (CgMotion *self,
                       const CgMoveRequest *request,
                       gint64 asked_at_ms,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Start *start = make_start (self, asked_at_ms, callback, user_data);

  self->commands++;
  start->request = *request;
  start->source = g_strdup (request->source);
  start->request.source = start->source;
  begin_start (self, start);
}

/**
 * cg_motion_take_turn:
 * @self: a camera's motion
 *
 * Returns: the place in line of a command that is given now, but has to be prepared before it can
 *   be sent: for cg_motion_goto_async()
 */
guint
cg_motion_take_turn (CgMotion *self)
{
  CG_ON_MAIN ();
  return ++self->commands;
}

/**
 * cg_motion_goto_async:
 * @self: a camera's motion
 * @preset: token
 * @turn: from cg_motion_take_turn(): whatever was asked for since then overtakes this
 * @asked_at_ms: as for cg_motion_start_async()
 * @callback: finish with cg_motion_start_finish(); called once the camera has answered, or the
 *   reply time-out has passed
 * @user_data: for @callback
 *
 * Calls a preset, in order with moves and stops. There is no lease: the camera stands still when it
 * is there. Source: PROTOCOL.md section 4, preset.
 */
void
cg_motion_goto_async (CgMotion *self,
                      const char *preset,
                      guint turn,
                      gint64 asked_at_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  Start *start = make_start (self, asked_at_ms, callback, user_data);

  if (turn != self->commands) {
    answer_start (start, g_error_new_literal (CG_ERROR, CG_ERROR_CANCELLED, OVERTAKEN));
    return;
  }
  start->preset = g_strdup (preset);
  begin_start (self, start);
}

/**
 * cg_motion_start_finish:
 * @self: a camera's motion
 * @result: what the callback got
 * @error: return location for a #CG_ERROR; %CG_ERROR_CANCELLED when overtaken
 *
 * Returns: whether the camera accepted the move, or the call of the preset
 */
gboolean
cg_motion_start_finish (CgMotion *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_motion_halt_async:
 * @self: a camera's motion
 * @callback: called once the camera has answered, or the reply time-out has passed
 * @user_data: for @callback
 *
 * Stops, whether or not we know of a motion. Waiting moves are dropped; a move that was on the
 * wire is followed by another stop; a stop that fails is repeated in the background (Q1).
 */
void
cg_motion_halt_async (CgMotion *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_motion_halt_async);
  self->commands++;
  halt (self, task);
}

/**
 * cg_motion_halt_finish:
 * @self: a camera's motion
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera accepted the stop
 */
gboolean
cg_motion_halt_finish (CgMotion *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_motion_recover:
 * @self: the motion of a camera that has just been reached
 *
 * Ends a move that the last life of the daemon has left behind, as surely as one of its own.
 */
void
cg_motion_recover (CgMotion *self)
{
  CG_ON_MAIN ();
  if (!cg_motion_is_moving (self))
    stop_stray (self);
}

/**
 * cg_motion_link_lost:
 * @self: a camera's motion
 * @source: the name of a link, as in #CgMoveRequest
 *
 * A move that came by that link ends after the grace time unless it is asked for again.
 */
void
cg_motion_link_lost (CgMotion *self, const char *source)
{
  CG_ON_MAIN ();
  if (self->source == NULL || g_strcmp0 (self->source, source) != 0 || self->grace != NULL)
    return;
  self->grace = cg_clock_add_timeout (self->clock, self->config.link_grace_ms, on_grace_over, self);
}

/**
 * cg_motion_is_moving:
 * @self: a camera's motion
 *
 * Returns: whether the camera may be moving on our behalf
 */
gboolean
cg_motion_is_moving (CgMotion *self)
{
  return self->leased || self->pending != NULL || self->moves_in_flight > 0 ||
         self->stops_in_flight > 0;
}
