/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a camera is asked and told beside moving and playing, against the simulated one. */
#include <glib/gstdio.h>
#include <string.h>

#include "cg-onvif-care.h"
#include "cg-onvif-device.h"
#include "cg-onvif-media.h"
#include "cg-onvif-snapshot.h"
#include "sim-fixture.h"

#define MAX_SNAPSHOT (1024 * 1024)

static void
test_network_interfaces (void)
{
  SimFixture fixture;
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);

  g_auto (GStrv) macs = cg_onvif_device_get_macs_in_thread (fixture.session, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (macs), ==, 1);
  g_assert_true (g_regex_match_simple ("^02(:[0-9a-f]{2}){5}$", macs[0], 0, 0));
  sim_fixture_clear (&fixture);
}

static void
test_geo_location (void)
{
  SimFixture fixture;
  CgOnvifPlace place = {0};
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);

  const gboolean ok = cg_onvif_device_get_geo_location_in_thread (fixture.session, &place, &error);

  g_assert_no_error (error);
  g_assert_true (ok && place.has_altitude);
  g_assert_cmpfloat_with_epsilon (place.latitude, 59.3251, 1e-9);
  g_assert_cmpfloat_with_epsilon (place.longitude, 18.0711, 1e-9);
  sim_fixture_clear (&fixture);
}

static void
test_set_date_and_time (void)
{
  SimFixture fixture;
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);
  cg_sim_set_clock_skew (fixture.sim, -86400);

  const gboolean ok = cg_onvif_device_set_date_and_time_in_thread (
      fixture.session, g_get_real_time () / 1000, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpint (ABS (cg_onvif_session_get_clock_offset_ms (fixture.session)), <, 3000);
  sim_fixture_clear (&fixture);
}

/* Q59: it accepts a setting and ignores it. */
static void
test_q59_ignored_time (void)
{
  SimFixture fixture;
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, "Q59", NULL);
  cg_sim_set_clock_skew (fixture.sim, -86400);

  const gboolean ok = cg_onvif_device_set_date_and_time_in_thread (
      fixture.session, g_get_real_time () / 1000, &error);

  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "SetSystemDateAndTime"), ==, 1);
  sim_fixture_clear (&fixture);
}

static void
test_set_encoder (void)
{
  SimFixture fixture;
  const CgOnvifEncoderWish wish = {.fps = 12, .gop = 24, .bitrate_kbps = 700};
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);

  const gboolean ok = cg_onvif_media_set_encoder_in_thread (fixture.session, "main", &wish, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetVideoEncoderConfiguration"), ==, 2);
  sim_fixture_clear (&fixture);
}

/* Q59: read back after each write. */
static void
test_q59_ignored_encoder (void)
{
  SimFixture fixture;
  const CgOnvifEncoderWish wish = {.fps = 12};
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, "Q59", NULL);

  const gboolean ok = cg_onvif_media_set_encoder_in_thread (fixture.session, "main", &wish, &error);

  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_nonnull (strstr (error->message, "frame rate"));
  sim_fixture_clear (&fixture);
}

static void
note_progress (guint64 sent, guint64 length, gpointer user_data)
{
  guint64 *last = user_data;

  g_assert_cmpuint (sent, >, *last);
  g_assert_cmpuint (sent, <=, length);
  *last = sent;
}

/* (transfer full): the arguments of the last request of that name */
static JsonObject *
take_request (CgSim *sim, const char *op)
{
  g_autoptr (JsonArray) requests = cg_sim_take_requests (sim);
  JsonObject *args = NULL;

  for (guint i = 0; i < json_array_get_length (requests); i++) {
    JsonObject *request = json_array_get_object_element (requests, i);

    if (strcmp (json_object_get_string_member (request, "op"), op) != 0)
      continue;
    g_clear_pointer (&args, json_object_unref);
    args = json_object_ref (json_object_get_object_member (request, "args"));
  }
  g_assert_nonnull (args);
  return args;
}

/* Q7: the address for the file is of another network. */
static void
test_q7_upgrade (void)
{
  SimFixture fixture;
  g_autofree char *folder = g_dir_make_tmp ("camgate-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "firmware.bin", NULL);
  g_autofree char *content = g_malloc0 (300 * 1024);
  g_autofree char *md5 =
      g_compute_checksum_for_data (G_CHECKSUM_MD5, (guchar *)content, 300 * 1024);
  guint64 last = 0;
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (path, content, 300 * 1024, NULL));
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, "Q7", NULL);

  g_autoptr (CgOnvifUpgrade) upgrade =
      cg_onvif_device_start_upgrade_in_thread (fixture.session, &error);
  g_assert_no_error (error);
  const gboolean ok = cg_onvif_device_upload_in_thread (fixture.session, upgrade->upload_uri, path,
                                                        note_progress, &last, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpuint (last, ==, 300 * 1024);
  g_assert_cmpuint (upgrade->down_ms, ==, 2000);
  g_autoptr (JsonObject) args = take_request (fixture.sim, "Firmware");
  g_assert_cmpstr (json_object_get_string_member (args, "md5"), ==, md5);
  g_unlink (path);
  g_rmdir (folder);
  sim_fixture_clear (&fixture);
}

static void
test_reboot (void)
{
  SimFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) away = NULL;
  const gint64 end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);
  cg_sim_set_reboot_ms (fixture.sim, 100);

  g_assert_true (cg_onvif_device_reboot_in_thread (fixture.session, &error));
  g_assert_no_error (error);
  while (away == NULL && g_get_monotonic_time () < end_us)
    cg_onvif_date_time_free (
        cg_onvif_device_get_system_date_and_time_in_thread (fixture.session, &away));
  g_assert_error (away, CG_ERROR, CG_ERROR_UNREACHABLE);
  do {
    g_clear_error (&away);
    cg_onvif_date_time_free (
        cg_onvif_device_get_system_date_and_time_in_thread (fixture.session, &away));
  } while (away != NULL && g_get_monotonic_time () < end_us);

  g_assert_no_error (away);
  sim_fixture_clear (&fixture);
}

static GBytes *
take_snapshot (SimFixture *fixture, gsize max, GError **error)
{
  g_autofree char *uri =
      cg_onvif_media_get_snapshot_uri_in_thread (fixture->session, "main", error);

  g_assert_nonnull (uri);
  return cg_onvif_snapshot_get_in_thread (fixture->session, uri, max, error);
}

/* Q58: the snapshot has another login than SOAP. */
static void
test_q58_snapshot_login (void)
{
  static const char *const args[] = {NULL, "basic", "none"};

  for (guint i = 0; i < G_N_ELEMENTS (args); i++) {
    SimFixture fixture;
    g_autoptr (GError) error = NULL;
    sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, args[i] != NULL ? "Q58" : NULL, args[i]);

    g_autoptr (GBytes) first = take_snapshot (&fixture, MAX_SNAPSHOT, &error);
    g_assert_no_error (error);
    g_autoptr (GBytes) second = take_snapshot (&fixture, MAX_SNAPSHOT, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (first), >, 100);
    g_assert_true (g_bytes_equal (first, second));
    sim_fixture_clear (&fixture);
  }
}

/* Q58: a wrong password is sent once, and never again by itself (Q6). */
static void
test_q58_wrong_password (void)
{
  SimFixture fixture;
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);
  g_autofree char *uri =
      cg_onvif_media_get_snapshot_uri_in_thread (fixture.session, "main", &error);
  g_autoptr (CgOnvifSession) stranger =
      cg_onvif_session_new (cg_sim_get_onvif_url (fixture.sim), "admin", "wrong");

  g_autoptr (GBytes) bytes = cg_onvif_snapshot_get_in_thread (stranger, uri, MAX_SNAPSHOT, &error);

  g_assert_null (bytes);
  g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "Snapshot"), ==, 0);
  sim_fixture_clear (&fixture);
}

/* Q6: a camera that calls every nonce of a snapshot old refuses the login; it is shown twice. */
static void
test_q6_snapshot_stale (void)
{
  SimFixture fixture;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);
  g_autofree char *uri = cg_onvif_media_get_snapshot_uri_in_thread (fixture.session, "main", NULL);
  g_autoptr (CgOnvifSession) stranger =
      cg_onvif_session_new (cg_sim_get_onvif_url (fixture.sim), "admin", "wrong");
  g_assert_true (cg_sim_set_fault (fixture.sim, "Q3", "stale", NULL));

  for (guint i = 0; i < 4; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes =
        cg_onvif_snapshot_get_in_thread (stranger, uri, MAX_SNAPSHOT, &error);
    g_assert_null (bytes);
    g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  }

  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "LoginRefused"), ==, 2);
  sim_fixture_clear (&fixture);
}

static void
test_snapshot_too_large (void)
{
  SimFixture fixture;
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, NULL, NULL);

  g_autoptr (GBytes) bytes = take_snapshot (&fixture, 100, &error);

  g_assert_null (bytes);
  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  sim_fixture_clear (&fixture);
}

/* Q58: it is overloaded by polling. */
static void
test_q58_rate_limit (void)
{
  SimFixture fixture;
  CgOnvifSnapshotLimit limit = CG_ONVIF_SNAPSHOT_LIMIT_INIT (1000);
  g_autoptr (GError) error = NULL;
  sim_fixture_init_login (&fixture, CG_SIM_AUTH_BOTH, "Q58", "busy");

  g_assert_cmpuint (cg_onvif_snapshot_limit_begin (&limit, 5000), ==, 0);
  g_autoptr (GBytes) first = take_snapshot (&fixture, MAX_SNAPSHOT, &error);
  g_assert_no_error (error);
  cg_onvif_snapshot_limit_end (&limit, 5100, first != NULL);
  g_assert_cmpuint (cg_onvif_snapshot_limit_begin (&limit, 5500), ==, 600);
  g_assert_cmpuint (cg_onvif_snapshot_limit_begin (&limit, 6100), ==, 0);
  g_autoptr (GBytes) second = take_snapshot (&fixture, MAX_SNAPSHOT, &error);
  cg_onvif_snapshot_limit_end (&limit, 6200, second != NULL);

  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_cmpuint (cg_onvif_snapshot_limit_begin (&limit, 6200), ==, 2000);
  for (guint i = 0; i < 10; i++)
    cg_onvif_snapshot_limit_end (&limit, 10000, FALSE);
  g_assert_cmpuint (cg_onvif_snapshot_limit_begin (&limit, 10000), ==, 60000);
  cg_onvif_snapshot_limit_end (&limit, 10000, TRUE);
  g_assert_cmpuint (cg_onvif_snapshot_limit_begin (&limit, 10000), ==, 1000);
  sim_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/care/network-interfaces", test_network_interfaces);
  g_test_add_func ("/onvif/care/geo-location", test_geo_location);
  g_test_add_func ("/onvif/care/set-date-and-time", test_set_date_and_time);
  g_test_add_func ("/onvif/care/q59-ignored-time", test_q59_ignored_time);
  g_test_add_func ("/onvif/care/set-encoder", test_set_encoder);
  g_test_add_func ("/onvif/care/q59-ignored-encoder", test_q59_ignored_encoder);
  g_test_add_func ("/onvif/care/q7-upgrade", test_q7_upgrade);
  g_test_add_func ("/onvif/care/reboot", test_reboot);
  g_test_add_func ("/onvif/care/q58-snapshot-login", test_q58_snapshot_login);
  g_test_add_func ("/onvif/care/q58-wrong-password", test_q58_wrong_password);
  g_test_add_func ("/onvif/care/q6-snapshot-stale", test_q6_snapshot_stale);
  g_test_add_func ("/onvif/care/snapshot-too-large", test_snapshot_too_large);
  g_test_add_func ("/onvif/care/q58-rate-limit", test_q58_rate_limit);
  return g_test_run ();
}
