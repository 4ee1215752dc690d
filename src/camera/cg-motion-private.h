/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-motion-parts.h"
#include "cg-motion.h"

/* What the files of a motion share: cg-motion.c (lease, and who commands), cg-motion-start.c (a
 * start on its way), cg-motion-stop.c (stops), cg-motion-proof.c (whether one has stopped it),
 * cg-motion-limit.c (where a start is refused), cg-motion-watch.c (a move under way, and what
 * follows it up), cg-motion-goto.c (presets), cg-motion-place.c (where it stands),
 * cg-motion-rest.c (signals, and who waits), cg-motion-status.c (all of it, for people). Which file
 * owns what of the struct is said in cg-motion-parts.h. */

#define CG_MOTION_OVERTAKEN "overtaken by a later command"
/* So long a slow camera may still be busy with a move that it has not answered in time. */
#define CG_MOTION_DOUBT_MS 1000
/* Where the camera stood a moment ago, it stands now; else it is looked at while a command goes
 * out. */
#define CG_MOTION_PLACE_FRESH_MS 1000

struct _CgMotion {
  GObject parent_instance;

  CgPtzDriver *driver;
  CgClock *clock;
  char *name;
  CgPtzConfig config;
  CgPtzEye *eye;
  CgPtzFacts facts;
  CgPtzSense sense;
  CgPtzSense told; /* of that, what has been told as learnt */

  guint serial;         /* of the newest start or halt: an answer to an older one changes nothing */
  guint commands;       /* how many were given so far; what we do by ourselves is none */
  CgPtzMove move;       /* what was asked for last */
  gboolean leased;      /* the camera may be moving on our behalf */
  gboolean is_unproven; /* a stop was answered, or given up: nobody has seen the camera stand yet */
  gboolean is_held;     /* either */
  guint moves_in_flight;
  guint stops_in_flight;
  CgMotionStart *pending; /* (owned) (nullable) waits, see @CgMotionWait */
  GQueue waiting;         /* (element-type GTask) each owned: for the camera to stand */

  CgMotionLease lease;
  CgMotionDoubt doubt;
  CgMotionStop stop;
  CgMotionForm form;
  CgMotionSight sight;
  CgMotionPlace place;
  CgMotionEnd end;
  CgMotionProof proof;
  CgMotionWatch watch;
  CgMotionProbe probe;
  CgMotionFollowUp follow_up;
  CgMotionCall call;
};

/* @error: (nullable): why the camera has not taken it */
typedef void (*CgMotionAnsweredFunc) (CgMotion *self, const GError *error);

/* cg-motion.c */
void cg_motion_halt (CgMotion *self, GTask *task);
void cg_motion_halt_now (CgMotion *self, GTask *task);
void cg_motion_take_lease (CgMotion *self, const char *source);
void cg_motion_end_lease (CgMotion *self);
void cg_motion_set_leased (CgMotion *self, gboolean leased);
void cg_motion_set_unproven (CgMotion *self, gboolean is_unproven);

/* cg-motion-start.c */
void cg_motion_begin_start (CgMotion *self, CgMotionStart *start);
void cg_motion_send_start (CgMotion *self, CgMotionStart *start);
void cg_motion_answer_start (CgMotionStart *start, GError *error);
void cg_motion_expire_start (CgMotion *self, CgMotionStart *start);
void cg_motion_drop_pending (CgMotion *self);
void cg_motion_move_on (CgMotion *self, const CgPtzMove *slice, CgMotionAnsweredFunc answered);
void cg_motion_call_again (CgMotion *self, CgMotionAnsweredFunc answered);
gint64 cg_motion_get_left_ms (CgMotion *self, const CgMotionStart *start);

/* cg-motion-stop.c */
void cg_motion_send_stop (CgMotion *self, GTask *task);
gboolean cg_motion_share_stop (CgMotion *self, GTask *task);
void cg_motion_note_last_stop (CgMotion *self, GTask *task);
void cg_motion_give_up (CgMotion *self, const char *reason);
void cg_motion_stop_stray (CgMotion *self);
gboolean cg_motion_wants_stop (CgMotion *self, const CgMotionStart *start);
void cg_motion_stop_first (CgMotion *self, CgMotionStart *start);
void cg_motion_hurry_stop (CgMotion *self);

/* cg-motion-proof.c */
void cg_motion_prove_stop (CgMotion *self);
void cg_motion_end_proof (CgMotion *self);
void cg_motion_renew_forms (CgMotion *self);
void cg_motion_look_later (CgMotion *self);

/* cg-motion-limit.c */
gboolean cg_motion_refuse_start (CgMotion *self, CgMotionStart *start);
gboolean cg_motion_wants_look (CgMotion *self, const CgMotionStart *start);
void cg_motion_look_first (CgMotion *self, CgMotionStart *start);
void
cg_motion_refuse_at_limit (CgMotion *self, CgMotionStart *start, CgError code, CgErrorBasis basis);

/* cg-motion-watch.c */
void cg_motion_begin_watch (CgMotion *self, const CgMotionStart *start, gboolean goes_on);
gboolean cg_motion_watch_answered (CgMotion *self, CgMotionStart *start);
void cg_motion_end_watch (CgMotion *self);
void cg_motion_settle_probe (CgMotion *self);
CgPtzMove cg_motion_get_slice (CgMotion *self);

/* cg-motion-goto.c */
gboolean cg_motion_refuse_busy (CgMotion *self, CgMotionStart *start);
void cg_motion_begin_call (CgMotion *self, const CgMotionStart *start);
void cg_motion_call_answered (CgMotion *self, gboolean is_uncertain);
void cg_motion_end_call (CgMotion *self);

/* cg-motion-place.c */
void cg_motion_take_facts (CgMotion *self);
void cg_motion_open_eye (CgMotion *self, CgMotionPhase phase, guint delay_ms, CgPtzEyeFunc func);
void cg_motion_close_eye (CgMotion *self);
void cg_motion_note_place (CgMotion *self, const CgPtzLook *look);
void cg_motion_note_stands (CgMotion *self, const CgPtzLook *look);
void cg_motion_forget_place (CgMotion *self);
gboolean cg_motion_is_measurable (CgMotion *self);
gboolean cg_motion_says_that_it_moves (CgMotion *self, const CgPtzLook *look);

/* cg-motion-rest.c */
void cg_motion_add_signals (CgMotionClass *klass);
void cg_motion_dispose_rest (CgMotion *self);
void cg_motion_tell_learnt (CgMotion *self);
void cg_motion_tell_leased (CgMotion *self);
void cg_motion_tell_held (CgMotion *self);
void cg_motion_tell_silent (CgMotion *self, const GError *error);
void cg_motion_tell_not_stopped (CgMotion *self, const char *message);
void cg_motion_tell_arrived (CgMotion *self, guint index, const CgPtzLook *look);
void cg_motion_check_rest (CgMotion *self);
gboolean cg_motion_is_at_rest (CgMotion *self);
