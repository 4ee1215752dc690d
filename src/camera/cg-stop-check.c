/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stop-check.h"

#include <math.h>

#include "cg-main.h"
#include "cg-onvif-ptz.h"

/* A dome that turns fast takes this long to come to rest. */
#define REST_MS 500
/* From look to look: the slowest speed shows in it. */
#define LOOK_MS 250
#define LOOKS_MAX 3
/* A move that comes meanwhile waits no longer for a slow answer (Q36). */
#define ANSWER_TIMEOUT_MS 1000
/* Positions are 32 bit floats, and some are measured. */
#define SAME_POSITION 0.001

struct _CgStopCheck {
  GObject parent_instance;

  CgJobs *jobs;
  CgClock *clock;
  CgStopCheckFunc func;
  gpointer user_data;

  guint serial;           /* of the check under way: an answer to an older one is dropped */
  char *profile;          /* (nullable) */
  GSource *next;          /* the next look */
  guint looks;            /* taken so far */
  CgOnvifPtzStatus first; /* of the two that are compared */
};

/* One look on its way. */
typedef struct {
  CgStopCheck *check; /* (owned) */
  guint serial;
} Look;

G_DEFINE_FINAL_TYPE (CgStopCheck, cg_stop_check, G_TYPE_OBJECT)

static void plan_look (CgStopCheck *self, guint delay_ms);

static gboolean
has_moved (const CgOnvifPtzStatus *a, const CgOnvifPtzStatus *b)
{
  return (a->has_position && b->has_position &&
          (fabs (a->pan - b->pan) > SAME_POSITION || fabs (a->tilt - b->tilt) > SAME_POSITION)) ||
         (a->has_zoom && b->has_zoom && fabs (a->zoom - b->zoom) > SAME_POSITION);
}

/* The position is believed before MoveStatus, which may say anything (Q36). */
static CgStopVerdict
judge (const CgOnvifPtzStatus *a, const CgOnvifPtzStatus *b)
{
  if (has_moved (a, b))
    return CG_STOP_MOVES;
  if (a->has_position && b->has_position)
    return CG_STOP_STANDS;
  if (b->has_move_status && !b->moving_pan_tilt && !b->moving_zoom)
    return CG_STOP_STANDS;
  return CG_STOP_UNKNOWN;
}

static gpointer
look_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  g_autofree CgOnvifPtzStatus *status = g_new0 (CgOnvifPtzStatus, 1);

  if (!cg_onvif_ptz_get_status_in_thread (session, data, status, error))
    return NULL;
  return g_steal_pointer (&status);
}

/* A dome that is slow to come to rest is given one look more. */
static void
take_look (CgStopCheck *self, const CgOnvifPtzStatus *status)
{
  CgStopVerdict verdict = CG_STOP_UNKNOWN;

  self->looks++;
  if (status != NULL && self->looks > 1)
    verdict = judge (&self->first, status);
  if (status != NULL &&
      (self->looks == 1 || (verdict == CG_STOP_MOVES && self->looks < LOOKS_MAX))) {
    self->first = *status;
    plan_look (self, LOOK_MS);
    return;
  }
  self->serial++;
  self->func (verdict, self->user_data);
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Look *look = user_data;
  g_autoptr (CgStopCheck) self = look->check;
  g_autoptr (GError) error = NULL;
  g_autofree CgOnvifPtzStatus *status = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (look->serial == self->serial)
    take_look (self, status);
}

static gboolean
on_next (gpointer user_data)
{
  CgStopCheck *self = user_data;
  const CgJob job = {
      .kind = CG_JOB_READ,
      .timeout_ms = ANSWER_TIMEOUT_MS,
      .run_in_thread = look_in_thread,
      .data = g_strdup (self->profile),
      .free_data = g_free,
      .free_result = g_free,
  };
  Look *look = g_new (Look, 1);

  cg_clear_source (&self->next);
  *look = (Look){g_object_ref (self), self->serial};
  cg_jobs_run_async (self->jobs, &job, on_looked, look);
  return G_SOURCE_REMOVE;
}

static void
plan_look (CgStopCheck *self, guint delay_ms)
{
  cg_clear_source (&self->next);
  self->next = cg_clock_add_timeout (self->clock, delay_ms, on_next, self);
}

static void
cg_stop_check_dispose (GObject *object)
{
  CgStopCheck *self = CG_STOP_CHECK (object);

  cg_stop_check_cancel (self);
  g_clear_object (&self->jobs);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_stop_check_parent_class)->dispose (object);
}

static void
cg_stop_check_finalize (GObject *object)
{
  g_free (CG_STOP_CHECK (object)->profile);
  G_OBJECT_CLASS (cg_stop_check_parent_class)->finalize (object);
}

static void
cg_stop_check_class_init (CgStopCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_stop_check_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_stop_check_finalize;
}

static void
cg_stop_check_init (CgStopCheck *self)
{
}

/**
 * cg_stop_check_new:
 * @jobs: of the camera
 * @clock: for the pauses
 * @func: gets the verdict of each check that is not cancelled
 * @user_data: for @func; outlives the check, or cancels it
 *
 * Returns: (transfer full): who looks after a stop whether the camera stands (Q1)
 */
CgStopCheck *
cg_stop_check_new (CgJobs *jobs, CgClock *clock, CgStopCheckFunc func, gpointer user_data)
{
  CgStopCheck *self = g_object_new (CG_TYPE_STOP_CHECK, NULL);

  self->jobs = g_object_ref (jobs);
  self->clock = g_object_ref (clock);
  self->func = func;
  self->user_data = user_data;
  return self;
}

/**
 * cg_stop_check_begin:
 * @self: a check
 * @profile: a profile with a PTZ configuration
 *
 * Looks at where the camera stands, once it has had time to come to rest. An earlier check is
 * cancelled.
 */
void
cg_stop_check_begin (CgStopCheck *self, const char *profile)
{
  CG_ON_MAIN ();
  cg_stop_check_cancel (self);
  g_free (self->profile);
  self->profile = g_strdup (profile);
  self->looks = 0;
  plan_look (self, REST_MS);
}

/**
 * cg_stop_check_cancel:
 * @self: a check
 *
 * Something else moves the camera now, or nobody wants to know any more: no verdict comes.
 */
void
cg_stop_check_cancel (CgStopCheck *self)
{
  self->serial++;
  cg_clear_source (&self->next);
}
