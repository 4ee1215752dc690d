/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-error.h"
#include "cg-ptz-look.h"
#include "cg-ptz-move.h"

G_BEGIN_DECLS

typedef enum { CG_PTZ_LOW, CG_PTZ_HIGH, CG_PTZ_N_SIDES } CgPtzSide;

/**
 * CgPtzEndKind:
 * @CG_PTZ_END_NONE: nothing is known of an end there
 * @CG_PTZ_END_ADVERTISED: the camera says so
 * @CG_PTZ_END_LEARNT: a move came to stand there by itself
 * @CG_PTZ_END_VERIFIED: a move towards it did not move
 * @CG_PTZ_END_LYING: there is none, whatever the camera says
 */
typedef enum {
  CG_PTZ_END_NONE,
  CG_PTZ_END_ADVERTISED,
  CG_PTZ_END_LEARNT,
  CG_PTZ_END_VERIFIED,
  CG_PTZ_END_LYING,
  CG_PTZ_N_END_KINDS
} CgPtzEndKind;

/**
 * CgPtzTruth:
 * @CG_PTZ_TRUTH_UNKNOWN: it has not shown yet
 * @CG_PTZ_TRUTH_HONEST: it changes as the camera moves
 * @CG_PTZ_TRUTH_FROZEN: of a position: it is always the same; of MoveStatus: it is always IDLE
 * @CG_PTZ_TRUTH_RESTLESS: of MoveStatus: it is always MOVING
 *
 * What is to be held of what a camera tells (Q36).
 */
typedef enum {
  CG_PTZ_TRUTH_UNKNOWN,
  CG_PTZ_TRUTH_HONEST,
  CG_PTZ_TRUTH_FROZEN,
  CG_PTZ_TRUTH_RESTLESS,
  CG_PTZ_N_TRUTHS
} CgPtzTruth;

typedef struct {
  CgPtzEndKind kind;
  double at;
} CgPtzEnd;

/* What is known of one axis. */
typedef struct {
  int sign;         /* 1: right, up and in count upwards; −1: downwards; 0: not known yet */
  guint contrary;   /* moves that went the other way, in a row */
  CgPtzTruth truth; /* of the position */
  guint unmoved;    /* moves in a row that showed none */
  gboolean is_told; /* the range below is the camera's own */
  CgPtzRange range;
  CgPtzEnd ends[CG_PTZ_N_SIDES];
} CgPtzAxisSense;

/**
 * CgPtzSense:
 *
 * What was learnt of one camera's PTZ, and the arithmetic on it; no input, no output, no time.
 */
typedef struct {
  CgPtzAxisSense axes[CG_PTZ_N_AXES];
  CgPtzTruth move_status;
  guint idle_lies;        /* told IDLE while the position changed */
  guint moving_lies;      /* told MOVING while it stood */
  gboolean said_moving;   /* within a move of ours */
  gboolean one_axis_only; /* of pan and tilt (Q38) */
  guint lone_axes;        /* diagonals, in a row, that moved one axis */
  gboolean loses_first;   /* it sleeps through the first command after a rest (Q37) */
  guint second_tries;     /* in a row, that moved what the first one had not */
} CgPtzSense;

/**
 * CgPtzSeen:
 * @CG_PTZ_SEEN_NOTHING: it cannot be told
 * @CG_PTZ_SEEN_MOVING: some of the axes that were asked for move
 * @CG_PTZ_SEEN_STILL: none does
 */
typedef enum { CG_PTZ_SEEN_NOTHING, CG_PTZ_SEEN_MOVING, CG_PTZ_SEEN_STILL } CgPtzSeen;

/* One move as it is being watched. */
typedef struct {
  CgPtzMove move;
  gboolean has_last;
  CgPtzLook last;                /* where it stood before, then what was seen last */
  gboolean moved[CG_PTZ_N_AXES]; /* since it began */
  CgPtzSeen seen[CG_PTZ_N_AXES]; /* since the look before */
  gboolean is_split; /* the axes take turns: one that stands may be waiting for its own */
  guint lone_looks;  /* that showed one axis of a diagonal moving, and the other not */
} CgPtzWatch;

/**
 * CgPtzLimit:
 * @code: one of the four limits; %CG_N_ERRORS: at none
 * @is_sure: every end of it was verified
 */
typedef struct {
  CgError code;
  gboolean is_sure;
} CgPtzLimit;

void cg_ptz_sense_init (CgPtzSense *self);
void cg_ptz_sense_set_facts (CgPtzSense *self, const CgPtzFacts *facts);
gboolean cg_ptz_sense_has_facts (const CgPtzSense *self);
double cg_ptz_sense_get_tolerance (const CgPtzSense *self, CgPtzAxis axis);

gboolean cg_ptz_sense_has_place (const CgPtzSense *self, const CgPtzLook *look);
gboolean
cg_ptz_sense_is_same_place (const CgPtzSense *self, const CgPtzLook *a, const CgPtzLook *b);
CgPtzSeen cg_ptz_sense_compare (const CgPtzSense *self, const CgPtzLook *a, const CgPtzLook *b);
gboolean
cg_ptz_sense_proves_rest (const CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move);
gboolean
cg_ptz_sense_is_near_limit (const CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move);
CgPtzLimit
cg_ptz_sense_get_limit (const CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move);
gboolean cg_ptz_sense_knows_ways (const CgPtzSense *self, const CgPtzMove *move);
CgError cg_ptz_sense_get_code (const CgPtzMove *move);

void cg_ptz_watch_init (CgPtzWatch *self, const CgPtzMove *move, const CgPtzLook *before);
CgPtzSeen cg_ptz_sense_watch (CgPtzSense *self, CgPtzWatch *watch, const CgPtzLook *look);
gboolean cg_ptz_sense_refute_turns (CgPtzSense *self, const CgPtzWatch *watch);
void cg_ptz_sense_note_end (CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move);
void cg_ptz_sense_note_unmoved (CgPtzSense *self, const CgPtzLook *look, const CgPtzMove *move);
void cg_ptz_sense_note_change (CgPtzSense *self, const CgPtzLook *before, const CgPtzLook *after);
void cg_ptz_sense_note_rest (CgPtzSense *self, const CgPtzLook *a, const CgPtzLook *b);
gboolean cg_ptz_sense_note_unstoppable (CgPtzSense *self, const CgPtzLook *look);
void cg_ptz_sense_note_second_try (CgPtzSense *self, gboolean has_moved);

const char *cg_ptz_end_kind_get_word (CgPtzEndKind kind);
void cg_ptz_sense_read (CgPtzSense *self, JsonNode *node);
JsonNode *cg_ptz_sense_write (const CgPtzSense *self);
gboolean cg_ptz_sense_equal (const CgPtzSense *a, const CgPtzSense *b);

G_END_DECLS
