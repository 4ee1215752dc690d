/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of what a camera says is kept. */
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-ptz.h"
#include "onvif-fixture.h"

/* Q39: what people read is cut, what names something is whole or not there. */
static void
test_long_texts (OnvifFixture *fixture, gconstpointer data)
{
  g_autofree char *word = g_strnfill (100000, 'm');
  g_autofree char *information_body =
      g_strdup_printf ("<tds:GetDeviceInformationResponse><tds:Manufacturer>%s</tds:Manufacturer>"
                       "<tds:Model>%s</tds:Model></tds:GetDeviceInformationResponse>",
                       word, word);
  g_autofree char *profiles_body = g_strdup_printf (
      "<trt:GetProfilesResponse><trt:Profiles token=\"%s\"><tt:Name>x</tt:Name></trt:Profiles>"
      "<trt:Profiles token=\"p\"><tt:Name>%s</tt:Name></trt:Profiles></trt:GetProfilesResponse>",
      word, word);
  g_autofree char *presets_body = g_strdup_printf (
      "<tptz:GetPresetsResponse><tptz:Preset token=\"%s\"/><tptz:Preset token=\"1\">"
      "<tt:Name>%s</tt:Name></tptz:Preset></tptz:GetPresetsResponse>",
      word, word);
  onvif_fixture_answer (fixture, "GetDeviceInformation", information_body);
  onvif_fixture_answer (fixture, "GetProfiles", profiles_body);
  onvif_fixture_answer (fixture, "GetPresets", presets_body);

  g_autoptr (CgOnvifDeviceInformation) information =
      cg_onvif_device_get_information_in_thread (fixture->session, NULL);
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (fixture->session, NULL);
  g_autoptr (GPtrArray) presets = cg_onvif_ptz_get_presets_in_thread (fixture->session, "p", NULL);

  g_assert_cmpuint (strlen (information->manufacturer), ==, 64);
  g_assert_cmpuint (strlen (information->model), ==, 64);
  g_assert_cmpuint (profiles->len, ==, 1);
  g_assert_cmpuint (strlen (((CgOnvifProfile *)profiles->pdata[0])->name), ==, 64);
  g_assert_cmpuint (presets->len, ==, 1);
  g_assert_cmpuint (strlen (((CgOnvifPreset *)presets->pdata[0])->name), ==, 64);
}

/* Q31: a list without end is no list; the camera is not asked for it again and again. */
static void
test_endless_list (OnvifFixture *fixture, gconstpointer data)
{
  GString *body = g_string_new ("<tptz:GetPresetsResponse>");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (body, "<tptz:Preset token=\"%u\"/>", i);
  g_string_append (body, "</tptz:GetPresetsResponse>");
  g_autofree char *presets_body = g_string_free (body, FALSE);
  onvif_fixture_answer (fixture, "GetPresets", presets_body);

  g_autoptr (GPtrArray) presets =
      cg_onvif_ptz_get_presets_in_thread (fixture->session, "p", &error);

  g_assert_null (presets);
  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_cmpstr (error->message, ==, "GetPresets: the answer lists more than 4096 of a kind");
  g_assert_cmpuint (fake_camera_count (fixture->camera, "GetPresets"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/onvif/bounds/q39-long-texts", OnvifFixture, NULL, onvif_fixture_set_up,
              test_long_texts, onvif_fixture_tear_down);
  g_test_add ("/onvif/bounds/q31-endless-list", OnvifFixture, NULL, onvif_fixture_set_up,
              test_endless_list, onvif_fixture_tear_down);
  return g_test_run ();
}
