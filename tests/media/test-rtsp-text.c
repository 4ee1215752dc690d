/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-error.h"
#include "cg-rtsp-header.h"
#include "cg-rtsp-login.h"
#include "cg-rtsp-url.h"
#include "cg-sdp-repair.h"

static void
test_url (void)
{
  static const struct {
    const char *text;
    const char *url; /* NULL: refused */
    const char *host;
    guint port;
  } rows[] = {
      {"rtsp://h/s", "rtsp://h/s", "h", 554},
      {"RTSP://h:8554", "rtsp://h:8554", "h", 8554},
      {"rtsps://h/s", "rtsps://h/s", "h", 322},
      {"rtsp://[fe80::1]:99/s?a=/b", "rtsp://[fe80::1]:99/s?a=/b", "fe80::1", 99},
      {"rtsp://[fe80::1%eth0]/s", "rtsp://[fe80::1]/s", "fe80::1%eth0", 554},
      {"rtsp://u:p@w@h/s@t", "rtsp://h/s@t", "h", 554}, /* Q26 */
      {"rtsp://h?q=1", "rtsp://h/?q=1", "h", 554},
      {"rtsp://rtsp://h/s", "rtsp://h/s", "h", 554}, /* Q51 */
      {"http://h/s", NULL, NULL, 0},
      {"rtsp://", NULL, NULL, 0},
      {"rtsp://:554/s", NULL, NULL, 0},
      {"rtsp://h:0/s", NULL, NULL, 0},
      {"rtsp://h:70000/s", NULL, NULL, 0},
      {"rtsp://h:80:80/s", NULL, NULL, 0},
      {"rtsp://[::1/s", NULL, NULL, 0},
      {"rtsp://h/s\r\nEvil: 1", NULL, NULL, 0},
      {"", NULL, NULL, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CgRtspUrl) url = cg_rtsp_url_parse (rows[i].text, &error);

    g_test_message ("%s", rows[i].text);
    if (rows[i].url == NULL) {
      g_assert_null (url);
      g_assert_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST);
      continue;
    }
    g_assert_no_error (error);
    g_autofree char *text = cg_rtsp_url_to_string (url);
    g_assert_cmpstr (text, ==, rows[i].url);
    g_assert_cmpstr (url->host, ==, rows[i].host);
    g_assert_cmpuint (url->port, ==, rows[i].port);
  }
}

/* Q51, Q7 */
static void
test_control (void)
{
  static const struct {
    const char *content_base;
    const char *control;
    const char *url;
  } rows[] = {
      {NULL, "trackID=1", "rtsp://h:8554/s/trackID=1"},
      {"rtsp://h:8554/s/", "trackID=1", "rtsp://h:8554/s/trackID=1"},
      {"rtsp://h:8554/s/", "/trackID=1", "rtsp://h:8554/s/trackID=1"},
      {"rtsp://10.0.0.1/other/", "trackID=1", "rtsp://h:8554/other/trackID=1"},
      {"rtsp://rtsp://h:8554/s/", "trackID=1", "rtsp://h:8554/s/trackID=1"},
      {"/s/", "trackID=1", "rtsp://h:8554/s/trackID=1"},
      {"", "trackID=1", "rtsp://h:8554/s/trackID=1"},
      {"rtsp://", "trackID=1", "rtsp://h:8554/s/trackID=1"},
      {"rtsp://h:8554/s/", "rtsp://0.0.0.0/s/trackID=1", "rtsp://h:8554/s/trackID=1"},
      {NULL, "rtsp://rtsp://h/s/track1", "rtsp://h:8554/s/track1"},
      {NULL, "*", "rtsp://h:8554/s"},
      {NULL, NULL, "rtsp://h:8554/s"},
      {NULL, "  streamid=0 ", "rtsp://h:8554/s/streamid=0"},
  };
  g_autoptr (CgRtspUrl) url = cg_rtsp_url_parse ("rtsp://h:8554/s", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *base = cg_rtsp_url_get_base (url, rows[i].content_base);
    g_autofree char *control = cg_rtsp_url_get_control (url, base, rows[i].control);

    g_assert_cmpstr (control, ==, rows[i].url);
  }
}

/* Q29 */
static void
test_query (void)
{
  g_autoptr (CgRtspUrl) url = cg_rtsp_url_parse ("rtsp://h/s?a=b", NULL);

  g_assert_true (cg_rtsp_url_drop_query (url));
  g_assert_false (cg_rtsp_url_drop_query (url));
  g_assert_cmpstr (url->path, ==, "/s");
}

/* Q51 */
static void
test_transport (void)
{
  static const struct {
    const char *text;
    gboolean is_ours;
    guint rtp;
    guint rtcp;
  } rows[] = {
      {"RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1234", TRUE, 2, 3},
      {"RTP/AVP/TCP;unicast;interleaved=4-5", TRUE, 4, 5},
      {"RTP/AVP;unicast;interleaved=0-1;mode=\"PLAY\"", TRUE, 0, 1},
      {"RTP/AVP/TCP; unicast; Interleaved=6", TRUE, 6, 7},
      {"RTP/AVP/TCP;interleaved=6-6", TRUE, 6, 7},
      {"RTP/AVP/TCP;interleaved=x", FALSE, 2, 3},
      {"RTP/AVP/TCP;interleaved=300-301", FALSE, 2, 3},
      {"RTP/AVP/TCP;unicast", TRUE, 2, 3},
      {"RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001", FALSE, 2, 3},
      {"RTP/AVP;multicast;destination=239.0.0.1", FALSE, 2, 3},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    CgRtspTransport transport = {2, 3};

    g_assert_cmpint (cg_rtsp_transport_parse (rows[i].text, &transport), ==, rows[i].is_ours);
    g_assert_cmpuint (transport.rtp_channel, ==, rows[i].rtp);
    g_assert_cmpuint (transport.rtcp_channel, ==, rows[i].rtcp);
  }
}

/* Q17 */
static void
test_session (void)
{
  static const struct {
    const char *text;
    const char *id;
    guint timeout_s;
  } rows[] = {
      {"1234", "1234", 60},
      {"1234;timeout=20", "1234", 20},
      {" 12-ab ; Timeout = 5 ", "12-ab", 5},
      {"1;timeout=\"30\"", "1", 30},
      {"1;timeout=0", "1", 60},
      {"1;timeout=999999", "1", 3600},
      {"", NULL, 60},
      {";timeout=3", NULL, 60},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint timeout_s = 0;
    g_autofree char *id = cg_rtsp_session_parse (rows[i].text, &timeout_s);

    g_assert_cmpstr (id, ==, rows[i].id);
    g_assert_cmpuint (timeout_s, ==, rows[i].timeout_s);
  }
  g_assert_true (cg_rtsp_public_has ("OPTIONS, DESCRIBE,GET_PARAMETER", "GET_PARAMETER"));
  g_assert_false (cg_rtsp_public_has ("OPTIONS, SET_PARAMETER", "GET_PARAMETER"));
  g_assert_false (cg_rtsp_public_has (NULL, "GET_PARAMETER"));
}

#define SHA "Digest realm=\"r\", nonce=\"s\", algorithm=SHA-256, qop=\"auth\""
#define MD5 "Digest realm=\"r\", nonce=\"m\", algorithm=MD5"
#define STALE "Digest realm=\"r\", nonce=\"n\", algorithm=MD5, stale=true"
#define BASIC "Basic realm=\"r\""

static CgRtspLoginVerdict
challenge (CgRtspLogin *login, const char *first, const char *second)
{
  const char *const headers[] = {first, second, NULL};

  return cg_rtsp_login_take_challenge (login, headers);
}

static void
assert_shows (CgRtspLogin *login, const char *part)
{
  g_autofree char *answer = cg_rtsp_login_answer (login, "DESCRIBE", "rtsp://h/s");

  g_assert_nonnull (answer);
  g_assert_nonnull (strstr (answer, part));
  g_assert_null (strstr (answer, "p@#"));
}

/* Each kind of login, and refused once. */
static void
test_login_kinds (void)
{
  static const struct {
    const char *first;
    const char *second;
    const char *part;
  } rows[] = {
      {BASIC, NULL, "Basic YWRtaW46cEAj"},
      {BASIC ", " MD5, NULL, "algorithm=MD5"},
      {MD5, BASIC, "algorithm=MD5"},
      {SHA, NULL, "algorithm=SHA-256"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (CgRtspLogin) login = cg_rtsp_login_new ("admin", "p@#");

    g_assert_null (cg_rtsp_login_answer (login, "OPTIONS", "rtsp://h/s"));
    g_assert_cmpint (challenge (login, rows[i].first, rows[i].second), ==, CG_RTSP_LOGIN_SHOW);
    assert_shows (login, rows[i].part);
    g_assert_cmpint (challenge (login, rows[i].first, rows[i].second), ==, CG_RTSP_LOGIN_REFUSED);
  }
}

/* Q27: offers SHA-256 and fails with it. */
static void
test_login_weaker (void)
{
  g_autoptr (CgRtspLogin) login = cg_rtsp_login_new ("admin", "p@#");

  g_assert_cmpint (challenge (login, SHA, MD5), ==, CG_RTSP_LOGIN_SHOW);
  assert_shows (login, "algorithm=SHA-256");
  g_assert_cmpint (challenge (login, SHA, MD5), ==, CG_RTSP_LOGIN_SHOW_ONCE_MORE);
  assert_shows (login, "algorithm=MD5");
  cg_rtsp_login_accept (login);

  /* the nonce grows old: the kind that works stays */
  g_assert_cmpint (challenge (login, SHA, MD5), ==, CG_RTSP_LOGIN_SHOW);
  assert_shows (login, "algorithm=MD5");
  g_assert_cmpint (challenge (login, SHA, MD5), ==, CG_RTSP_LOGIN_REFUSED);
}

static void
test_login_stale (void)
{
  g_autoptr (CgRtspLogin) login = cg_rtsp_login_new ("admin", "p@#");

  g_assert_cmpint (challenge (login, MD5, NULL), ==, CG_RTSP_LOGIN_SHOW);
  assert_shows (login, "nonce=\"m\"");
  for (guint i = 0; i < 3; i++) {
    /* a nonce that was given just now is not old */
    g_assert_cmpint (challenge (login, STALE, NULL), ==,
                     i == 0 ? CG_RTSP_LOGIN_SHOW_ONCE_MORE : CG_RTSP_LOGIN_SHOW);
    assert_shows (login, "nonce=\"n\"");
    cg_rtsp_login_accept (login);
  }
  /* twice in a row (Q6) */
  g_assert_cmpint (challenge (login, STALE, NULL), ==, CG_RTSP_LOGIN_SHOW);
  g_assert_cmpint (challenge (login, STALE, NULL), ==, CG_RTSP_LOGIN_REFUSED);
}

static void
test_login_none (void)
{
  g_autoptr (CgRtspLogin) nobody = cg_rtsp_login_new (NULL, NULL);
  g_autoptr (CgRtspLogin) login = cg_rtsp_login_new ("admin", NULL);

  g_assert_cmpint (challenge (nobody, MD5, NULL), ==, CG_RTSP_LOGIN_MISSING);
  g_assert_cmpint (challenge (login, "Negotiate", NULL), ==, CG_RTSP_LOGIN_UNKNOWN);
  g_assert_cmpint (challenge (login, NULL, NULL), ==, CG_RTSP_LOGIN_UNKNOWN);
}

#define HEAD "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
#define BARE "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
#define MEDIA "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"

/* Q23 */
static void
test_sdp (void)
{
  static const struct {
    const char *text;
    const char *repaired;
  } rows[] = {
      {HEAD "a=x\r\n" MEDIA, HEAD "a=x\r\n" MEDIA},
      {"", BARE},
      {"nonsense\n\n=\nm\n", BARE},
      {"v=0\ns=\ns=x\no=- 1 1 IN IP4 1.2.3.4\nt=0 0\nc=IN IP4 0.0.0.0\n" MEDIA, HEAD MEDIA},
      {"s=x\r\ns=y\r\no=broken\r\no=- 1 1 IN IP4 1.2.3.4\r\nc=nonsense\r\nc=IN IP4 "
       "0.0.0.0\r\n" MEDIA,
       HEAD MEDIA},
      {"\xef\xbb\xbfv=0\r\n" MEDIA, BARE MEDIA},
      {"v=0\r\nm=video RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n", BARE MEDIA},
      {"v=0\r\nm=video  0  RTP/AVP  96 \r\n  a=rtpmap:96 H264/90000\r\n", BARE MEDIA},
      {"v=0\r\n" MEDIA "c=IN\r\nt=0 0\r\nz\r\n", BARE MEDIA},
      {"v=0\r" MEDIA, BARE MEDIA},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *repaired = cg_sdp_repair (rows[i].text, strlen (rows[i].text));
    g_autofree char *again = cg_sdp_repair (repaired, strlen (repaired));

    g_assert_cmpstr (repaired, ==, rows[i].repaired);
    g_assert_cmpstr (again, ==, repaired);
  }
}

/* RFC 2326, 12.33, and what cameras make of it (Q51) */
static void
test_info (void)
{
  static const struct {
    const char *text;
    gint64 first; /* -1: not told */
    gint64 second;
  } rows[] = {
      {"url=rtsp://h/s/track1;seq=5;rtptime=7,url=rtsp://h/s/track2;seq=6;rtptime=8", 7, 8},
      {"url=rtsp://h/s/track2;rtptime=8, url=rtsp://h/s/track1;rtptime=7", 7, 8},
      {"url=track2;rtptime=8,url=track1;rtptime=4294967295", 4294967295, 8},
      {"url=\"rtsp://h/track1\" ssrc=0A13C760:seq=1;rtptime=7", 7, -1}, /* RFC 7826 */
      {"url=rtsp://0.0.0.0/x;rtptime=7,url=rtsp://0.0.0.0/y;rtptime=8", 7, 8},
      {"url=rtsp://h/s/backtrack2;rtptime=6,url=rtsp://h/s/track2;rtptime=8", 6, 8},
      {"url=rtsp://h/s/track1;seq=5,url=rtsp://h/s/track2;seq=6;rtptime=8", -1, 8},
      {"url=rtsp://h/s/track1;rtptime=4294967296,url=", -1, -1},
      {"url=rtsp://h/s/track1;rtptime=-", -1, -1},
      {"url=rtsp://h/s/track1;rtptime=", -1, -1},
      {"rtptime=7", -1, -1},
      {"url", -1, -1},
      {"", -1, -1},
  };
  static const char *const media[] = {"rtsp://h/s/track1", "rtsp://h/s/track2"};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const gint64 expected[] = {rows[i].first, rows[i].second};

    g_test_message ("%s", rows[i].text);
    for (guint n = 0; n < G_N_ELEMENTS (media); n++) {
      guint32 start = 0;
      const gboolean is_told = cg_rtsp_info_find (rows[i].text, media[n], n, &start);

      g_assert_cmpint (is_told ? (gint64)start : -1, ==, expected[n]);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rtsp-text/url", test_url);
  g_test_add_func ("/rtsp-text/q51-control", test_control);
  g_test_add_func ("/rtsp-text/q29-query", test_query);
  g_test_add_func ("/rtsp-text/q51-transport", test_transport);
  g_test_add_func ("/rtsp-text/q17-session", test_session);
  g_test_add_func ("/rtsp-text/q51-info", test_info);
  g_test_add_func ("/rtsp-text/login-kinds", test_login_kinds);
  g_test_add_func ("/rtsp-text/q27-weaker", test_login_weaker);
  g_test_add_func ("/rtsp-text/login-stale", test_login_stale);
  g_test_add_func ("/rtsp-text/login-none", test_login_none);
  g_test_add_func ("/rtsp-text/q23-sdp", test_sdp);
  return g_test_run ();
}
