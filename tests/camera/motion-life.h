/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-driver-model.h"
#include "cg-model-nature.h"
#include "cg-model-presets.h"
#include "cg-motion.h"

G_BEGIN_DECLS

/* A motion that drives a model camera on simulated time, and what must be true of it: each request
 * is answered once and in time, no move follows a stop, and what is called measured is so. What is
 * not true ends the test, and the whole story is told. */

typedef enum { MOTION_ASK_START, MOTION_ASK_STOP, MOTION_ASK_GOTO } MotionAskKind;

typedef struct {
  MotionAskKind kind;
  CgDirection direction;
  char *preset;
  gint64 asked_ms, answered_ms;
  guint replies;
  gboolean is_sent; /* the driver has seen a move of it */
  gboolean is_killed;
} MotionAsk;

typedef struct {
  guint32 seed;
  GRand *random;
  CgModelNature nature;
  CgClock *clock;
  CgModelCamera *camera;
  CgModelLine *line;
  CgDriverModel *driver;
  CgMotion *motion;
  CgPtzConfig config;
  GPtrArray *asks;   /* (owned) (element-type MotionAsk) */
  MotionAsk *newest; /* (unowned) (nullable) */
  gboolean may_move; /* the newest is no stop, and none has followed it */
  gboolean is_held;
  gboolean is_given_up;                 /* "not-stopped" */
  gint64 goto_ms;                       /* when one was accepted last */
  CgPtzLook places[CG_MODEL_N_PRESETS]; /* of presets, as far as known */
  gboolean has_place[CG_MODEL_N_PRESETS];
  JsonNode *learnt;
  GString *story;
} MotionLife;

/* All that is random in it comes from @seed. */
void motion_life_begin (MotionLife *life, guint32 seed);
void motion_life_end (MotionLife *life);
gboolean motion_life_chance (MotionLife *life, double probability);
int motion_life_choose (MotionLife *life, int count);

/* A line of the story. */
G_GNUC_PRINTF (2, 3)
void motion_life_tell (MotionLife *life, const char *format, ...);

void motion_life_start (MotionLife *life, const CgMoveRequest *request);
void motion_life_stop (MotionLife *life);
void motion_life_goto (MotionLife *life, const CgMotionTarget *target);
void motion_life_pass (MotionLife *life, gint64 ms);
/* Its process is killed, and another begins. */
void motion_life_restart (MotionLife *life);
/* From here on nobody asks for anything: it stands in the end, and nobody is busy. */
void motion_life_judge (MotionLife *life);

G_END_DECLS
