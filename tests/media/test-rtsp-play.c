/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From where a camera is asked to play: RFC 2326, 10.5 and C.1.5. */
#include "cg-rtsp-session.h"
#include "script-rtsp.h"

#define ANSWER_MS 5000
#define HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"
#define VIDEO "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n"

static GString *
on_request (const char *request, gpointer user_data)
{
  if (script_rtsp_is (request, "DESCRIBE"))
    return script_rtsp_answer (request, "200 OK\r\nContent-Type: application/sdp", user_data);
  if (script_rtsp_is (request, "SETUP"))
    return script_rtsp_answer (
        request, "200 OK\r\nSession: 7\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1", NULL);
  return script_rtsp_answer (request, "200 OK\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY", NULL);
}

static void
ignore (guint channel, const guint8 *data, gsize size, gpointer user_data)
{
}

static void
test_range (void)
{
  static const struct {
    const char *description;
    const char *range;
  } rows[] = {
      {HEAD VIDEO, "\r\nRange: npt=0.000-\r\n"},
      {HEAD "a=range:npt=0-\r\n" VIDEO, "\r\nRange: npt=0.000-\r\n"},
      {HEAD "a=range:npt=now-\r\n" VIDEO, "\r\nRange: npt=now-\r\n"},
      {HEAD VIDEO "a=range:npt=now-\r\n", "\r\nRange: npt=now-\r\n"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (ScriptRtsp) camera =
        script_rtsp_new (on_request, (gpointer)rows[i].description, NULL);
    g_autofree char *location = script_rtsp_get_uri (camera, "stream");
    const CgRtspOptions options = {.location = location, .timeout_ms = ANSWER_MS};
    g_autoptr (CgRtspSession) session = cg_rtsp_session_new (&options, ignore, NULL);
    CgRtspTransport transport;
    g_autoptr (GError) error = NULL;

    g_autofree char *description = cg_rtsp_session_describe_in_thread (session, &error);
    g_assert_no_error (error);
    cg_rtsp_session_setup_in_thread (session, "1", &transport, &error);
    g_assert_no_error (error);
    cg_rtsp_session_play_in_thread (session, NULL, &error);
    g_assert_no_error (error);

    g_assert_cmpuint (script_rtsp_count (camera, rows[i].range), ==, 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtsp-play/range", test_range);
  return g_test_run ();
}
