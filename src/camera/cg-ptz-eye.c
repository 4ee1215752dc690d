/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-eye.h"

#include "cg-error.h"
#include "cg-main.h"

/* Whoever waits for a look waits no longer for a slow answer (Q36). */
#define ANSWER_TIMEOUT_MS 1000
/* Where nobody waits, one that is slower is waited for. */
#define PATIENT_TIMEOUT_MS 3000
/* One lost look is bad luck; so many in a row are a camera that answers too late to be of use. */
#define LOST_MAX 3
/* So many faults in a row are a camera that does not know the question. */
#define FAULTS_MAX 3
/* By then a network that was bad may be good again. */
#define TRY_AGAIN_MS 30000

struct _CgPtzEye {
  GObject parent_instance;

  CgPtzDriver *driver;
  CgClock *clock;
  gboolean is_blind; /* the last answer told nothing: nobody asks on in this contact */
  guint lost;        /* looks of watches, in a row */
  gint64 lost_at_ms; /* the newest of them */
  guint faults;      /* in a row */
  gboolean is_slow;  /* answers, and later than those wait who wait for it */
  gboolean is_late;  /* it did not answer the last one who had patience */

  gboolean has_last;
  CgPtzLook last;
  gint64 last_at_ms;
  gint64 asked_at_ms; /* for the last */

  guint serial; /* of the watch under way: an answer to an older one is dropped */
  CgPtzEyeFunc func;
  gpointer user_data;
  GSource *next;       /* the next look of the watch */
  gboolean is_patient; /* of the watch under way */
};

/* One look of a watch on its way. */
typedef struct {
  CgPtzEye *eye; /* (owned) */
  guint serial;
} Glance;

/* Any look on its way. */
typedef struct {
  GTask *task; /* (owned) */
  gint64 asked_at_ms;
  guint timeout_ms;
} Question;

enum { SIGNAL_LOOKED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgPtzEye, cg_ptz_eye, G_TYPE_OBJECT)

static void plan_look (CgPtzEye *self, guint delay_ms);

static void
note_look (CgPtzEye *self, const CgPtzLook *look, gint64 asked_at_ms)
{
  self->lost = self->faults = 0;
  self->is_late = FALSE;
  self->is_blind = !look->has_position && !look->has_zoom && !look->has_move_status;
  self->has_last = TRUE;
  self->last = *look;
  self->last_at_ms = cg_clock_get_monotonic_ms (self->clock);
  self->asked_at_ms = asked_at_ms;
  self->is_slow |= self->last_at_ms - asked_at_ms > ANSWER_TIMEOUT_MS;
  g_signal_emit (self, signals[SIGNAL_LOOKED], 0);
}

/* What was not waited for as long as a watch waits says nothing. Looks that waited behind one
 * that hangs are lost with it: together they are one. */
static void
note_late (CgPtzEye *self, const Question *question)
{
  self->is_late |= question->timeout_ms >= PATIENT_TIMEOUT_MS;
  if (question->timeout_ms < ANSWER_TIMEOUT_MS ||
      (self->lost > 0 && question->asked_at_ms < self->lost_at_ms))
    return;
  self->lost++;
  self->lost_at_ms = cg_clock_get_monotonic_ms (self->clock);
}

/* A camera that cannot be asked, or refuses the question, is not slow. */
static void
note_lost (CgPtzEye *self, const GError *error, const Question *question)
{
  if (g_error_matches (error, CG_ERROR, CG_ERROR_TIMED_OUT))
    note_late (self, question);
  else if (g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT))
    self->is_blind |= ++self->faults >= FAULTS_MAX;
  else if (g_error_matches (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED) ||
           g_error_matches (error, CG_ERROR, CG_ERROR_NOT_PERMITTED))
    self->is_blind = TRUE;
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (GTask) task = question->task;
  CgPtzEye *self = g_task_get_source_object (task);
  g_autofree CgPtzLook *look = g_new0 (CgPtzLook, 1);
  GError *error = NULL;

  if (cg_ptz_driver_look_finish (CG_PTZ_DRIVER (object), result, look, &error)) {
    note_look (self, look, question->asked_at_ms);
    g_task_return_pointer (task, g_steal_pointer (&look), g_free);
    return;
  }
  note_lost (self, error, question);
  g_task_return_error (task, error);
}

static void
on_glanced (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Glance *glance = user_data;
  g_autoptr (CgPtzEye) self = glance->eye;
  CgPtzLook look;
  const gboolean is_seen = cg_ptz_eye_look_finish (self, result, &look, NULL);

  if (glance->serial != self->serial)
    return;
  const guint delay_ms = self->func (is_seen ? &look : NULL, self->user_data);
  if (glance->serial != self->serial)
    return;
  if (delay_ms > 0)
    plan_look (self, delay_ms);
  else
    cg_ptz_eye_close (self);
}

static gboolean
on_next (gpointer user_data)
{
  CgPtzEye *self = user_data;
  Glance *glance = g_new (Glance, 1);

  cg_clear_source (&self->next);
  *glance = (Glance){g_object_ref (self), self->serial};
  cg_ptz_eye_look_async (self, self->is_patient ? PATIENT_TIMEOUT_MS : ANSWER_TIMEOUT_MS,
                         on_glanced, glance);
  return G_SOURCE_REMOVE;
}

static void
plan_look (CgPtzEye *self, guint delay_ms)
{
  cg_clear_source (&self->next);
  self->next = cg_clock_add_timeout (self->clock, delay_ms, on_next, self);
}

static void
cg_ptz_eye_dispose (GObject *object)
{
  CgPtzEye *self = CG_PTZ_EYE (object);

  cg_ptz_eye_close (self);
  g_clear_object (&self->driver);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_ptz_eye_parent_class)->dispose (object);
}

static void
cg_ptz_eye_class_init (CgPtzEyeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_ptz_eye_dispose;
  signals[SIGNAL_LOOKED] = g_signal_new ("looked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cg_ptz_eye_init (CgPtzEye *self)
{
}

/**
 * cg_ptz_eye_new:
 * @driver: of the camera that is looked at
 * @clock: for the pauses
 *
 * Returns: (transfer full): who looks where one camera stands, once or for as long as it is wanted
 */
CgPtzEye *
cg_ptz_eye_new (CgPtzDriver *driver, CgClock *clock)
{
  CgPtzEye *self = g_object_new (CG_TYPE_PTZ_EYE, NULL);

  self->driver = g_object_ref (driver);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * cg_ptz_eye_renew:
 * @self: an eye
 *
 * The camera has been reached anew: what was not worth asking is asked again, and where it stood is
 * forgotten.
 */
void
cg_ptz_eye_renew (CgPtzEye *self)
{
  self->is_blind = self->is_late = FALSE;
  self->lost = self->faults = 0;
  self->has_last = FALSE;
}

/**
 * cg_ptz_eye_is_worth:
 * @self: an eye
 *
 * Returns: whether looking may tell anything, in time (Q36)
 */
gboolean
cg_ptz_eye_is_worth (CgPtzEye *self)
{
  return !self->is_blind && self->lost < LOST_MAX;
}

/**
 * cg_ptz_eye_is_blind:
 * @self: an eye
 *
 * Returns: whether the camera answers, and tells nothing, as long as this contact lasts (Q36)
 */
gboolean
cg_ptz_eye_is_blind (CgPtzEye *self)
{
  return self->is_blind;
}

/**
 * cg_ptz_eye_try_again:
 * @self: an eye
 *
 * For a question that is worth more than others: a camera that was always too late is given one
 * more look after a while.
 *
 * Returns: whether looking may tell anything
 */
gboolean
cg_ptz_eye_try_again (CgPtzEye *self)
{
  if (self->lost >= LOST_MAX &&
      cg_clock_get_monotonic_ms (self->clock) - self->lost_at_ms >= TRY_AGAIN_MS)
    self->lost = LOST_MAX - 1;
  return cg_ptz_eye_is_worth (self);
}

/**
 * cg_ptz_eye_look_async:
 * @self: an eye
 * @timeout_ms: until the answer
 * @callback: finish with cg_ptz_eye_look_finish()
 * @user_data: for @callback
 *
 * Looks once, now.
 */
void
cg_ptz_eye_look_async (CgPtzEye *self,
                       guint timeout_ms,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Question *question = g_new (Question, 1);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, cg_ptz_eye_look_async);
  *question = (Question){task, cg_clock_get_monotonic_ms (self->clock), timeout_ms};
  cg_ptz_driver_look_async (self->driver, timeout_ms, on_looked, question);
}

/**
 * cg_ptz_eye_look_finish:
 * @self: an eye
 * @result: what the callback got
 * @look: (out): what was seen
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera has answered
 */
gboolean
cg_ptz_eye_look_finish (CgPtzEye *self, GAsyncResult *result, CgPtzLook *look, GError **error)
{
  g_autofree CgPtzLook *seen = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  seen = g_task_propagate_pointer (G_TASK (result), error);
  if (seen != NULL)
    *look = *seen;
  return seen != NULL;
}

/**
 * cg_ptz_eye_open:
 * @self: an eye
 * @delay_ms: until the first look
 * @func: gets each look, and says when to take the next
 * @user_data: for @func; outlives the watch, or closes the eye
 *
 * Begins a watch; one that is under way ends without a word.
 */
void
cg_ptz_eye_open (CgPtzEye *self, guint delay_ms, CgPtzEyeFunc func, gpointer user_data)
{
  CG_ON_MAIN ();
  cg_ptz_eye_close (self);
  self->func = func;
  self->user_data = user_data;
  plan_look (self, delay_ms);
}

/**
 * cg_ptz_eye_close:
 * @self: an eye
 *
 * Ends the watch: a look that is on its way is dropped.
 */
void
cg_ptz_eye_close (CgPtzEye *self)
{
  self->serial++;
  self->func = NULL;
  self->is_patient = FALSE;
  cg_clear_source (&self->next);
}

/**
 * cg_ptz_eye_be_patient:
 * @self: an eye that has just been opened
 *
 * What this watch is for is worth more than being soon: slow answers are waited for (Q36).
 */
void
cg_ptz_eye_be_patient (CgPtzEye *self)
{
  self->is_patient = TRUE;
}

/**
 * cg_ptz_eye_is_slow:
 * @self: an eye
 *
 * Returns: whether the camera was seen to answer too late for whoever is not patient (Q36)
 */
gboolean
cg_ptz_eye_is_slow (CgPtzEye *self)
{
  return self->is_slow;
}

/**
 * cg_ptz_eye_is_late:
 * @self: an eye
 *
 * Returns: whether the camera did not even answer the last look that had patience (Q36)
 */
gboolean
cg_ptz_eye_is_late (CgPtzEye *self)
{
  return self->is_late;
}

/**
 * cg_ptz_eye_get_last:
 * @self: an eye
 * @look: (out): what was seen last
 * @age_ms: (out) (optional): how long ago
 *
 * Returns: whether anything was seen in this contact
 */
gboolean
cg_ptz_eye_get_last (CgPtzEye *self, CgPtzLook *look, gint64 *age_ms)
{
  if (!self->has_last)
    return FALSE;
  *look = self->last;
  if (age_ms != NULL)
    *age_ms = cg_clock_get_monotonic_ms (self->clock) - self->last_at_ms;
  return TRUE;
}

/**
 * cg_ptz_eye_get_asked_ms:
 * @self: an eye
 *
 * Returns: when (monotonic) what was seen last was asked for: it is as old as that at most
 */
gint64
cg_ptz_eye_get_asked_ms (CgPtzEye *self)
{
  return self->asked_at_ms;
}
