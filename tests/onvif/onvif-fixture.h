/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"
#include "fake-camera.h"

G_BEGIN_DECLS

/* A fake camera, and our session with it. */
typedef struct {
  FakeCamera *camera;
  CgOnvifSession *session;
} OnvifFixture;

#define ONVIF_FIXTURE_PASSWORD "p@ss:#%w/rd"

/* Nothing is asked yet. */
void onvif_fixture_open (OnvifFixture *self, const char *username, const char *password);
/* Without a login, connected, and all that was asked for it is forgotten. */
void onvif_fixture_set_up (OnvifFixture *self, gconstpointer data);
/* With one, and profiles and moves; nothing is asked yet. */
void onvif_fixture_set_up_login (OnvifFixture *self, gconstpointer data);
void onvif_fixture_tear_down (OnvifFixture *self, gconstpointer data);
void onvif_fixture_answer (OnvifFixture *self, const char *operation, const char *body);
gboolean onvif_fixture_get_profiles (CgOnvifSession *session, GError **error);
gboolean onvif_fixture_move (CgOnvifSession *session, GError **error);

G_END_DECLS
