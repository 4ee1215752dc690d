/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-backoff.h"
#include "cg-error.h"
#include "cg-onvif-stop.h"
#include "cg-ptz-sense.h"
#include "cg-ptz.h"

/* What the struct of a motion is made of. Each part has a file that owns it: the others mostly
 * ask. */

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

/* How long a move goes on. Owner: cg-motion.c */
typedef struct {
  char *source; /* (nullable) link it came by */
  gint64 ends_ms;
  GSource *timer;  /* ends the move */
  GSource *grace;  /* ends it after the link was lost */
  gboolean stands; /* the move has come to its end before */
} CgMotionLease;

/* A move, or a call, that was not answered in time: the camera may get it yet.
 * Owner: cg-motion-start.c */
typedef struct {
  gint64 until_ms;
  GSource *timer;     /* of %CG_MOTION_WAIT_DOUBT */
  gboolean may_stray; /* it may come at any time, as far as anybody has seen */
} CgMotionDoubt;

/* The stop, until the camera has agreed. Owner: cg-motion-stop.c */
typedef struct {
  GTask *last;        /* (unowned) (nullable) the newest that was asked for, and sent */
  gboolean is_newest; /* no move was sent since */
  gboolean repeats;   /* a move was in flight when it went out, which may arrive later */
  guint tries;
  CgBackoff backoff;
  GSource *retry;
  gint64 holds_until_ms; /* so long after it the camera is awake, and not moved by us */
  gint64 late_until_ms;  /* one that was not answered in time may arrive before that */
  gboolean refuses_us;   /* it was given up for that: only one that the camera takes ends it */
} CgMotionStop;

/* In which form the camera is told to stop (Q1, Q33). Owner: cg-motion-proof.c */
typedef struct {
  CgOnvifStopForm chosen; /* tried first */
  CgOnvifStopForm works;  /* as far as the camera tells */
  CgOnvifStopForm told;   /* of that, what has been told as learnt */
  guint tried;            /* bits: since the last move */
  gboolean is_blind;      /* a second one was chosen since nobody can see it stand */
} CgMotionForm;

/* What the eye is open for. */
typedef enum {
  CG_MOTION_BLIND,
  CG_MOTION_CONTACT, /* where the camera stands, just reached */
  CG_MOTION_WATCH,   /* what a move does */
  CG_MOTION_PROOF,   /* whether a stop has stopped it */
  CG_MOTION_LATER,   /* the same, when nobody waits for it any more */
  CG_MOTION_CALL,    /* whether it is at the preset */
} CgMotionPhase;

/* The looks of one phase; whoever has opened the eye counts them. Owner: cg-motion-place.c */
typedef struct {
  CgMotionPhase phase;
  guint looks;
  guint lost;
  gboolean has_first;
  CgPtzLook first; /* of the two that are compared */
} CgMotionSight;

/* Where the camera stands. Owner: cg-motion-place.c */
typedef struct {
  gboolean is_known; /* nothing of ours has moved it since */
  CgPtzLook look;
  gint64 at_ms;
  gboolean has_moved;      /* since it was last seen to stand */
  gboolean has_stood;      /* it was seen to, in this contact */
  gboolean is_seen_moving; /* by the looks of %CG_MOTION_CONTACT */
} CgMotionPlace;

/* At which limit a camera without position stands. Owner: cg-motion-watch.c */
typedef struct {
  CgError code; /* or %CG_N_ERRORS */
  CgPtzMove move;
  gint64 at_ms;
} CgMotionEnd;

/* Whether a stop has stopped it, as far as was seen. Owner: cg-motion-proof.c */
typedef struct {
  gboolean moves_on;
  gboolean is_unseen;      /* looking shows nothing */
  gboolean proves_nothing; /* the same, or it shows what has always been shown */
  GSource *later;          /* the next look of %CG_MOTION_LATER */
  guint laters;
} CgMotionProof;

/* How far the camera has been asked for the move that is watched. */
typedef enum {
  CG_MOTION_ASKED,
  CG_MOTION_ANSWERED,
  CG_MOTION_ASKED_AGAIN, /* it has slept through the first one (Q37) */
  CG_MOTION_ANSWERED_AGAIN,
} CgMotionAsked;

/* What the move does. Owner: cg-motion-watch.c */
typedef struct {
  CgPtzWatch record;
  CgMotionAsked asked;
  gint64 answered_at_ms;
  gint64 seen_at_ms;        /* the look that the next one is compared with */
  gboolean from_rest;       /* it began from standing still */
  gboolean wants_beginning; /* a look shall show from where */
  gboolean has_begun;       /* it was seen to move */
} CgMotionWatch;

/* The reply that waits until it is seen what the move does. Owner: cg-motion-watch.c */
typedef struct {
  gboolean is_on;       /* it is worth waiting */
  CgMotionStart *start; /* (owned) (nullable) accepted by the camera */
  GSource *timer;
} CgMotionProbe;

/* What is sent of the move while its lease runs. Owner: cg-motion-watch.c */
typedef struct {
  GSource *timer;      /* the next slice or step */
  guint slice;         /* even: pan; odd: tilt (Q38) */
  guint diagonals;     /* sent from rest to a camera that is held for Q38 */
  gboolean tries_both; /* this one is sent whole */
} CgMotionFollowUp;

/* The preset that is being called. Owner: cg-motion-goto.c */
typedef struct {
  char *token; /* (nullable) none is */
  guint index;
  char *source; /* (nullable) link that calls it */
  gboolean has_target;
  CgPtzLook target;
  gboolean is_measured;
  gboolean is_answered;  /* by the camera */
  gboolean is_uncertain; /* the answer was lost */
  gboolean has_begun;    /* the camera was seen to move */
  gboolean may_teach;    /* it stood before: where the call takes it, the preset is */
  gboolean is_last;      /* it is not called once more (Q37) */
  guint unbegun_looks;
  GSource *timer; /* it counts as reached */
  gint64 ends_ms; /* at the latest */
} CgMotionCall;
