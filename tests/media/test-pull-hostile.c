/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cameras that say and send what no camera should. */
#include "cg-error.h"
#include "cg-media.h"
#include "media-fixture.h"
#include "pull-fixture.h"
#include "raw-rtsp.h"

static void
pull_until_failed (PullFixture *fixture, RawRtsp *camera, const char *path, CgTransport transport)
{
  g_autofree char *location = raw_rtsp_get_uri (camera, path);

  pull_fixture_start_options (fixture, (CgPullOptions){.location = location,
                                                       .username = "admin",
                                                       .password = "wrong",
                                                       .transport = transport});
  media_wait_until (fixture->failed > 0);
  pull_fixture_stop (fixture);
}

static const char *
send_to_itself (const char *method)
{
  return g_str_equal (method, "DESCRIBE") ? "302 Found\r\nLocation: rtsp://127.0.0.1:%u/again\r\n"
                                          : NULL;
}

static const char *
send_to_the_web (const char *method)
{
  return g_str_equal (method, "DESCRIBE") ? "302 Found\r\nLocation: http://127.0.0.1:1/\r\n" : NULL;
}

static void
test_redirections (void)
{
  static const RawRtspAnswer answers[] = {send_to_itself, send_to_the_web};

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (RawRtsp) camera = raw_rtsp_new (answers[i], NULL);
    g_auto (PullFixture) fixture;

    pull_fixture_init (&fixture);
    pull_until_failed (&fixture, camera, "again", CG_TRANSPORT_AUTO);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
    g_assert_nonnull (strstr (fixture.error->message, "redirect"));
    g_assert_cmpuint (raw_rtsp_count (camera, "DESCRIBE "), <, 40);
  }
}

static const char *
refuse_login (const char *method)
{
  return "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
}

/* Q6, Q29: the login is shown at the second form of an address only if that is allowed. */
static void
test_login_again (void)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (RawRtsp) camera = raw_rtsp_new (refuse_login, NULL);
    g_auto (PullFixture) fixture;

    pull_fixture_init (&fixture);
    fixture.may_login_again = i == 1;
    pull_until_failed (&fixture, camera, "stream?channel=1", CG_TRANSPORT_AUTO);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    g_assert_cmpuint (raw_rtsp_count (camera, "Authorization: "), ==, i == 1 ? 2 : 1);
  }
}

static const char *challenge;

static const char *
challenge_login (const char *method)
{
  return challenge;
}

/* What cannot be answered is a refusal, and nothing worse. */
static void
test_challenges (void)
{
  static const struct {
    const char *text;
    CgError error;
  } challenges[] = {
      {"Digest", CG_ERROR_PEER_FAULT},
      {"Digest realm", CG_ERROR_PEER_FAULT},
      {"Digest stale", CG_ERROR_PEER_FAULT},
      {"Digest realm=\"r\"", CG_ERROR_PEER_FAULT},
      {"Digest nonce=\"n\"", CG_ERROR_LOGIN_REFUSED},
      {"Digest realm, nonce", CG_ERROR_PEER_FAULT},
      {"Digest =,=,\"", CG_ERROR_PEER_FAULT},
      {"Digest realm=\"r\", nonce=\"n\", stale", CG_ERROR_LOGIN_REFUSED},
      {"Digest realm=\"\", nonce=\"\"", CG_ERROR_LOGIN_REFUSED},
      {"Basic", CG_ERROR_LOGIN_REFUSED},
      {"Nonsense", CG_ERROR_LOGIN_REFUSED},
      {"", CG_ERROR_LOGIN_REFUSED},
  };

  for (guint i = 0; i < G_N_ELEMENTS (challenges); i++) {
    g_autofree char *text =
        g_strdup_printf ("401 Unauthorized\r\nWWW-Authenticate: %s\r\n", challenges[i].text);
    g_auto (PullFixture) fixture;
    challenge = text;
    g_autoptr (RawRtsp) camera = raw_rtsp_new (challenge_login, NULL);

    g_test_message ("\"%s\"", challenges[i].text);
    pull_fixture_init (&fixture);
    pull_until_failed (&fixture, camera, "stream", CG_TRANSPORT_AUTO);

    g_assert_error (fixture.error, CG_ERROR, (int)challenges[i].error);
    g_assert_cmpuint (raw_rtsp_count (camera, "Authorization: "), <=, 1);
  }
}

static const char *
describe_at_length (const char *method)
{
  return g_str_equal (method, "DESCRIBE")
             ? "200 OK\r\nContent-Type: application/sdp\r\nContent-Length: 2000000000\r\n"
             : NULL;
}

/* Not even begun to be read. */
static void
test_long_answer (void)
{
  g_autoptr (RawRtsp) camera = raw_rtsp_new (describe_at_length, NULL);
  g_auto (PullFixture) fixture;

  pull_fixture_init (&fixture);
  pull_until_failed (&fixture, camera, "stream", CG_TRANSPORT_AUTO);

  g_assert_true (fixture.error->domain == CG_ERROR);
  g_assert_cmpint (fixture.error->code, !=, CG_ERROR_TIMED_OUT);
  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
}

/* By UDP it is GStreamer's own source that reads what the camera says. */
static void
test_shield (void)
{
  static const char *const challenges[] = {"Digest", "Digest realm", "Digest stale", NULL};

  for (guint i = 0; i < G_N_ELEMENTS (challenges); i++) {
    g_autofree char *text =
        g_strconcat ("401 Unauthorized\r\nWWW-Authenticate: ", challenges[i], "\r\n", NULL);
    g_auto (PullFixture) fixture;
    challenge = text;
    g_autoptr (RawRtsp) camera =
        raw_rtsp_new (challenges[i] != NULL ? challenge_login : describe_at_length, NULL);

    pull_fixture_init (&fixture);
    pull_until_failed (&fixture, camera, "stream", CG_TRANSPORT_UDP);

    g_assert_true (fixture.error->domain == CG_ERROR);
    g_assert_cmpint (fixture.error->code, !=, CG_ERROR_TIMED_OUT);
  }
}

/* RFC 6184, 5.8: a fragment that is neither the first nor the last. */
static gboolean
send_endless_fragment (GOutputStream *output, guint round)
{
  static const guint8 first[] = {0x7c, 0x85}, more[] = {0x7c, 0x05};

  return raw_rtsp_send_packet (output, (guint16)round, round == 0 ? first : more, sizeof more,
                               60000);
}

/* Slice after slice of one picture. */
static gboolean
send_endless_picture (GOutputStream *output, guint round)
{
  static const guint8 parameters[] = {0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x47, 0xfe, 0xc8};
  static const guint8 slice[] = {0x65, 0x88};

  if (round == 0)
    return raw_rtsp_send_packet (output, 0, parameters, sizeof parameters, sizeof parameters);
  return raw_rtsp_send_packet (output, (guint16)round, slice, sizeof slice, 60000);
}

/* Nothing is collected without limit. */
static void
test_endless (void)
{
  static const RawRtspPump pumps[] = {send_endless_fragment, send_endless_picture};

  for (guint i = 0; i < G_N_ELEMENTS (pumps); i++) {
    g_autoptr (RawRtsp) camera = raw_rtsp_new (NULL, pumps[i]);
    g_auto (PullFixture) fixture;

    pull_fixture_init (&fixture);
    pull_until_failed (&fixture, camera, "stream", CG_TRANSPORT_AUTO);

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
    g_assert_nonnull (strstr (fixture.error->message, "without a whole picture"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/pull/hostile/redirections", test_redirections);
  g_test_add_func ("/pull/hostile/q6-login-again", test_login_again);
  g_test_add_func ("/pull/hostile/challenges", test_challenges);
  g_test_add_func ("/pull/hostile/long-answer", test_long_answer);
  g_test_add_func ("/pull/hostile/shield", test_shield);
  g_test_add_func ("/pull/hostile/endless", test_endless);
  return media_test_run ();
}
