/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-ptz.h"
#include "onvif-fixture.h"

/* Short enough to wait for, long enough for a busy machine to answer in. */
#define TIMEOUT_MS 300

/* A call that is over must be over: anything beyond this is a hang. */
#define PATIENCE_US (10 * G_USEC_PER_SEC)

static void
set_up (OnvifFixture *fixture, gconstpointer data)
{
  onvif_fixture_set_up (fixture, data);
  onvif_fixture_answer (
      fixture, "GetProfiles",
      "<trt:GetProfilesResponse><trt:Profiles token=\"p1\"><tt:Name>main</tt:Name>"
      "</trt:Profiles></trt:GetProfilesResponse>");
  onvif_fixture_answer (fixture, "ContinuousMove", "<tptz:ContinuousMoveResponse/>");
  onvif_fixture_answer (fixture, "Stop", "<tptz:StopResponse/>");
}

static gboolean
get_profiles (CgOnvifSession *session, GError **error)
{
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, error);

  return profiles != NULL && profiles->len == 1;
}

static gboolean
stop (CgOnvifSession *session, GError **error)
{
  return cg_onvif_ptz_stop_in_thread (session, "p", TRUE, FALSE, error);
}

/* Q46: what does nothing twice is asked again, a move is not. */
static void
test_closed_early (void)
{
  static const struct {
    const char *operation;
    gboolean (*call) (CgOnvifSession *, GError **);
    gboolean ok;
    guint n_requests;
  } rows[] = {
      {"GetProfiles", get_profiles, TRUE, 2},
      {"Stop", stop, TRUE, 2},
      {"ContinuousMove", onvif_fixture_move, FALSE, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    set_up (&fixture, NULL);
    fake_camera_behave (fixture.camera, rows[i].operation, FAKE_CLOSE_ONCE);

    const gboolean ok = rows[i].call (fixture.session, &error);

    g_test_message ("%s", rows[i].operation);
    g_assert_cmpint (ok, ==, rows[i].ok);
    g_assert_cmpuint (fake_camera_count (fixture.camera, rows[i].operation), ==,
                      rows[i].n_requests);
    if (!ok)
      g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

static void
test_always_closed (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fake_camera_behave (fixture->camera, "GetProfiles", FAKE_CLOSE);

  const gboolean ok = get_profiles (fixture->session, &error);

  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
  g_assert_cmpuint (fake_camera_count (fixture->camera, "GetProfiles"), ==, 2);
}

/* Q46: a camera that closes after each answer and does not say so. Even a move always goes through,
 * and goes once. */
static void
test_no_keep_alive (OnvifFixture *fixture, gconstpointer data)
{
  g_autofree char *address = fake_camera_dup_address (fixture->camera);
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new (address, NULL, NULL);
  fake_camera_behave (fixture->camera, "*", FAKE_CLOSE_AFTER);

  for (guint i = 0; i < 50; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (onvif_fixture_move (session, &error));
    g_assert_no_error (error);
    g_assert_true (get_profiles (session, &error));
    g_assert_no_error (error);
  }

  g_assert_cmpuint (fake_camera_count (fixture->camera, "ContinuousMove"), ==, 50);
}

static void
test_keep_alive (OnvifFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++) {
    g_assert_true (onvif_fixture_move (fixture->session, NULL));
    g_autoptr (FakeRequest) request = fake_camera_pop (fixture->camera);
    g_assert_cmpuint (request->connection, ==, 1);
  }
}

/* Answers framed in each way that HTTP knows. */
static void
test_framing (void)
{
  static const FakeManner manners[] = {FAKE_ANSWER, FAKE_CHUNKED, FAKE_UNTIL_CLOSE};

  for (guint i = 0; i < G_N_ELEMENTS (manners); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    set_up (&fixture, NULL);
    fake_camera_behave (fixture.camera, "GetProfiles", manners[i]);

    const gboolean first = get_profiles (fixture.session, &error);
    g_assert_no_error (error);
    const gboolean second = get_profiles (fixture.session, &error);

    g_assert_no_error (error);
    g_assert_true (first && second);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

/* The deadline is that of the whole call, not of a read. */
static void
test_deadline (void)
{
  static const FakeManner manners[] = {FAKE_HANG, FAKE_DRIP};

  for (guint i = 0; i < G_N_ELEMENTS (manners); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    set_up (&fixture, NULL);
    cg_onvif_session_set_timeout_ms (fixture.session, TIMEOUT_MS);
    fake_camera_behave (fixture.camera, "GetProfiles", manners[i]);
    const gint64 start_us = g_get_monotonic_time ();

    const gboolean ok = get_profiles (fixture.session, &error);

    const gint64 took_us = g_get_monotonic_time () - start_us;
    g_assert_false (ok);
    g_assert_error (error, CG_ERROR, CG_ERROR_TIMED_OUT);
    g_assert_cmpint (took_us, >=, TIMEOUT_MS * 1000 - 10000);
    g_assert_cmpint (took_us, <, PATIENCE_US);
    g_assert_cmpuint (fake_camera_count (fixture.camera, "GetProfiles"), ==, 1);
    g_clear_error (&error);
    cg_onvif_session_set_timeout_ms (fixture.session, 5000);
    g_assert_true (onvif_fixture_move (fixture.session, &error));
    g_assert_no_error (error);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

static gpointer
abort_when_asked (gpointer data)
{
  OnvifFixture *fixture = data;

  g_assert_true (fake_camera_wait_for (fixture->camera, "GetProfiles"));
  cg_onvif_session_abort (fixture->session);
  return NULL;
}

static void
test_abort (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  cg_onvif_session_set_timeout_ms (fixture->session, 60000);
  fake_camera_behave (fixture->camera, "GetProfiles", FAKE_HANG);
  GThread *other = g_thread_new ("abort", abort_when_asked, fixture);
  const gint64 start_us = g_get_monotonic_time ();

  const gboolean ok = get_profiles (fixture->session, &error);

  g_thread_join (other);
  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, PATIENCE_US);

  g_clear_error (&error);
  g_assert_true (onvif_fixture_move (fixture->session, &error));
  g_assert_no_error (error);
}

/* Between two calls of one job: the rest of it is given up, and no more than that. */
static void
test_abort_between_calls (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  cg_onvif_session_begin_job (fixture->session);
  g_assert_true (get_profiles (fixture->session, &error));
  const guint before = fake_camera_count (fixture->camera, "ContinuousMove");

  cg_onvif_session_abort (fixture->session);
  g_assert_false (onvif_fixture_move (fixture->session, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (onvif_fixture_move (fixture->session, NULL));
  g_assert_cmpuint (fake_camera_count (fixture->camera, "ContinuousMove"), ==, before);
  cg_onvif_session_end_job (fixture->session);

  g_assert_true (onvif_fixture_move (fixture->session, &error));
  g_assert_no_error (error);
}

/* Without a call there is nothing to give up. */
static void
test_abort_idle (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  cg_onvif_session_abort (fixture->session);

  g_assert_true (get_profiles (fixture->session, &error));
  g_assert_no_error (error);
}

/* Q39: an answer without end. */
static void
test_flood (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fake_camera_behave (fixture->camera, "GetProfiles", FAKE_FLOOD);

  const gboolean ok = get_profiles (fixture->session, &error);

  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_nonnull (strstr (error->message, "4 MiB"));
}

static void
test_nobody_there (void)
{
  g_autoptr (FakeCamera) camera = fake_camera_new ();
  g_autofree char *address = fake_camera_dup_address (camera);
  g_clear_pointer (&camera, fake_camera_free);
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new (address, "admin", "x");
  g_autoptr (GError) error = NULL;

  const gboolean ok = cg_onvif_session_connect_in_thread (session, &error);

  g_assert_false (ok);
  g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
  g_assert_false (cg_onvif_session_connect_in_thread (session, NULL));
}

/* Some cameras say "done" with an empty body. */
static void
test_silent_answer (OnvifFixture *fixture, gconstpointer data)
{
  g_autofree char *empty = fake_envelope ("");
  g_autoptr (GError) error = NULL;
  fake_camera_answer (fixture->camera, "ContinuousMove", 200, empty);

  const gboolean ok = onvif_fixture_move (fixture->session, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

/* The camera goes away and comes back on another connection. */
static void
test_comes_back (OnvifFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fake_camera_behave (fixture->camera, "GetProfiles", FAKE_CLOSE);
  g_assert_false (get_profiles (fixture->session, NULL));
  fake_camera_behave (fixture->camera, "GetProfiles", FAKE_ANSWER);

  const gboolean ok = get_profiles (fixture->session, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

#define ENVELOPE "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\">"

/* Q39: answers that are broken in one way or another. */
static void
test_broken_answers (void)
{
  static const char *const bodies[] = {
      "",
      "<",
      "<a",
      "<a>",
      "plain text",
      "<?xml version=\"1.0\"?>",
      "<s:Envelope/>",
      ENVELOPE "</s:Envelope>",
      ENVELOPE "<s:Body/></s:Envelope>",
      ENVELOPE "<s:Body><x/></s:Body></s:Envelope>",
      "<s:Envelope xmlns:s=\"urn:other\"><s:Body><x/></s:Body></s:Envelope>",
      "\xff\xfe<a>\x80</a>",
      "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;&b;</a>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    OnvifFixture fixture = {NULL, NULL};
    g_autoptr (GError) error = NULL;
    set_up (&fixture, NULL);
    fake_camera_answer (fixture.camera, "GetProfiles", 200, bodies[i]);

    const gboolean ok = get_profiles (fixture.session, &error);

    g_test_message ("row %u", i);
    g_assert_false (ok);
    g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
    onvif_fixture_tear_down (&fixture, NULL);
  }
}

#define ADD(path, function)                                                                        \
  g_test_add (path, OnvifFixture, NULL, set_up, function, onvif_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/transport/closed-early", test_closed_early);
  ADD ("/onvif/transport/always-closed", test_always_closed);
  ADD ("/onvif/transport/no-keep-alive", test_no_keep_alive);
  ADD ("/onvif/transport/keep-alive", test_keep_alive);
  g_test_add_func ("/onvif/transport/framing", test_framing);
  g_test_add_func ("/onvif/transport/deadline", test_deadline);
  ADD ("/onvif/transport/abort", test_abort);
  ADD ("/onvif/transport/abort-between-calls", test_abort_between_calls);
  ADD ("/onvif/transport/abort-idle", test_abort_idle);
  ADD ("/onvif/transport/flood", test_flood);
  g_test_add_func ("/onvif/transport/nobody-there", test_nobody_there);
  ADD ("/onvif/transport/silent-answer", test_silent_answer);
  ADD ("/onvif/transport/comes-back", test_comes_back);
  g_test_add_func ("/onvif/transport/broken-answers", test_broken_answers);
  return g_test_run ();
}
