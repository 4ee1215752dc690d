/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-reboot.h"

#include "cg-error.h"
#include "cg-main.h"
#include "cg-onvif-care.h"

#define CALL_TIMEOUT_MS 5000
/* How often it is looked whether it has gone. */
#define LOOK_INTERVAL_MS 2000
/* Who is still there then has not restarted. */
#define GOING_TIMEOUT_MS (60 * 1000)
/* The slowest cameras take three minutes. */
#define COMING_TIMEOUT_MS (5 * 60 * 1000)

typedef enum {
  PHASE_IDLE,
  PHASE_ASKING,
  PHASE_GOING,  /* it has agreed, and is still there */
  PHASE_COMING, /* it has gone */
} Phase;

struct _CgReboot {
  GObject parent_instance;

  CgJobs *jobs;
  CgPresence *presence;
  CgClock *clock;
  char *did;

  Phase phase;
  guint coming_ms;       /* how long this one may be away */
  GSource *plan;         /* (nullable) until it is asked */
  gint64 plan_ms;        /* monotonic: when that is */
  gboolean is_new;       /* has taken another's place, and has not tried to reach it yet */
  gboolean is_due;       /* it is asked as soon as the first contact was tried */
  gboolean is_inherited; /* another one goes on with it */
  GSource *look;         /* (nullable) */
  GSource *deadline;     /* (nullable) */
  gint64 deadline_ms;    /* monotonic: when that is */
};

enum { SIGNAL_ENDED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgReboot, cg_reboot, G_TYPE_OBJECT)

static void
end (CgReboot *self, const GError *error)
{
  cg_clear_source (&self->look);
  cg_clear_source (&self->deadline);
  self->phase = PHASE_IDLE;
  if (error != NULL)
    g_warning ("%s: %s", self->did, error->message);
  else
    g_message ("%s: back after a restart", self->did);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, error);
}

static gboolean
on_deadline (gpointer user_data)
{
  CgReboot *self = user_data;
  g_autoptr (GError) error =
      g_error_new (CG_ERROR, CG_ERROR_TIMED_OUT, "%s",
                   self->phase == PHASE_GOING ? "it has agreed to restart, and has not"
                                              : "it has not come back after a restart");

  end (self, error);
  return G_SOURCE_REMOVE;
}

static void
set_deadline (CgReboot *self, guint timeout_ms)
{
  cg_clear_source (&self->deadline);
  self->deadline = cg_clock_add_timeout (self->clock, timeout_ms, on_deadline, self);
  self->deadline_ms = cg_clock_get_monotonic_ms (self->clock) + timeout_ms;
}

/* Nobody else would find out within a minute. */
static gboolean
on_look (gpointer user_data)
{
  CgReboot *self = user_data;
  g_autoptr (GError) doubt =
      g_error_new_literal (CG_ERROR, CG_ERROR_UNREACHABLE, "it is restarting");

  cg_presence_doubt (self->presence, doubt);
  return G_SOURCE_CONTINUE;
}

static void
begin_coming (CgReboot *self)
{
  self->phase = PHASE_COMING;
  cg_clear_source (&self->look);
  set_deadline (self, self->coming_ms);
}

static void
look_out (CgReboot *self, guint going_ms, guint coming_ms)
{
  self->phase = PHASE_GOING;
  self->coming_ms = coming_ms;
  cg_clear_source (&self->look);
  self->look = cg_clock_add_timeout (self->clock, LOOK_INTERVAL_MS, on_look, self);
  set_deadline (self, going_ms);
}

static void
begin_going (CgReboot *self, guint going_ms, guint coming_ms)
{
  look_out (self, going_ms, coming_ms);
  if (!cg_presence_is_up (self->presence))
    begin_coming (self);
}

static void
on_asked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgReboot) self = user_data;
  g_autoptr (GError) error = NULL;

  cg_jobs_run_finish (CG_JOBS (object), result, &error);
  if (self->is_inherited)
    return;
  /* Some are gone before they have answered. */
  if (error == NULL || cg_error_is_silence (error)) {
    begin_going (self, GOING_TIMEOUT_MS, COMING_TIMEOUT_MS);
    return;
  }
  g_prefix_error (&error, "it does not restart: ");
  end (self, error);
}

static gpointer
reboot_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  return GINT_TO_POINTER (cg_onvif_device_reboot_in_thread (session, error));
}

static void
ask (CgReboot *self)
{
  const CgJob job = {
      .kind = CG_JOB_READ, .timeout_ms = CALL_TIMEOUT_MS, .run_in_thread = reboot_in_thread};

  self->phase = PHASE_ASKING;
  cg_jobs_run_async (self->jobs, &job, on_asked, g_object_ref (self));
}

static gboolean
on_planned (gpointer user_data)
{
  CgReboot *self = user_data;

  cg_clear_source (&self->plan);
  self->is_due = self->phase == PHASE_IDLE && self->is_new;
  if (self->phase == PHASE_IDLE && !self->is_due)
    ask (self);
  return G_SOURCE_REMOVE;
}

static void
on_presence_changed (CgPresence *presence, CgReboot *self)
{
  const gboolean is_up = cg_presence_is_up (presence);

  self->is_new = FALSE;
  if (self->phase == PHASE_IDLE && self->is_due) {
    self->is_due = FALSE;
    ask (self);
  } else if (self->phase == PHASE_GOING && !is_up) {
    begin_coming (self);
  } else if (self->phase == PHASE_COMING && is_up) {
    end (self, NULL);
  }
}

static void
cg_reboot_dispose (GObject *object)
{
  CgReboot *self = CG_REBOOT (object);

  cg_clear_source (&self->plan);
  cg_clear_source (&self->look);
  cg_clear_source (&self->deadline);
  g_clear_object (&self->jobs);
  g_clear_object (&self->presence);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_reboot_parent_class)->dispose (object);
}

static void
cg_reboot_finalize (GObject *object)
{
  g_free (CG_REBOOT (object)->did);
  G_OBJECT_CLASS (cg_reboot_parent_class)->finalize (object);
}

static void
cg_reboot_class_init (CgRebootClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_reboot_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_reboot_finalize;
  signals[SIGNAL_ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cg_reboot_init (CgReboot *self)
{
}

/**
 * cg_reboot_new:
 * @jobs: of the camera
 * @presence: of the camera
 * @clock: for deadlines
 * @did: of the camera
 *
 * Returns: (transfer full): nothing is restarted yet
 */
CgReboot *
cg_reboot_new (CgJobs *jobs, CgPresence *presence, CgClock *clock, const char *did)
{
  CgReboot *self = g_object_new (CG_TYPE_REBOOT, NULL);

  self->jobs = g_object_ref (jobs);
  self->presence = g_object_ref (presence);
  self->clock = g_object_ref (clock);
  self->did = g_strdup (did);
  g_signal_connect_object (presence, "changed", G_CALLBACK (on_presence_changed), self, 0);
  return self;
}

/**
 * cg_reboot_plan:
 * @self: the restart of a camera
 * @delay_ms: from now
 *
 * Sends SystemReboot then. What becomes of it is told by #CgReboot::ended: refused; or back when
 * the camera was lost and there is a new contact with it. The last plan counts; one that is under
 * way already fulfils it.
 */
void
cg_reboot_plan (CgReboot *self, guint delay_ms)
{
  CG_ON_MAIN ();
  cg_clear_source (&self->plan);
  self->is_due = FALSE;
  self->plan = cg_clock_add_timeout (self->clock, delay_ms, on_planned, self);
  self->plan_ms = cg_clock_get_monotonic_ms (self->clock) + delay_ms;
}

static guint
get_rest_ms (CgReboot *self, gint64 time_ms)
{
  return (guint)MAX (time_ms - cg_clock_get_monotonic_ms (self->clock), 0);
}

/**
 * cg_reboot_inherit:
 * @self: the restart of a camera that was not opened yet
 * @before: that of the one whose place it takes
 *
 * Goes on with what is planned or under way there, where only the settings of the camera have
 * changed. One that is being asked this moment is asked again by @self: a camera that has restarted
 * meanwhile has only restarted.
 */
void
cg_reboot_inherit (CgReboot *self, CgReboot *before)
{
  const gboolean is_asking = before->phase == PHASE_ASKING;

  CG_ON_MAIN ();
  self->is_new = TRUE;
  if (before->plan != NULL || before->is_due || is_asking)
    cg_reboot_plan (self, before->plan != NULL ? get_rest_ms (self, before->plan_ms) : 0);
  if (before->phase == PHASE_GOING) {
    look_out (self, get_rest_ms (self, before->deadline_ms), before->coming_ms);
  } else if (before->phase == PHASE_COMING) {
    self->phase = PHASE_COMING;
    set_deadline (self, get_rest_ms (self, before->deadline_ms));
  }
  before->is_inherited = TRUE;
  before->is_due = FALSE;
  cg_clear_source (&before->plan);
  cg_clear_source (&before->look);
  cg_clear_source (&before->deadline);
  if (before->phase != PHASE_ASKING)
    before->phase = PHASE_IDLE;
}

/**
 * cg_reboot_expect:
 * @self: the restart of a camera
 * @going_ms: how long it may go on answering until then
 * @down_ms: how long it says that it will be away; no less than any other restart is waited for
 *
 * It restarts by itself soon: looks whether it goes and comes back, which #CgReboot::ended tells.
 */
void
cg_reboot_expect (CgReboot *self, guint going_ms, guint down_ms)
{
  CG_ON_MAIN ();
  begin_going (self, going_ms, MAX (down_ms, COMING_TIMEOUT_MS));
}

/**
 * cg_reboot_forget_plan:
 * @self: the restart of a camera
 *
 * Undoes cg_reboot_plan(), unless the camera has been asked meanwhile.
 */
void
cg_reboot_forget_plan (CgReboot *self)
{
  CG_ON_MAIN ();
  cg_clear_source (&self->plan);
  self->is_due = FALSE;
}

/**
 * cg_reboot_is_under_way:
 * @self: the restart of a camera
 *
 * Returns: whether it has begun and not ended
 */
gboolean
cg_reboot_is_under_way (CgReboot *self)
{
  return self->phase != PHASE_IDLE;
}
