/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cameras that lie about their services: our client finds what they have. */
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-learnt.h"
#include "cg-onvif-media.h"
#include "cg-onvif-ptz.h"
#include "sim-fixture.h"

static GPtrArray *
get_profiles (SimFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *profiles = cg_onvif_media_get_profiles_in_thread (fixture->session, &error);

  g_assert_no_error (error);
  return profiles;
}

/* The camera's own address of its main stream, which is the right one. */
static void
assert_stream (SimFixture *fixture, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = cg_onvif_media_get_stream_uri_in_thread (fixture->session, token, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (uri, ==, cg_sim_get_rtsp_url (fixture->sim));
}

/* All of a contact works, whichever services the camera admits to. */
typedef struct {
  const char *path;
  const char *fault;
  const char *arg;
  guint n_media1; /* how often each GetProfiles was answered or refused */
  guint n_media2;
} Row;

static const Row rows[] = {
    {"none", NULL, NULL, 1, 1},
    {"Q7", "Q7", NULL, 1, 1},
    {"Q28/hidden", "Q28", "hidden", 1, 1},
    {"Q28/absent", "Q28", "absent", 0, 1},
    {"Q28/fails", "Q28", "fails", 1, 1},
    {"Q28/fails2", "Q28", "fails2", 1, 1},
    {"Q29/loopback", "Q29", "loopback", 1, 1},
    {"Q29/doubled", "Q29", "doubled", 1, 1},
    {"Q44", "Q44", NULL, 1, 0},
    {"Q45/services", "Q45", "services", 1, 0},
    {"Q45/both", "Q45", "both", 1, 0},
    {"Q45/elsewhere", "Q45", "elsewhere", 1, 0},
    {"Q45/login", "Q45", "login", 1, 1},
    {"Q46/after", "Q46", "after", 1, 1},
    {"Q46/second", "Q46", "second", 1, 1},
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (SimFixture) fixture = {NULL, NULL};
  g_autoptr (GError) error = NULL;
  options.password = SIM_PASSWORD;
  sim_fixture_init (&fixture, &options, row->fault, row->arg);

  g_autoptr (GPtrArray) profiles = get_profiles (&fixture);
  const CgOnvifProfile *chosen = cg_onvif_profile_choose (profiles, NULL);
  const CgOnvifProfile *ptz = cg_onvif_profile_choose_ptz (profiles);
  g_autoptr (CgOnvifPtzFacts) facts =
      cg_onvif_ptz_get_facts_in_thread (fixture.session, ptz, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (profiles->len, ==, 2);
  g_assert_cmpstr (chosen->token, ==, "main");
  g_assert_cmpstr (chosen->encoding, ==, "H264");
  g_assert_cmpuint (chosen->gop, ==, 50);
  g_assert_true (facts->has_pan_tilt_limits);
  assert_stream (&fixture, chosen->token);
  g_assert_true (
      cg_onvif_media_set_synchronization_point_in_thread (fixture.session, chosen->token, &error));
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetProfiles"), ==, row->n_media1);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetProfiles2"), ==, row->n_media2);
}

/* H.265 is in media 2 alone; so is its stream. */
static void
test_q28_h265 (void)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (SimFixture) fixture = {NULL, NULL};
  options.codec = CG_SIM_CODEC_H265;
  options.audio = CG_SIM_AUDIO_AAC;
  sim_fixture_init (&fixture, &options, "Q28", "hidden");

  g_autoptr (GPtrArray) profiles = get_profiles (&fixture);

  g_assert_cmpuint (profiles->len, ==, 2);
  const CgOnvifProfile *first = g_ptr_array_index (profiles, 0);
  g_assert_cmpstr (first->encoding, ==, "H265");
  g_assert_cmpstr (first->audio_encoding, ==, "AAC");
  g_assert_cmpuint (first->width, ==, 1280);
  g_assert_cmpuint (first->gop, ==, 50);
  assert_stream (&fixture, first->token);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetStreamUri2"), ==, 1);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetStreamUri"), ==, 0);
}

/* A profile that media 1 told of is asked about there. */
static void
test_q28_home (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (SimFixture) fixture = {NULL, NULL};
  sim_fixture_init (&fixture, &options, "Q28", "fails2");
  g_autoptr (GPtrArray) profiles = get_profiles (&fixture);
  g_autoptr (CgOnvifSession) copy = cg_onvif_session_copy (fixture.session);

  assert_stream (&fixture, "main");
  g_autofree char *uri = cg_onvif_media_get_stream_uri_in_thread (copy, "main", NULL);

  g_assert_cmpuint (profiles->len, ==, 2);
  g_assert_nonnull (uri);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetStreamUri2"), ==, 0);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetStreamUri"), ==, 2);
}

/* The camera's addresses are believed when they are said to be right. */
static void
test_q7_switched_off (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (SimFixture) fixture = {NULL, NULL};
  g_autoptr (GError) error = NULL;
  sim_fixture_init (&fixture, &options, NULL, NULL);
  cg_onvif_session_set_repair_addresses (fixture.session, FALSE);
  g_autoptr (GPtrArray) profiles = get_profiles (&fixture);
  sim_fixture_set_fault (&fixture, "Q7", NULL);

  g_autofree char *uri = cg_onvif_media_get_stream_uri_in_thread (fixture.session, "main", &error);
  g_autofree char *picture =
      cg_onvif_media_get_snapshot_uri_in_thread (fixture.session, "main", &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (uri, "rtsp://127.99.1.64:"));
  g_assert_cmpstr (picture, ==, "http://127.99.1.64/snapshot.jpg");
}

static void
test_q7_snapshot (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (SimFixture) fixture = {NULL, NULL};
  g_autoptr (GError) error = NULL;
  sim_fixture_init (&fixture, &options, "Q7", NULL);
  g_autofree char *server = g_strdup (cg_sim_get_onvif_url (fixture.sim));
  *strstr (server, "/onvif") = '\0';
  g_autofree char *right = g_strconcat (server, "/snapshot.jpg", NULL);

  g_autofree char *uri =
      cg_onvif_media_get_snapshot_uri_in_thread (fixture.session, "main", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (uri, ==, right);
}

/* Port 80 is that of the web page: RTSP is where it always is. */
static void
test_q29_port80 (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (SimFixture) fixture = {NULL, NULL};
  g_autoptr (GError) error = NULL;
  sim_fixture_init (&fixture, &options, "Q29", "port80");

  g_autofree char *uri = cg_onvif_media_get_stream_uri_in_thread (fixture.session, "main", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (uri, ==, "rtsp://127.0.0.1/main");
}

/* A read is repeated on a new connection; a move never is. */
static void
test_q46_move (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  const CgOnvifVelocity right = {.move_pan_tilt = TRUE, .pan = 1};
  g_auto (SimFixture) fixture = {NULL, NULL};
  g_autoptr (GError) error = NULL;
  sim_fixture_init (&fixture, &options, NULL, NULL);
  g_assert_true (cg_onvif_session_connect_in_thread (fixture.session, NULL));
  sim_fixture_set_fault (&fixture, "Q46", "instead");

  const gboolean moved =
      cg_onvif_ptz_continuous_move_in_thread (fixture.session, "main", &right, 0, &error);

  g_assert_false (moved);
  g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "ContinuousMove"), ==, 0);
}

/* What is asked again is shown a fresh login: used once, a nonce is not taken again. */
static void
test_q46_lost (void)
{
  static const CgSimAuth kinds[] = {CG_SIM_AUTH_DIGEST, CG_SIM_AUTH_TOKEN, CG_SIM_AUTH_BOTH};

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    CgSimOptions options = CG_SIM_OPTIONS_INIT;
    g_auto (SimFixture) fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    options.password = SIM_PASSWORD;
    options.auth = kinds[i];
    sim_fixture_init (&fixture, &options, NULL, NULL);
    g_assert_true (cg_onvif_session_connect_in_thread (fixture.session, NULL));
    sim_fixture_set_fault (&fixture, "Q46", "lost");

    cg_onvif_ptz_stop_in_thread (fixture.session, "main", TRUE, FALSE, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "Stop"), ==, 2);
  }
}

static void
test_q60 (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  const CgOnvifWish second = {.channel = 2};
  const CgOnvifWish third = {.channel = 3};
  g_auto (SimFixture) fixture = {NULL, NULL};
  sim_fixture_init (&fixture, &options, "Q60", "4");

  g_autoptr (GPtrArray) profiles = get_profiles (&fixture);

  g_assert_cmpuint (profiles->len, ==, 8);
  const CgOnvifProfile *seen = cg_onvif_profile_choose (profiles, &second);
  g_assert_cmpstr (seen->token, ==, "main-2");
  g_assert_cmpstr (cg_onvif_profile_choose_ptz_beside (profiles, seen, &second)->token, ==,
                   "main-2");
  seen = cg_onvif_profile_choose (profiles, &third);
  g_assert_cmpstr (seen->token, ==, "main-3");
  g_assert_null (cg_onvif_profile_choose_ptz_beside (profiles, seen, &third));
}

/* The service that will not answer is asked once; a session that has learnt it does not ask. */
static void
test_q28_learnt (void)
{
  static const struct {
    const char *arg;
    CgOnvifMediaKnown media;
    guint n_media1, n_media2; /* of the second session */
  } cases[] = {
      {"fails", CG_ONVIF_MEDIA_2, 0, 1},
      {"fails2", CG_ONVIF_MEDIA_1, 1, 0},
      {"hidden", CG_ONVIF_MEDIA_BOTH, 1, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const CgSimOptions options = CG_SIM_OPTIONS_INIT;
    g_auto (SimFixture) fixture = {NULL, NULL};
    g_test_message ("%s", cases[i].arg);
    sim_fixture_init (&fixture, &options, "Q28", cases[i].arg);
    g_autoptr (GPtrArray) first = get_profiles (&fixture);
    g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (fixture.session);
    const guint n_media1 = cg_sim_count_requests (fixture.sim, "GetProfiles");
    const guint n_media2 = cg_sim_count_requests (fixture.sim, "GetProfiles2");
    g_autoptr (CgOnvifSession) second =
        cg_onvif_session_new (cg_sim_get_onvif_url (fixture.sim), NULL, NULL);
    cg_onvif_session_set_learnt (second, learnt);

    g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (second, NULL);

    g_assert_cmpint (learnt->media, ==, cases[i].media);
    g_assert_cmpuint (profiles->len, ==, 2);
    g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetProfiles"), ==,
                      n_media1 + cases[i].n_media1);
    g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetProfiles2"), ==,
                      n_media2 + cases[i].n_media2);
  }
}

/* A camera that came back without media 1 is asked again, with the login that works. */
static void
test_forget (void)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (SimFixture) fixture = {NULL, NULL};
  options.password = SIM_PASSWORD;
  options.auth = CG_SIM_AUTH_TOKEN;
  sim_fixture_init (&fixture, &options, "Q28", "fails2");
  g_autoptr (GPtrArray) before = get_profiles (&fixture);
  sim_fixture_set_fault (&fixture, "Q28", "absent");
  json_array_unref (cg_sim_take_requests (fixture.sim));

  cg_onvif_session_forget_services (fixture.session);
  g_autoptr (GPtrArray) profiles = get_profiles (&fixture);

  g_assert_cmpuint (before->len, ==, 2);
  g_assert_cmpuint (profiles->len, ==, 2);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetServices"), ==, 2);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "LoginRefused"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strconcat ("/onvif/services/", rows[i].path, NULL);

    g_test_add_data_func (path, &rows[i], test_row);
  }
  g_test_add_func ("/onvif/services/Q7/switched-off", test_q7_switched_off);
  g_test_add_func ("/onvif/services/Q7/snapshot", test_q7_snapshot);
  g_test_add_func ("/onvif/services/Q28/h265", test_q28_h265);
  g_test_add_func ("/onvif/services/Q28/learnt", test_q28_learnt);
  g_test_add_func ("/onvif/services/Q28/home", test_q28_home);
  g_test_add_func ("/onvif/services/Q29/port80", test_q29_port80);
  g_test_add_func ("/onvif/services/Q46/move", test_q46_move);
  g_test_add_func ("/onvif/services/Q46/lost", test_q46_lost);
  g_test_add_func ("/onvif/services/Q60", test_q60);
  g_test_add_func ("/onvif/services/forget", test_forget);
  return g_test_run ();
}
