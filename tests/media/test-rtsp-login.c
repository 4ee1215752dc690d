/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-error.h"
#include "media-fixture.h"
#include "session-fixture.h"

/* Q26, Q27: each kind of login, and how often the password is shown before it is taken. */
static void
test_logins (void)
{
  static const struct {
    const char *challenges;
    const char *taken;
    GChecksumType checksum;
    guint shown; /* in what was refused */
  } rows[] = {
      {BASIC, "Basic", G_CHECKSUM_MD5, 0},
      {MD5, "Digest", G_CHECKSUM_MD5, 0},
      {BASIC "\r\n" MD5, "Digest", G_CHECKSUM_MD5, 0},
      {SHA, "algorithm=SHA-256", G_CHECKSUM_SHA256, 0},
      {MD5 "\r\n" SHA, "algorithm=SHA-256", G_CHECKSUM_SHA256, 0},
      {SHA "\r\n" MD5, "nonce=\"b\"", G_CHECKSUM_MD5, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Behaviour behaviour = {
        .challenges = rows[i].challenges, .taken = rows[i].taken, .checksum = rows[i].checksum};
    g_auto (SessionFixture) fixture;

    g_test_message ("row %u", i);
    session_fixture_init (&fixture, &behaviour);
    session_begin (&fixture);
    g_assert_no_error (fixture.error);
    cg_rtsp_session_close_in_thread (fixture.session, 20000);

    /* OPTIONS twice, or three times, and the four others once each. */
    g_assert_cmpuint (script_rtsp_count (fixture.camera, "Authorization"), ==, 5 + rows[i].shown);
    g_assert_cmpuint (script_rtsp_count (fixture.camera, "CSeq"), ==, 6 + rows[i].shown);
  }
}

/* Q6: what is refused is not shown again. */
static void
test_refused (void)
{
  static const struct {
    const char *challenges;
    const char *username;
    guint shown;
  } rows[] = {
      {MD5, USER, 1},   {BASIC, USER, 1},          {SHA, USER, 1},
      {MD5, NULL, 0},   {SHA "\r\n" MD5, USER, 2}, {"WWW-Authenticate: Bearer", USER, 0},
      {STALE, USER, 2},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Behaviour behaviour = {.challenges = rows[i].challenges};
    g_auto (SessionFixture) fixture;

    session_fixture_init_options (
        &fixture, &behaviour, "stream",
        (CgRtspOptions){.username = rows[i].username, .password = "wrong"}, NULL);
    g_assert_false (session_begin (&fixture));

    g_assert_error (fixture.error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
    g_assert_cmpuint (cg_rtsp_session_get_status (fixture.session), ==, 401);
    g_assert_cmpuint (script_rtsp_count (fixture.camera, "Authorization"), ==, rows[i].shown);
  }
}

static CgBreaker *
make_breaker (guint refused)
{
  CgBreaker *breaker = cg_breaker_new (NULL);

  for (guint i = 0; i < refused; i++) {
    g_assert_true (cg_breaker_begin (breaker, CG_BREAKER_SOAP, NULL));
    cg_breaker_end (breaker, CG_BREAKER_SOAP, CG_BREAKER_REFUSED);
  }
  return breaker;
}

/* As who starts a stream does. Returns: how often the login was shown */
static guint
begin_with_breaker (Behaviour *behaviour, const char *password, CgBreaker *breaker, GError **error)
{
  g_auto (SessionFixture) fixture;

  g_assert_true (cg_breaker_begin (breaker, CG_BREAKER_RTSP, NULL));
  session_fixture_init_options (
      &fixture, behaviour, "stream",
      (CgRtspOptions){.username = USER, .password = password, .breaker = breaker}, NULL);
  const gboolean is_good = session_begin (&fixture);
  const gboolean is_refused = g_error_matches (fixture.error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  cg_breaker_end (breaker, CG_BREAKER_RTSP,
                  is_good      ? CG_BREAKER_ACCEPTED
                  : is_refused ? CG_BREAKER_REFUSED
                               : CG_BREAKER_UNKNOWN);
  if (!is_good)
    g_propagate_error (error, g_steal_pointer (&fixture.error));
  return script_rtsp_count (fixture.camera, "Authorization");
}

/* Q6: one breaker for all who show the login. */
static void
test_breaker (void)
{
  for (guint before = 0; before < 2; before++) {
    for (guint swallows = 0; swallows < 2; swallows++) {
      Behaviour behaviour = {.challenges = SHA "\r\n" MD5, .swallows = swallows != 0};
      g_autoptr (CgBreaker) breaker = make_breaker (before);
      g_autoptr (GError) error = NULL;

      const guint shown = begin_with_breaker (&behaviour, "wrong", breaker, &error);

      g_test_message ("%u refused before, swallows: %u", before, swallows);
      g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
      g_assert_cmpuint (shown, ==, 2 - before);
      g_assert_cmpuint (cg_breaker_get_pause_ms (breaker), >, 0);
    }
  }
}

/* Q6: a camera that calls every nonce old refuses; each showing counts. */
static void
test_stale_for_ever (void)
{
  Behaviour behaviour = {.challenges = STALE};
  g_autoptr (CgBreaker) breaker = make_breaker (0);
  g_autoptr (GError) error = NULL;

  const guint shown = begin_with_breaker (&behaviour, "wrong", breaker, &error);

  g_assert_error (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  g_assert_cmpuint (shown, ==, 2);
  g_assert_cmpuint (cg_breaker_get_pause_ms (breaker), >, 0);
}

/* Q27: what is refused on the way to a kind that is taken is forgotten, also if there is no stream.
 */
static void
test_taken_in_the_end (void)
{
  Behaviour behaviour = {.challenges = SHA "\r\n" MD5,
                         .taken = "nonce=\"b\"",
                         .checksum = G_CHECKSUM_MD5,
                         .setup = "453 Not Enough Bandwidth"};
  g_autoptr (CgBreaker) breaker = make_breaker (0);

  for (guint i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;

    begin_with_breaker (&behaviour, PASSWORD, breaker, &error);
    g_assert_error (error, CG_ERROR, CG_ERROR_TOO_MANY_STREAMS);
  }
  g_assert_cmpuint (cg_breaker_get_pause_ms (breaker), ==, 0);
}

/* Q46: one that hangs up after a challenge, and another stream that begins at the same time. */
static void
test_two_begin (void)
{
  Behaviour behaviour = {
      .challenges = MD5, .taken = "Digest", .checksum = G_CHECKSUM_MD5, .hangs_up = TRUE};
  g_autoptr (CgBreaker) breaker = make_breaker (0);
  g_autoptr (GError) error = NULL;

  g_assert_true (cg_breaker_begin (breaker, CG_BREAKER_RTSP, NULL));
  begin_with_breaker (&behaviour, PASSWORD, breaker, &error);

  g_assert_no_error (error);
  cg_breaker_end (breaker, CG_BREAKER_RTSP, CG_BREAKER_UNKNOWN);
}

/* Q6: a camera that hangs up on a login, and nobody to ask. */
static void
test_swallowed (void)
{
  Behaviour behaviour = {.challenges = MD5, .swallows = TRUE};
  g_auto (SessionFixture) fixture;

  session_fixture_init (&fixture, &behaviour);
  g_assert_false (session_begin (&fixture));

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  g_assert_cmpuint (script_rtsp_count (fixture.camera, "Authorization"), ==, 2);
}

/* Q9: a camera that goes down has refused nothing, where the same login was taken before. */
static void
test_swallowed_after_success (void)
{
  Behaviour behaviour = {.challenges = MD5, .swallows = TRUE};
  g_autoptr (CgBreaker) breaker = make_breaker (0);

  g_assert_true (cg_breaker_begin (breaker, CG_BREAKER_RTSP, NULL));
  cg_breaker_end (breaker, CG_BREAKER_RTSP, CG_BREAKER_ACCEPTED);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;

    begin_with_breaker (&behaviour, PASSWORD, breaker, &error);
    g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
  }
  g_assert_cmpuint (cg_breaker_get_pause_ms (breaker), ==, 0);
}

/* Q9: nor has one that goes down on the very first login. */
static void
test_goes_down (void)
{
  for (guint before = 0; before < 2; before++) {
    Behaviour behaviour = {.challenges = MD5, .swallows = TRUE, .leaves_at = 2 - before};
    g_autoptr (CgBreaker) breaker = make_breaker (before);
    g_autoptr (GError) error = NULL;

    const guint shown = begin_with_breaker (&behaviour, PASSWORD, breaker, &error);

    g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
    g_assert_cmpuint (shown, ==, 2 - before);
    g_assert_cmpuint (cg_breaker_get_pause_ms (breaker), ==, 0);
  }
}

/* The nonce grows old in the middle: no refusal. */
static void
test_stale (void)
{
  Behaviour behaviour = {
      .challenges = STALE, .taken = "Digest", .checksum = G_CHECKSUM_MD5, .session = "1;timeout=1"};
  g_auto (SessionFixture) fixture;

  session_fixture_init (&fixture, &behaviour);
  session_begin (&fixture);
  g_assert_no_error (fixture.error);
  g_atomic_int_set (&behaviour.is_stale, TRUE);
  while (script_rtsp_count (fixture.camera, "OPTIONS ") < 5)
    g_assert_true (session_receive_for (&fixture, 10));

  g_assert_no_error (fixture.error);
  g_assert_false (g_atomic_int_get (&behaviour.is_stale));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rtsp-login/q27-logins", test_logins);
  g_test_add_func ("/rtsp-login/q6-refused", test_refused);
  g_test_add_func ("/rtsp-login/q6-breaker", test_breaker);
  g_test_add_func ("/rtsp-login/q6-stale-for-ever", test_stale_for_ever);
  g_test_add_func ("/rtsp-login/q27-taken-in-the-end", test_taken_in_the_end);
  g_test_add_func ("/rtsp-login/q6-swallowed", test_swallowed);
  g_test_add_func ("/rtsp-login/q9-goes-down", test_goes_down);
  g_test_add_func ("/rtsp-login/q9-swallowed-after-success", test_swallowed_after_success);
  g_test_add_func ("/rtsp-login/q46-two-begin", test_two_begin);
  g_test_add_func ("/rtsp-login/stale", test_stale);
  return media_test_run ();
}
