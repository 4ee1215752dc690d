/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "onvif-fixture.h"

#include "cg-onvif-media.h"
#include "cg-onvif-ptz.h"

void
onvif_fixture_open (OnvifFixture *self, const char *username, const char *password)
{
  self->camera = fake_camera_new ();
  g_autofree char *address = fake_camera_dup_address (self->camera);
  self->session = cg_onvif_session_new (address, username, password);
}

void
onvif_fixture_set_up (OnvifFixture *self, gconstpointer data)
{
  onvif_fixture_open (self, NULL, NULL);
  g_assert_true (cg_onvif_session_connect_in_thread (self->session, NULL));
  fake_camera_forget (self->camera);
}

void
onvif_fixture_tear_down (OnvifFixture *self, gconstpointer data)
{
  cg_onvif_session_free (self->session);
  fake_camera_free (self->camera);
}

void
onvif_fixture_answer (OnvifFixture *self, const char *operation, const char *body)
{
  g_autofree char *envelope = fake_envelope (body);

  fake_camera_answer (self->camera, operation, 200, envelope);
}

void
onvif_fixture_set_up_login (OnvifFixture *self, gconstpointer data)
{
  onvif_fixture_open (self, "admin", ONVIF_FIXTURE_PASSWORD);
  onvif_fixture_answer (self, "GetProfiles", "<trt:GetProfilesResponse/>");
  onvif_fixture_answer (self, "ContinuousMove", "<tptz:ContinuousMoveResponse/>");
}

gboolean
onvif_fixture_get_profiles (CgOnvifSession *session, GError **error)
{
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, error);

  return profiles != NULL;
}

gboolean
onvif_fixture_move (CgOnvifSession *session, GError **error)
{
  const CgOnvifVelocity velocity = {.move_pan_tilt = TRUE, .pan = 0.5};

  return cg_onvif_ptz_continuous_move_in_thread (session, "p", &velocity, 0, error);
}
