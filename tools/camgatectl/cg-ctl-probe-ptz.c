/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a probe that moves the camera a little, stops it, and brings it back. */
#include "cg-ctl-head.h"

#include <math.h>

/* One camera's head, and what is told of it. */
typedef struct {
  CgCtlProbe *probe;
  CgOnvifPtzFacts *facts; /* (owned) */
  JsonObject *report;     /* (unowned) section `ptz` */
  CgCtlHead head;
  gboolean has_moved; /* as far as anybody can tell */
} Head;

static void
head_clear (Head *self)
{
  g_clear_pointer (&self->facts, cg_onvif_ptz_facts_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Head, head_clear)

static CgCtlReport *
get_report (Head *self)
{
  return self->probe->report;
}

static const char *
name_direction (const CgCtlHead *head)
{
  if (head->is_zoom)
    return head->direction > 0 ? "zoomed in" : "zoomed out";
  return head->direction > 0 ? "turned right" : "turned left";
}

static void
tell_move (Head *self)
{
  const char *way = name_direction (&self->head);
  const char *how = self->head.is_stepping ? "by a step" : "a little";

  self->has_moved = TRUE;
  json_object_set_boolean_member (self->report, "moves", TRUE);
  if (cg_ctl_head_can_tell (&self->head))
    cg_ctl_report_tell (get_report (self), "move", CG_CTL_VERDICT_OK, NULL, "%s %s", way, how);
  else
    cg_ctl_report_tell (get_report (self), "move", CG_CTL_VERDICT_WARNING,
                        "look at the picture: did it move, and stop?",
                        "%s %s, it says; it tells no position", way, how);
}

static void
tell_no_move (Head *self, const GError *error)
{
  json_object_set_boolean_member (self->report, "moves", FALSE);
  if (g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT))
    cg_ctl_report_tell (get_report (self), "move", CG_CTL_VERDICT_FAIL,
                        "look whether the head is blocked, parked or locked in the camera's PTZ "
                        "settings; restart it",
                        "%s", error->message);
  else
    cg_ctl_report_tell_error (get_report (self), "move", CG_CTL_VERDICT_FAIL, error);
}

/* A head that only takes steps needs no Stop to stand. */
static void
tell_step_end (Head *self)
{
  if (self->head.refuses_stop)
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_WARNING,
                        "nothing to do: a step is short, and camgate asks for no other while "
                        "nobody wants one",
                        "stands by itself after each step, and refuses Stop");
  else
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_OK, NULL,
                        "stands by itself after each step");
}

static void
tell_stop (Head *self, const char *how, gint64 sent_us, const GError *error)
{
  const double took_s = (double)(self->head.stopped_us - sent_us) / G_USEC_PER_SEC;
  const gboolean is_measured = cg_ctl_head_can_tell (&self->head);

  json_object_set_string_member (self->report, "stops_by", how != NULL ? how : "nothing");
  if (how != NULL && is_measured)
    json_object_set_double_member (self->report, "stop_s", round (took_s * 100) / 100);
  if (how == NULL)
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_FAIL,
                        "set ptz=deny for this camera, or update its firmware", "%s",
                        error != NULL ? error->message : "it does not stop when it is told to");
  else if (g_str_equal (how, "itself"))
    tell_step_end (self);
  else if (g_str_equal (how, "velocity"))
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_WARNING,
                        "nothing to do: camgate knows, but each stop takes longer",
                        "it ignores Stop, and stands by speed 0");
  else if (is_measured)
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_OK, NULL, "stood after %.1f s",
                        took_s);
  else
    cg_ctl_report_tell (get_report (self), "stop", CG_CTL_VERDICT_OK, NULL, "taken");
}

static void
bring_back (Head *self)
{
  double rest = 0;
  const gboolean is_back = cg_ctl_head_go_back (&self->head, &rest);

  if (!self->head.tells_position || self->head.gain == 0) {
    cg_ctl_report_tell (get_report (self), "return", CG_CTL_VERDICT_OK,
                        "look at the picture: does it look where it did?",
                        "as %s the other way; it tells no position",
                        self->head.is_stepping ? "far" : "long");
    return;
  }
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

  cg_ctl_probe_step (self->probe, "moving it a little");
  if (!cg_ctl_head_move (&self->head, &error)) {
    cg_ctl_head_stop (&self->head, NULL);
    tell_no_move (self, error);
    return;
  }
  const gint64 sent_us = g_get_monotonic_time ();
  const char *how = cg_ctl_head_stop (&self->head, &error);
  tell_move (self);
  tell_stop (self, how, sent_us, error);
  if (how != NULL && !cg_ctl_probe_is_cancelled (self->probe))
    bring_back (self);
}

static const char *
judge_move_status (const Head *self)
{
  if (!self->head.tells_moving)
    return "absent";
  if (self->head.lies_moving || self->head.says_moving_still)
    return "moving";
  return self->head.said_moving ? "true" : "idle";
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
  const char *word = self->has_moved           ? judge_move_status (self)
                     : self->head.tells_moving ? NULL
                                               : "absent";
  const char *lie = "";

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++) {
    if (g_strcmp0 (lies[i].word, word) == 0)
      lie = lies[i].text;
  }
  json_object_set_boolean_member (self->report, "position", self->head.tells_position);
  cg_ctl_probe_set_text (self->report, "move_status", word);
  if (self->head.tells_position)
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
      cg_onvif_ptz_get_presets_in_thread (self->probe->session, self->head.token, &error);
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

static void
check_head (Head *self)
{
  tell_facts (self);
  cg_ctl_head_look (&self->head);
  if (self->probe->options->no_move)
    cg_ctl_report_tell (get_report (self), "move", CG_CTL_VERDICT_OK, NULL, "not tried: --no-move");
  else
    test_move (self);
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
  head.facts = cg_onvif_ptz_get_facts_in_thread (self->session, moves, &error);
  head.head = (CgCtlHead){.probe = self, .token = moves->token, .facts = head.facts};
  if (head.facts == NULL)
    cg_ctl_report_tell_error (self->report, "ptz", CG_CTL_VERDICT_FAIL, error);
  else
    check_head (&head);
}
