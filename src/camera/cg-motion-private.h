/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-backoff.h"
#include "cg-motion.h"
#include "cg-ptz-eye.h"
#include "cg-ptz-sense.h"

/* What the parts of a motion share: cg-motion.c (lease, and who commands), cg-motion-start.c (a
 * start on its way), cg-motion-stop.c (stops), cg-motion-proof.c (whether one has stopped it),
 * cg-motion-limit.c (where a start is refused), cg-motion-watch.c (a move under way, and what
 * follows it up), cg-motion-goto.c (presets), cg-motion-place.c (where it stands),
 * cg-motion-rest.c (signals, and who waits), cg-motion-status.c (all of it, for people). */

#define CG_MOTION_OVERTAKEN "overtaken by a later command"
/* So long a slow camera may still be busy with a move that it has not answered in time. */
#define CG_MOTION_DOUBT_MS 1000
/* Where the camera stood a moment ago, it stands now; else it is looked at while a command goes
 * out. */
#define CG_MOTION_PLACE_FRESH_MS 1000

/* What a start waits for before it is sent. */
typedef enum {
  CG_MOTION_WAIT_NONE,
  CG_MOTION_WAIT_TURN,  /* a stop that was on the wire before it */
  CG_MOTION_WAIT_LOOK,  /* whether the camera stands where it leads */
  CG_MOTION_WAIT_MOVE,  /* a move that is on the wire: the camera is stopped when it has that */
  CG_MOTION_WAIT_DOUBT, /* a move that was not answered in time: the same */
  CG_MOTION_WAIT_STOP,  /* a stop of its own */
} CgMotionWait;

/* One start on its way: a move, or the call of a preset. */
typedef struct {
  GTask *task;
  CgMoveRequest request;
  char *source;
  char *preset;        /* (nullable) token: not a move */
  guint preset_index;  /* the same, for people: tokens may change hands meanwhile (Q31) */
  gboolean has_target; /* where the preset is, is known */
  CgPtzLook target;
  gint64 asked_at_ms;
  guint serial;
  gboolean was_moving; /* before it was sent */
  gboolean owes_stop;  /* the same, or nobody has seen it stand since */
  gboolean had_moved;  /* the same, or nobody knows */
  gboolean is_looked;  /* the camera was looked at first */
  gboolean is_stopped; /* it was told to stop first */
  CgMotionWait wait;
} CgMotionStart;

/* What the eye is open for. */
typedef enum {
  CG_MOTION_BLIND,
  CG_MOTION_CONTACT, /* where the camera stands, just reached */
  CG_MOTION_WATCH,   /* what a move does */
  CG_MOTION_PROOF,   /* whether a stop has stopped it */
  CG_MOTION_LATER,   /* the same, when nobody waits for it any more */
  CG_MOTION_CALL,    /* whether it is at the preset */
} CgMotionPhase;

struct _CgMotion {
  GObject parent_instance;

  CgPtzDriver *driver;
  CgClock *clock;
  char *name;
  CgPtzConfig config;
  CgPtzEye *eye;
  CgMotionPhase phase;
  CgPtzFacts facts;
  CgPtzSense sense;
  CgPtzSense told; /* of that, what has been told as learnt */

  guint serial;         /* of the newest start or halt: an answer to an older one changes nothing */
  guint commands;       /* how many were given so far; what we do by ourselves is none */
  gboolean leased;      /* the camera may be moving on our behalf */
  gboolean is_unproven; /* a stop was answered, or given up: nobody has seen the camera stand yet */
  gboolean is_held;     /* either */
  char *source;         /* (nullable) link the lease came by */
  CgPtzMove move;       /* what was asked for last */
  gint64 lease_ends_ms;
  GSource *lease;         /* ends the move */
  GSource *grace;         /* ends it after the link was lost */
  CgMotionStart *pending; /* (owned) (nullable) waits, see @CgMotionWait */
  GSource *doubt_end;     /* of %CG_MOTION_WAIT_DOUBT */
  guint moves_in_flight;
  guint stops_in_flight;
  GTask *last_stop;        /* (unowned) (nullable) the newest that was asked for, and sent */
  gboolean is_stop_newest; /* no move was sent since */
  gboolean halt_again;     /* a move was in flight when the stop went out: it may arrive later */
  CgBackoff halt_backoff;
  guint halt_tries;
  GSource *halt_retry;
  gint64 doubtful_until_ms;   /* a move that was not answered in time may arrive before that */
  gint64 stop_holds_until_ms; /* so long after a stop the camera is awake, and not moved by us */
  gint64 late_stop_until_ms;  /* the same of a stop */
  GSource *later;             /* the next look of %CG_MOTION_LATER */
  guint laters;
  gboolean may_stray;  /* a move was not answered in time: it may come at any time */
  gboolean refuses_us; /* the last stop was given up for that: only one that it takes ends it */

  CgOnvifStopForm stop_form;  /* tried first */
  CgOnvifStopForm told_form;  /* has worked, as far as the camera tells */
  CgOnvifStopForm known_form; /* of that, what has been told as learnt */
  guint forms;                /* bits: tried since the last move */
  guint looks;                /* of the phase */
  guint lost;                 /* of the phase */
  gboolean has_first;
  gboolean is_unseen;       /* looking at what a stop has done shows nothing */
  gboolean proves_nothing;  /* the same, or it shows what has always been shown */
  gboolean is_told_blindly; /* it was stopped in a second form, since nobody can see it stand */
  gboolean moves_on;        /* a stop that is being proven did not stop it, as far as was seen */
  CgPtzLook first;          /* of the two that are compared */

  gboolean has_place; /* where the camera stands; nothing of ours has moved it since */
  CgPtzLook place;
  gint64 place_at_ms;
  gboolean has_moved;      /* since it was last seen to stand */
  gboolean has_stood;      /* it was seen to, in this contact */
  gboolean is_seen_moving; /* by the looks of %CG_MOTION_CONTACT */
  gboolean stands;         /* under a lease: it has come to its end */
  CgError end; /* (or CG_N_ERRORS) of a camera without position: at which limit it stands */
  CgPtzMove end_move;
  gint64 end_at_ms;

  CgPtzWatch watch;
  gboolean from_rest;       /* the move that is watched began from standing still */
  gboolean wants_beginning; /* a look shall show from where */
  gboolean is_answered;     /* by the camera */
  gboolean is_resent;       /* Q37 */
  gboolean is_resending;    /* of that, the answer is not there yet */
  gboolean has_begun;       /* it was seen to move */
  gint64 answered_at_ms;
  gint64 seen_at_ms;    /* the look that the next one is compared with */
  CgMotionStart *probe; /* (owned) (nullable) accepted, and not replied to before it is seen */
  gboolean is_probing;  /* whether it is worth replying later */
  GSource *probe_end;
  GSource *follow_up;  /* the next slice or step */
  guint slice;         /* even: pan; odd: tilt (Q38) */
  guint diagonals;     /* sent from rest to a camera that is held for Q38 */
  gboolean tries_both; /* this one is sent whole */

  char *called; /* (nullable) token of the preset that is being called */
  guint called_index;
  char *called_source; /* (nullable) link that calls it */
  gboolean has_target;
  CgPtzLook target;
  gboolean is_call_measured;
  gboolean is_call_answered;  /* by the camera */
  gboolean is_call_uncertain; /* the answer was lost */
  gboolean is_call_clean;     /* the camera stood before: what moves it is the call */
  gboolean has_call_begun;    /* it was seen to move */
  gboolean is_called_again;   /* Q37 */
  guint unbegun_looks;
  GSource *call_end;
  gint64 call_ends_ms; /* at the latest */

  GQueue waiting; /* (element-type GTask) each owned: for the camera to stand */
};

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
gboolean cg_motion_end_flight (CgMotion *self, guint serial, const GError *error);
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
void cg_motion_end_blindness (CgMotion *self);
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
