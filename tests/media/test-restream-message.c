/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-message.h"

#include <string.h>

static const struct {
  const char *uri;
  const char *base;
  const char *stream;
  const char *did; /* (nullable): it names none */
  int track;       /* -1: it names none */
} rows[] = {
    {"rtsp://h:1/cam", "rtsp://h:1/cam", "rtsp://h:1/cam", "cam", -1},
    {"rtsp://h:1/cam//", "rtsp://h:1/cam", "rtsp://h:1/cam", "cam", -1},
    {"rtsp://h/cam/track1?x=/y", "rtsp://h/cam/track1", "rtsp://h/cam", "cam", 1},
    {"rtsp://[::1]:1/a%20b/track0/", "rtsp://[::1]:1/a%20b/track0", "rtsp://[::1]:1/a%20b", "a b",
     0},
    {"rtsp://h/cam/track9", "rtsp://h/cam/track9", "rtsp://h/cam/track9", "cam", -1},
    {"rtsp://h/cam/xtrack0", "rtsp://h/cam/xtrack0", "rtsp://h/cam/xtrack0", "cam", -1},
    {"rtsp://h/%zz", "rtsp://h/%zz", "rtsp://h/%zz", NULL, -1},
    {"rtsp://h", "rtsp://h", "rtsp://h", NULL, -1},
    {"*", "*", "*", NULL, -1},
    {"/", "", "", NULL, -1},
};

static void
test_addresses (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstRTSPMessage request = {0};
    guint number = 0;

    g_test_message ("%s", rows[i].uri);
    gst_rtsp_message_init_request (&request, GST_RTSP_SETUP, rows[i].uri);
    g_autofree char *base = cg_restream_message_get_base (&request);
    g_autofree char *stream = cg_restream_message_get_stream (&request);
    g_autofree char *did = cg_restream_message_get_did (&request);
    const gboolean names_track = cg_restream_message_get_track (&request, &number);

    g_assert_cmpstr (base, ==, rows[i].base);
    g_assert_cmpstr (stream, ==, rows[i].stream);
    g_assert_cmpstr (did, ==, rows[i].did);
    g_assert_cmpint (names_track ? (int)number : -1, ==, rows[i].track);
    gst_rtsp_message_unset (&request);
  }
}

static void
test_ways (void)
{
  GstRTSPMessage request = {0};

  gst_rtsp_message_init_request (&request, GST_RTSP_SETUP, "rtsp://h/cam/track0");
  gst_rtsp_message_add_header (&request, GST_RTSP_HDR_TRANSPORT, "RTP/AVP;unicast");
  gst_rtsp_message_add_header (&request, GST_RTSP_HDR_TRANSPORT, "RTP/AVP/TCP");
  g_autofree char *ways = cg_restream_message_get_ways (&request);

  g_assert_cmpstr (ways, ==, "RTP/AVP;unicast,RTP/AVP/TCP");
  gst_rtsp_message_unset (&request);
}

/* Of the request its number comes back, and no session that we have not given. */
static void
test_answer (void)
{
  GstRTSPMessage request = {0};
  GstRTSPMessage answer;

  gst_rtsp_message_init_request (&request, GST_RTSP_DESCRIBE, "rtsp://h/cam");
  gst_rtsp_message_add_header (&request, GST_RTSP_HDR_CSEQ, "7");
  gst_rtsp_message_add_header (&request, GST_RTSP_HDR_SESSION, "theirs");
  cg_restream_message_init_answer (&answer, &request, GST_RTSP_STS_NOT_FOUND);
  gst_rtsp_message_set_body (&answer, (const guint8 *)"v=0", 3);
  g_autoptr (GBytes) bytes = cg_restream_message_to_bytes (&answer);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_true (g_str_has_prefix (text, "RTSP/1.0 404 Not Found\r\n"));
  g_assert_true (g_str_has_suffix (text, "\r\nContent-Length: 3\r\n\r\nv=0"));
  g_assert_nonnull (strstr (text, "\r\nCSeq: 7\r\n"));
  g_assert_null (strstr (text, "theirs"));
  gst_rtsp_message_unset (&answer);
  gst_rtsp_message_unset (&request);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/restream-message/addresses", test_addresses);
  g_test_add_func ("/restream-message/ways", test_ways);
  g_test_add_func ("/restream-message/answer", test_answer);
  return g_test_run ();
}
