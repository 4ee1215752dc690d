/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock-dummy.h"
#include "cg-driver-dummy.h"
#include "cg-motion.h"

G_BEGIN_DECLS

/* A motion on simulated time, and a camera that does what the test says. */
typedef struct {
  CgClock *clock;
  CgDriverDummy *driver;
  CgMotion *motion;
  GString *replies; /* "ok", or word and basis, in the order of the answers */
  GString *arrived; /* "7" at a place that is not sure, or "7@0.50" */
  guint not_stopped;
  gboolean is_held;
} MotionFixture;

typedef struct {
  const char *path;
  void (*test) (MotionFixture *fixture, gconstpointer data);
  gconstpointer data;
} MotionTest;

/* No error. */
#define MOTION_OK CG_N_ERRORS

extern const CgPtzFacts motion_continuous;
extern const CgPtzConfig motion_config;

void motion_set_up (MotionFixture *fixture, gconstpointer data);
void motion_tear_down (MotionFixture *fixture, gconstpointer data);
void motion_settle (MotionFixture *fixture);
void motion_advance (MotionFixture *fixture, gint64 ms);
void motion_see (MotionFixture *fixture, double pan, double tilt);
void motion_see_nothing (MotionFixture *fixture, CgError code, guint looks);
void motion_contact (MotionFixture *fixture, const CgPtzFacts *facts);
void motion_stand_at (MotionFixture *fixture, double pan, double tilt);
void motion_stand_known_at (MotionFixture *fixture, double pan, double tilt);
void motion_stand_unseen (MotionFixture *fixture);
void motion_turn (MotionFixture *fixture, guint steps, double pan);
void motion_start (MotionFixture *fixture, CgDirection direction);
void motion_stop (MotionFixture *fixture);
void motion_answer_move (MotionFixture *fixture, CgError code);
void motion_answer_stop (MotionFixture *fixture, CgError code);
void motion_answer_look (MotionFixture *fixture, CgError code);
void motion_call (MotionFixture *fixture, const CgPtzLook *place);
void motion_start_and_stop (MotionFixture *fixture);
void motion_start_timed_out (MotionFixture *fixture);
void motion_note_reply (MotionFixture *fixture, const GError *error);
void motion_expect (MotionFixture *fixture, const char *log, const char *replies);
int motion_run_tests (int argc, char **argv, const MotionTest *tests, gsize n_tests);

G_END_DECLS
