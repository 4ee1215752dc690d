/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The login of GStreamer's own source, which plays what comes by UDP (Q18). */
#include "cg-breaker.h"
#include "cg-media.h"
#include "cg-rtsp-guard.h"
#include "media-certificate.h"
#include "media-fixture.h"
#include "session-fixture.h"

typedef struct {
  ScriptRtsp *camera;
  GstElement *pipeline;
  CgBreaker *breaker;
  gboolean has_failed;
} Fixture;

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->has_failed |= GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
  return G_SOURCE_CONTINUE;
}

/* Plays until the login was taken and a SETUP came, or until it is given up. */
static void
play_by (Fixture *fixture, Behaviour *behaviour, const char *password, GTlsCertificate *certificate)
{
  g_autoptr (GstBus) bus = NULL;

  media_forgive_gstreamer ();
  behaviour->public = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN";
  *fixture =
      (Fixture){.breaker = cg_breaker_new (NULL),
                .camera = script_rtsp_new (session_on_request, behaviour, certificate),
                .pipeline = gst_parse_launch (
                    "rtspsrc name=source protocols=udp user-agent=camgate ! fakesink", NULL)};
  g_autofree char *location = script_rtsp_get_uri (fixture->camera, "stream");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (fixture->pipeline), "source");
  g_object_set (source, "location", location, "tcp-timeout", G_GUINT64_CONSTANT (2000000),
                "tls-validation-flags", 0, NULL);
  cg_rtsp_guard_attach (source, USER, password, fixture->breaker);
  bus = gst_element_get_bus (fixture->pipeline);
  gst_bus_add_watch (bus, on_message, fixture);
  g_assert_true (cg_breaker_begin (fixture->breaker, CG_BREAKER_RTSP, NULL));
  gst_element_set_state (fixture->pipeline, GST_STATE_PLAYING);
  media_wait_until (fixture->has_failed || script_rtsp_count (fixture->camera, "SETUP ") > 0);
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
}

static void
play (Fixture *fixture, Behaviour *behaviour, const char *password)
{
  play_by (fixture, behaviour, password, NULL);
}

static void
fixture_clear (Fixture *fixture)
{
  g_clear_object (&fixture->pipeline);
  script_rtsp_free (fixture->camera);
  cg_breaker_unref (fixture->breaker);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* Q27: SHA-256, which the source itself does not know; one login in a request, never two. */
static void
test_logins (void)
{
  static const struct {
    const char *challenges;
    const char *taken;
    GChecksumType checksum;
  } rows[] = {
      {BASIC, "Basic", G_CHECKSUM_MD5},
      {MD5, "Digest", G_CHECKSUM_MD5},
      {SHA, "algorithm=SHA-256", G_CHECKSUM_SHA256},
      {MD5 "\r\n" SHA, "algorithm=SHA-256", G_CHECKSUM_SHA256},
      {SHA "\r\n" MD5, "nonce=\"b\"", G_CHECKSUM_MD5},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Behaviour behaviour = {
        .challenges = rows[i].challenges, .taken = rows[i].taken, .checksum = rows[i].checksum};
    g_auto (Fixture) fixture;

    g_test_message ("row %u", i);
    play (&fixture, &behaviour, PASSWORD);

    g_assert_cmpuint (script_rtsp_count (fixture.camera, "SETUP "), >, 0);
    g_assert_cmpuint (cg_breaker_get_pause_ms (fixture.breaker), ==, 0);
  }
}

/* Q6: a wrong one is shown once, and a second time only as another kind. */
static void
test_refused (void)
{
  static const struct {
    const char *challenges;
    guint shown;
  } rows[] = {{BASIC, 1},          {MD5, 1},   {SHA, 1},
              {SHA "\r\n" MD5, 2}, {STALE, 2}, {"WWW-Authenticate: Bearer", 0}};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Behaviour behaviour = {
        .challenges = rows[i].challenges, .taken = "Digest", .checksum = G_CHECKSUM_MD5};
    g_auto (Fixture) fixture;

    g_test_message ("row %u", i);
    play (&fixture, &behaviour, "wrong");

    g_assert_true (fixture.has_failed);
    g_assert_cmpuint (script_rtsp_count (fixture.camera, "Authorization: "), ==, rows[i].shown);
    g_assert_cmpuint (script_rtsp_count (fixture.camera, "SETUP "), ==, 0);
  }
}

/* What a camera says elsewhere is nothing to show a password to, nor where it can be overheard. */
static void
test_led_away (void)
{
  Behaviour greedy = {.challenges = BASIC, .taken = "Basic", .describe = "404 Not Found"};
  g_autoptr (ScriptRtsp) other = script_rtsp_new (session_on_request, &greedy, NULL);
  g_autofree char *address = script_rtsp_get_uri (other, "stream");
  g_auto (GStrv) parts = g_strsplit (address, "localhost", 2);
  g_autofree char *elsewhere = g_strjoin ("127.0.0.1", parts[0], parts[1], NULL);
  g_autoptr (GTlsCertificate) certificate = media_certificate_new ();
  const struct {
    const char *to;
    GTlsCertificate *certificate; /* (nullable) of the camera */
    gboolean is_shown;
  } ways[] = {{elsewhere, NULL, FALSE}, {address, certificate, FALSE}, {address, NULL, TRUE}};

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    Behaviour behaviour = {
        .challenges = MD5, .taken = "Digest", .checksum = G_CHECKSUM_MD5, .redirect = ways[i].to};
    g_auto (Fixture) fixture;
    const guint before = script_rtsp_count (other, "RTSP/1.0");

    g_test_message ("way %u", i);
    play_by (&fixture, &behaviour, PASSWORD, ways[i].certificate);

    /* GStreamer 1.22 stays with TLS, and so comes to nothing. */
    g_assert_true ((script_rtsp_count (other, "RTSP/1.0") > before) ==
                   (ways[i].certificate == NULL));
    g_assert_true ((script_rtsp_count (other, "Authorization") > 0) == ways[i].is_shown);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/rtsp-guard/q27-logins", test_logins);
  g_test_add_func ("/rtsp-guard/q6-refused", test_refused);
  g_test_add_func ("/rtsp-guard/led-away", test_led_away);
  return media_test_run ();
}
