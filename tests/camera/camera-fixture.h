/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera.h"
#include "cg-sim.h"

G_BEGIN_DECLS

#define DID "001122334455"

/* A whole camera of ours, the simulated one that it moves, and a state folder that survives its
 * lives. Answers are noted in the order in which they come: "set:ok goto:preset-busy measured". */
typedef struct {
  CgSim *sim;
  char *dir;
  CgStore *store;
  CgClock *clock;
  GThreadPool *workers;
  CgConfig *config;
  CgCamera *camera; /* (nullable) of this life */
  GString *replies;
  guint n_replies; /* not expected yet */
  GString *events; /* "cancelled": words of what #CgCamera::ptz-failed told */
  guint wanted;
  const char *op;
  guint n_ops;
  gboolean is_closed;
  guint ticker;
} CameraFixture;

void camera_fixture_set_up (CameraFixture *self, gconstpointer data);
void camera_fixture_tear_down (CameraFixture *self, gconstpointer data);
CgCamera *camera_fixture_make_camera (CameraFixture *self);
void camera_fixture_open (CameraFixture *self, CgCamera *camera);
void camera_fixture_begin_life (CameraFixture *self);
void camera_fixture_end_life (CameraFixture *self);
void camera_fixture_kill (CameraFixture *self);
void camera_fixture_apply (CameraFixture *self);

void camera_fixture_set_fault (CameraFixture *self, const char *name, const char *arg);
void camera_fixture_clear_fault (CameraFixture *self, const char *name);
void camera_fixture_put_at (CameraFixture *self, double pan, double zoom);
double camera_fixture_get_pan (CameraFixture *self);
gboolean camera_fixture_is_still (CameraFixture *self);
void camera_fixture_until_still (CameraFixture *self);
void camera_fixture_until_asked (CameraFixture *self, const char *op, guint n_ops);
void camera_fixture_forget_requests (CameraFixture *self);

/* Each is noted when it is answered. */
void camera_fixture_move (CameraFixture *self, CgDirection direction, const char *source);
void camera_fixture_halt (CameraFixture *self);
void camera_fixture_set (CameraFixture *self, guint index, const char *name);
void camera_fixture_goto (CameraFixture *self, guint index, const char *source);
void camera_fixture_remove (CameraFixture *self, guint index);
void camera_fixture_list (CameraFixture *self);

char *camera_fixture_await (CameraFixture *self, guint n_replies);
void camera_fixture_expect (CameraFixture *self, guint n_replies, const char *replies);
void camera_fixture_settle (CameraFixture *self);

G_END_DECLS
