/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a probe that moves the camera a little, stops it, and brings it back. */
#include <math.h>

#include "cg-ctl-probe-private.h"

/* A quarter of full speed: 5 to 30 degrees in the time of the test. */
#define MOVE_FRACTION 0.25
#define BACK_FRACTION 0.1
/* If we are killed, the camera stops by itself (Q61). */
#define LEASE_MS 3000
#define LOOK_MS 50
/* It moves at least so long, and at most so long until it is seen to (Q37). */
#define MOVE_MIN_MS 400
#define MOVE_MAX_MS 1200
#define MOVE_TRIES 2
/* How long it may take to stand after a stop. */
#define STAND_MS 1000
#define STAND_LOOK_MS 120
#define STOP_TRIES 4
#define BACK_TRIES 3
#define BACK_MAX_MS 4000
/* Positions that differ by less are the same: noise of the encoders. */
#define SAME_POSITION 0.002
/* Nobody sees in the picture that it is off by so much of the range. */
#define BACK_TOLERANCE 0.01

/* One camera's head, and what the test has seen of it. */
typedef struct {
  CgCtlProbe *probe;
  const char *token;
  CgOnvifPtzFacts *facts; /* (owned) */
  JsonObject *report;     /* (unowned) section `ptz` */
  gboolean is_zoom;       /* tried on the zoom: there is nothing else */
  gboolean tells_position;
  gboolean has_moved;         /* as far as anybody can tell */
  gboolean stops_by_speed;    /* it ignores Stop: no time is lost with it again (Q1) */
  gboolean is_blind;          /* GetStatus fails: nobody waits for it while the head moves */
  gboolean tells_moving;      /* there is a MoveStatus */
  gboolean lies_moving;       /* ... that said so before the head moved at all */
  gboolean said_moving;       /* ... while it moved */
  gboolean says_moving_still; /* ... while it stood */
  double start;
  double gain; /* speed of the axis for what was asked of it; with sign */
  gint64 stopped_us;
} Head;

static void
head_clear (Head *self)
{
  g_clear_pointer (&self->facts, cg_onvif_ptz_facts_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Head, head_clear)

static gboolean
says_moving (const Head *self, const CgOnvifPtzStatus *status)
{
  return self->is_zoom ? status->moving_zoom : status->moving_pan_tilt;
}

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

static CgCtlReport *
get_report (Head *self)
{
  return self->probe->report;
}

/* The axis that is tried. */
static gboolean
read_place (Head *self, double *place, CgOnvifPtzStatus *status)
{
  *status = (CgOnvifPtzStatus){0};
  if (self->is_blind ||
      !cg_onvif_ptz_get_status_in_thread (self->probe->session, self->token, status, NULL))
    return FALSE;
  self->tells_moving = self->tells_moving || status->has_move_status;
  *place = self->is_zoom ? status->zoom : status->pan;
  return self->is_zoom ? status->has_zoom : status->has_position;
}

/* How far from @from to @to, the short way round where a head turns for ever. */
static double
get_way (const Head *self, double from, double to)
{
  const CgOnvifRange *range = &self->facts->pan_position;
  const double width = range->max - range->min;
  const double way = to - from;

  if (self->is_zoom || width <= 0 || fabs (way) <= width / 2)
    return way;
  return way > 0 ? way - width : way + width;
}

static double
scale (double fraction, const CgOnvifRange *range)
{
  if (range->max <= 0 || range->min >= 0)
    return fraction;
  return fraction >= 0 ? fraction * range->max : fraction * -range->min;
}

static gboolean
send_move (Head *self, double fraction, GError **error)
{
  const CgOnvifVelocity velocity = {
      .move_pan_tilt = !self->is_zoom,
      .move_zoom = self->is_zoom,
      .pan = self->is_zoom ? 0 : scale (fraction, &self->facts->pan_velocity),
      .zoom = self->is_zoom ? scale (fraction, &self->facts->zoom_velocity) : 0,
  };

  return cg_onvif_ptz_continuous_move_in_thread (self->probe->session, self->token, &velocity,
                                                 fraction != 0 ? LEASE_MS : 0, error);
}

static gboolean
send_stop (Head *self, gboolean as_velocity, GError **error)
{
  if (as_velocity)
    return send_move (self, 0, error);
  return cg_onvif_ptz_stop_in_thread (self->probe->session, self->token, !self->is_zoom,
                                      self->is_zoom, error);
}

/* Whether it stands within a second. A camera that tells no position is believed what it says. */
static gboolean
wait_until_still (Head *self)
{
  const gint64 until_ms = now_ms () + STAND_MS;
  CgOnvifPtzStatus status;
  double before = 0, place = 0;
  gboolean is_known = read_place (self, &before, &status);

  while (now_ms () < until_ms) {
    g_usleep (STAND_LOOK_MS * 1000);
    is_known = read_place (self, &place, &status) && is_known;
    self->stopped_us = g_get_monotonic_time ();
    self->says_moving_still = says_moving (self, &status);
    if (is_known ? fabs (place - before) < SAME_POSITION
                 : self->lies_moving || !self->says_moving_still)
      return TRUE;
    before = place;
  }
  return FALSE;
}

/* Stop, and speed zero where that does not help, in turns (Q1). Which of them it was; NULL: none.
 */
static const char *
stop_and_wait (Head *self, GError **error)
{
  g_autoptr (GError) reason = NULL;

  for (guint i = 0; i < STOP_TRIES; i++) {
    const gboolean as_velocity = (i % 2 == 1) != self->stops_by_speed;

    g_clear_error (&reason);
    if (!send_stop (self, as_velocity, &reason) || !wait_until_still (self))
      continue;
    self->stops_by_speed = as_velocity;
    return as_velocity ? "velocity" : "stop";
  }
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

/* Looks until it has moved, and for the least time in any case. */
static gboolean
watch_move (Head *self, double fraction)
{
  const gint64 started_ms = now_ms ();
  gboolean has_moved = FALSE;

  for (gint64 spent_ms = 0; spent_ms < MOVE_MAX_MS; spent_ms = now_ms () - started_ms) {
    CgOnvifPtzStatus status;
    double place = self->start;

    if ((has_moved || self->is_blind) && spent_ms >= MOVE_MIN_MS)
      break;
    if (!cg_ctl_probe_pause (self->probe, LOOK_MS))
      break;
    const gboolean is_known = read_place (self, &place, &status);
    const double way = get_way (self, self->start, place);
    const gboolean is_told = !self->lies_moving && says_moving (self, &status);

    has_moved = has_moved || (is_known ? fabs (way) > SAME_POSITION : is_told);
    self->said_moving = self->said_moving || is_told;
    if (is_known && has_moved)
      self->gain = way * 1000 / (double)(now_ms () - started_ms) / fraction;
  }
  return has_moved;
}

/* Away from the nearer end. */
static double
choose_direction (const Head *self)
{
  const CgOnvifRange *range =
      self->is_zoom ? &self->facts->zoom_position : &self->facts->pan_position;

  if (!self->tells_position)
    return MOVE_FRACTION;
  return self->start > (range->min + range->max) / 2 ? -MOVE_FRACTION : MOVE_FRACTION;
}

/* Whether the bridge can tell that it moves; without any sign of it, nobody knows. */
static gboolean
can_tell (const Head *self)
{
  return self->tells_position || (self->tells_moving && !self->lies_moving);
}

/* Some need a second call (Q37); one that stands at an end goes the other way. */
static gboolean
try_to_move (Head *self, double *direction, GError **error)
{
  *direction = choose_direction (self);
  for (guint i = 0; i < MOVE_TRIES && !cg_ctl_probe_is_cancelled (self->probe); i++) {
    if (!send_move (self, *direction, error))
      return FALSE;
    if (watch_move (self, *direction) || !can_tell (self))
      return TRUE;
    *direction = -*direction;
  }
  g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT, "it says yes, but does not move");
  return FALSE;
}

static void
tell_move (Head *self, double direction)
{
  const char *way = self->is_zoom ? (direction > 0 ? "zoomed in" : "zoomed out")
                                  : (direction > 0 ? "turned right" : "turned left");

  self->has_moved = TRUE;
  json_object_set_boolean_member (self->report, "moves", TRUE);
  if (can_tell (self))
    cg_ctl_report_tell (get_report (self), "move", CG_CTL_VERDICT_OK, NULL, "%s a little", way);
  else
    cg_ctl_report_tell (get_report (self), "move", CG_CTL_VERDICT_WARNING,
                        "look at the picture: did it move, and stop?",
                        "%s a little, it says; it tells no position", way);
}

static void
tell_stop (Head *self, const char *how, gint64 sent_us, const GError *error)
{
  const double took_s = (double)(self->stopped_us - sent_us) / G_USEC_PER_SEC;

  if (how == NULL) {
    json_object_set_string_member (self->report, "stops_by", "nothing");
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_FAIL,
                        "set ptz=deny for this camera, or update its firmware", "%s",
                        error != NULL ? error->message : "it does not stop when it is told to");
    return;
  }
  json_object_set_string_member (self->report, "stops_by", how);
  if (can_tell (self))
    json_object_set_double_member (self->report, "stop_s", round (took_s * 100) / 100);
  if (g_str_equal (how, "velocity"))
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_WARNING,
                        "nothing to do: camgate knows, but each stop takes longer",
                        "it ignores Stop, and stands by speed 0");
  else if (can_tell (self))
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_OK, NULL, "stood after %.1f s",
                        took_s);
  else
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_OK, NULL, "taken");
}

/* Goes back over what is left, and stops as soon as the next look would be too late. */
static void
go_back_once (Head *self, double left, double fraction)
{
  const gint64 until_ms = now_ms () + BACK_MAX_MS;
  const double sign = (left > 0) == (self->gain > 0) ? 1 : -1;
  const double step = fabs (self->gain) * fraction * LOOK_MS / 1000;
  CgOnvifPtzStatus status;
  double place;

  if (!send_move (self, sign * fraction, NULL))
    return;
  while (now_ms () < until_ms && cg_ctl_probe_pause (self->probe, LOOK_MS / 2)) {
    if (!read_place (self, &place, &status))
      break;
    const double rest = get_way (self, place, self->start);
    if (rest * left <= 0 || fabs (rest) < step / 2)
      break;
  }
  stop_and_wait (self, NULL);
}

static gboolean
get_rest (Head *self, double *rest)
{
  CgOnvifPtzStatus status;
  double place;

  if (!read_place (self, &place, &status))
    return FALSE;
  *rest = get_way (self, place, self->start);
  return TRUE;
}

/* By position, first fast, then slowly. */
static gboolean
go_back_by_position (Head *self, double *rest)
{
  if (!get_rest (self, rest))
    return FALSE;
  for (guint i = 0; i < BACK_TRIES && fabs (*rest) > BACK_TOLERANCE; i++) {
    if (cg_ctl_probe_is_cancelled (self->probe))
      return FALSE;
    go_back_once (self, *rest, i == 0 ? MOVE_FRACTION : BACK_FRACTION);
    if (!get_rest (self, rest))
      return FALSE;
  }
  return fabs (*rest) <= BACK_TOLERANCE;
}

/* As long the other way. */
static void
go_back_by_time (Head *self, double direction, gint64 moved_ms)
{
  if (cg_ctl_probe_is_cancelled (self->probe) || !send_move (self, -direction, NULL))
    return;
  g_usleep ((gulong)moved_ms * 1000);
  stop_and_wait (self, NULL);
}

static void
bring_back (Head *self, double direction, gint64 moved_ms)
{
  double rest = 0;

  if (!self->tells_position || self->gain == 0) {
    go_back_by_time (self, direction, moved_ms);
    cg_ctl_report_tell (get_report (self), "return", CG_CTL_VERDICT_OK,
                        "look at the picture: does it look where it did?",
                        "as long the other way; it tells no position");
    return;
  }
  const gboolean is_back = go_back_by_position (self, &rest);
  json_object_set_boolean_member (self->report, "returned", is_back);
  if (is_back)
    cg_ctl_report_tell (get_report (self), "return", CG_CTL_VERDICT_OK, NULL,
                        "looks where it did before");
  else
    cg_ctl_report_tell (get_report (self), "return", CG_CTL_VERDICT_WARNING,
                        "bring it back by hand, or call its preset",
                        "it is off by %.2f from where it looked", fabs (rest));
}

static void
test_move (Head *self)
{
  g_autoptr (GError) error = NULL;
  double direction = 0;
  const gint64 started_ms = now_ms ();

  cg_ctl_probe_step (self->probe, "moving it a little");
  if (!try_to_move (self, &direction, &error)) {
    send_stop (self, FALSE, NULL);
    json_object_set_boolean_member (self->report, "moves", FALSE);
    if (g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT))
      cg_ctl_report_tell (get_report (self), "move", CG_CTL_VERDICT_FAIL,
                          "look whether the head is blocked, parked or locked in the camera's PTZ "
                          "settings; restart it",
                          "%s", error->message);
    else
      cg_ctl_report_tell_error (get_report (self), "move", CG_CTL_VERDICT_FAIL, error);
    return;
  }
  const gint64 moved_ms = now_ms () - started_ms;
  const gint64 sent_us = g_get_monotonic_time ();
  const char *how = stop_and_wait (self, &error);
  tell_move (self, direction);
  tell_stop (self, how, sent_us, error);
  if (how != NULL && !cg_ctl_probe_is_cancelled (self->probe))
    bring_back (self, direction, moved_ms);
}

/* A head that only takes steps stands after each: there is no stop to test. */
static void
test_step (Head *self)
{
  const CgOnvifRange *range = self->is_zoom ? &self->facts->zoom_step : &self->facts->pan_step;
  const double size = scale (choose_direction (self) > 0 ? 0.05 : -0.05, range);
  CgOnvifVelocity step = {.move_pan_tilt = !self->is_zoom,
                          .move_zoom = self->is_zoom,
                          .pan = self->is_zoom ? 0 : size,
                          .zoom = self->is_zoom ? size : 0};
  g_autoptr (GError) error = NULL;

  cg_ctl_probe_step (self->probe, "moving it a little");
  if (!cg_onvif_ptz_relative_move_in_thread (self->probe->session, self->token, &step, &error)) {
    json_object_set_boolean_member (self->report, "moves", FALSE);
    cg_ctl_report_tell_error (get_report (self), "move", CG_CTL_VERDICT_FAIL, error);
    return;
  }
  const gboolean has_moved = watch_move (self, size);
  wait_until_still (self);
  step.pan = -step.pan;
  step.zoom = -step.zoom;
  cg_onvif_ptz_relative_move_in_thread (self->probe->session, self->token, &step, NULL);
  self->has_moved = has_moved;
  json_object_set_boolean_member (self->report, "moves", has_moved);
  cg_ctl_report_tell (get_report (self), "move",
                      has_moved ? CG_CTL_VERDICT_OK : CG_CTL_VERDICT_WARNING,
                      has_moved ? NULL : "look at the picture: did it move, and come back?",
                      "one step and back%s", has_moved ? "" : "; not seen to move");
}

static const char *
judge_move_status (const Head *self)
{
  if (!self->tells_moving)
    return "absent";
  if (self->lies_moving || self->says_moving_still)
    return "moving";
  return self->said_moving ? "true" : "idle";
}

/* What the bridge knows of where the head is and whether it moves (Q36). */
static void
tell_position (Head *self)
{
  static const struct {
    const char *word;
    const char *text;
  } lies[] = {{"moving", "; says that it moves while it stands"},
              {"idle", "; says that it stands while it moves"},
              {"absent", "; does not say whether it moves"}};
  const char *word = self->has_moved      ? judge_move_status (self)
                     : self->tells_moving ? NULL
                                          : "absent";
  const char *lie = "";

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++) {
    if (g_strcmp0 (lies[i].word, word) == 0)
      lie = lies[i].text;
  }
  json_object_set_boolean_member (self->report, "position", self->tells_position);
  cg_ctl_probe_set_text (self->report, "move_status", word);
  if (self->tells_position)
    cg_ctl_report_tell (get_report (self), "position", CG_CTL_VERDICT_OK, NULL, "told%s", lie);
  else
    cg_ctl_report_tell (get_report (self), "position", CG_CTL_VERDICT_WARNING,
                        "nothing to do: camgate goes by time, and cannot tell that a limit is "
                        "reached",
                        "not told%s", lie);
}

static void
tell_limits (Head *self)
{
  const CgOnvifPtzFacts *facts = self->facts;
  g_autoptr (GString) text = g_string_new (NULL);

  if (facts->has_pan_tilt_limits)
    g_string_append_printf (text, "pan %g to %g, tilt %g to %g", facts->pan_position.min,
                            facts->pan_position.max, facts->tilt_position.min,
                            facts->tilt_position.max);
  if (facts->has_zoom_limits)
    g_string_append_printf (text, "%szoom %g to %g", text->len > 0 ? ", " : "",
                            facts->zoom_position.min, facts->zoom_position.max);
  json_object_set_boolean_member (self->report, "limits", text->len > 0);
  cg_ctl_report_tell (get_report (self), "limits", CG_CTL_VERDICT_OK, NULL, "%s",
                      text->len > 0 ? text->str : "not told");
}

static const char *
get_kind (gboolean is_continuous, gboolean is_relative)
{
  return is_continuous ? "continuous" : is_relative ? "steps" : "none";
}

static void
tell_facts (Head *self)
{
  const CgOnvifPtzFacts *facts = self->facts;
  const char *pan_tilt = get_kind (facts->has_continuous_pan_tilt, facts->has_relative_pan_tilt);
  const char *zoom = get_kind (facts->has_continuous_zoom, facts->has_relative_zoom);

  json_object_set_string_member (self->report, "pan_tilt", pan_tilt);
  json_object_set_string_member (self->report, "zoom", zoom);
  cg_ctl_report_tell (get_report (self), "ptz", CG_CTL_VERDICT_OK, NULL, "pan and tilt %s, zoom %s",
                      pan_tilt, zoom);
  tell_limits (self);
}

static void
check_presets (Head *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) presets =
      cg_onvif_ptz_get_presets_in_thread (self->probe->session, self->token, &error);
  const guint most = self->facts->max_presets;

  if (presets == NULL) {
    cg_ctl_report_tell_error (get_report (self), "presets", CG_CTL_VERDICT_WARNING, error);
    return;
  }
  json_object_set_int_member (self->report, "presets", presets->len);
  if (most == 0) {
    cg_ctl_report_tell (get_report (self), "presets", CG_CTL_VERDICT_OK, NULL, "%u set",
                        presets->len);
    return;
  }
  json_object_set_int_member (self->report, "max_presets", most);
  cg_ctl_report_tell (get_report (self), "presets",
                      presets->len < most ? CG_CTL_VERDICT_OK : CG_CTL_VERDICT_WARNING,
                      presets->len < most ? NULL : "remove one before you set another",
                      "%u set, %u at most", presets->len, most);
}

/* Where it stands before it is touched, and what it says of that. */
static void
look_at_head (Head *self)
{
  CgOnvifPtzStatus status;

  self->is_zoom = !self->facts->has_continuous_pan_tilt && !self->facts->has_relative_pan_tilt;
  self->is_blind =
      !cg_onvif_ptz_get_status_in_thread (self->probe->session, self->token, &status, NULL);
  self->tells_position = read_place (self, &self->start, &status);
  self->lies_moving = says_moving (self, &status);
}

static void
check_head (Head *self)
{
  const CgOnvifPtzFacts *facts = self->facts;
  const gboolean is_moved = !self->probe->options->no_move;

  tell_facts (self);
  look_at_head (self);
  if (!is_moved)
    cg_ctl_report_tell (get_report (self), "move", CG_CTL_VERDICT_OK, NULL, "not tried: --no-move");
  else if (self->is_zoom ? facts->has_continuous_zoom : facts->has_continuous_pan_tilt)
    test_move (self);
  else
    test_step (self);
  tell_position (self);
  check_presets (self);
}

static const CgOnvifProfile *
choose_profile (const CgCtlProbe *self)
{
  const CgOnvifWish wish = {.channel = self->channel};

  if (self->played == NULL)
    return cg_onvif_profile_choose_ptz (self->profiles);
  return cg_onvif_profile_choose_ptz_beside (self->profiles, self->played, &wish);
}

/**
 * cg_ctl_probe_ptz:
 * @self: a probe that has asked for profiles
 *
 * What the head can do, as told, and whether it does it (Q1, Q36, Q37). However it ends, the camera
 * is stopped.
 */
void
cg_ctl_probe_ptz (CgCtlProbe *self)
{
  const CgOnvifProfile *moves = self->profiles != NULL ? choose_profile (self) : NULL;
  g_auto (Head) head = {.probe = self, .report = cg_ctl_report_get_section (self->report, "ptz")};
  g_autoptr (GError) error = NULL;

  if (cg_ctl_probe_is_cancelled (self) || self->profiles == NULL)
    return;
  cg_ctl_probe_step (self, "asking how it moves");
  if (moves == NULL) {
    cg_ctl_report_tell (self->report, "ptz", CG_CTL_VERDICT_OK, NULL, "none: it does not move");
    return;
  }
  head.token = moves->token;
  head.facts = cg_onvif_ptz_get_facts_in_thread (self->session, moves, &error);
  if (head.facts == NULL)
    cg_ctl_report_tell_error (self->report, "ptz", CG_CTL_VERDICT_FAIL, error);
  else
    check_head (&head);
}
