/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Viewers who are slow, gone, or mean harm: the others notice nothing. */
#include <string.h>
#include <sys/socket.h>

#include "cg-media.h"
#include "cg-restream-wire.h"
#include "media-fixture.h"
#include "restream-fixture.h"

static guint64
count_dropped (RestreamFixture *fixture)
{
  CgHubStats stats;

  cg_hub_get_stats (fixture->hub, &stats);
  return stats.dropped;
}

/* Sixty seconds of ten megabytes each pass by one who does not read. */
static void
test_slow_viewer (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) slow;
  g_auto (RtspViewer) quick;
  RestreamSeen seen = {0}, late = {0};

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 1);
  restream_open_viewer (&fixture, &slow);
  restream_open_viewer (&fixture, &quick);
  rtsp_viewer_play (&slow, "/cam");
  rtsp_viewer_play (&quick, "/cam");

  for (guint i = 1; i <= 60; i++) {
    restream_feed (&fixture, RESTREAM_GOP);
    restream_watch (&quick, &seen, i * RESTREAM_GOP);
  }
  const guint64 dropped = count_dropped (&fixture);
  restream_watch (&slow, &late, 100);

  /* Whole groups of pictures were lost to the slow one, and nothing to the other. */
  g_assert_cmpuint (seen.broken, ==, 0);
  g_assert_cmpuint (dropped, >, 20 * RESTREAM_GOP);
  g_assert_cmpuint (late.broken, ==, 0);
  g_assert_cmpuint (late.keys, >, 2);
}

/* RTP/AVP to a port where nobody is: only a sign of life tells that somebody watches. */
static void
test_silent_viewer_is_given_up (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  g_auto (RtspViewer) mute;

  restream_fixture_init_options (&fixture, (CgRestreamOptions){.session_timeout_ms = 200});
  restream_feed (&fixture, 1);
  restream_open_viewer (&fixture, &viewer);
  restream_open_viewer (&fixture, &mute);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, 200);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "SETUP", "/cam/track0",
                                     "Transport: RTP/AVP;unicast;client_port=9-10\r\n"),
                    ==, 200);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "PLAY", "/cam", NULL), ==, 200);

  g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));
  g_assert_true (rtsp_viewer_is_hung_up_on (&mute));
  media_wait_until (g_str_equal (fixture.watched->str, "+cam -cam "));
}

/* Who has asked what there is and then only says that it is there keeps neither the camera nor the
 * place. */
static void
test_asks_and_does_not_watch (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  const gint64 until_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  restream_fixture_init_options (&fixture, (CgRestreamOptions){.session_timeout_ms = 200});
  restream_feed (&fixture, 1);
  restream_open_viewer (&fixture, &viewer);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, 200);

  while (rtsp_viewer_ask (&viewer, "OPTIONS", "/cam", NULL) == 200)
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
  media_wait_until (g_str_equal (fixture.watched->str, "+cam -cam "));
}

/* Reports of others say nothing of a viewer that has gone. */
static void
test_reports_of_strangers (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  g_autoptr (GSocketAddress) here = g_inet_socket_address_new_from_string ("127.0.0.2", 0);
  g_autoptr (GSocket) stranger =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  const gint64 until_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  restream_fixture_init_options (&fixture, (CgRestreamOptions){.session_timeout_ms = 200});
  restream_feed (&fixture, 1);
  restream_open_viewer (&fixture, &viewer);
  g_assert_true (g_socket_bind (stranger, here, FALSE, NULL));
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, 200);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "SETUP", "/cam/track0",
                                     "Transport: RTP/AVP;unicast;client_port=9-10\r\n"),
                    ==, 200);
  g_autofree char *way = rtsp_viewer_get_header (&viewer, "Transport");
  const guint port = (guint)atoi (strstr (way, "server_port=") + strlen ("server_port=")) + 1;
  g_autoptr (GSocketAddress) reports =
      g_inet_socket_address_new_from_string ("127.0.0.1", (guint16)port);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "PLAY", "/cam", NULL), ==, 200);

  while (!g_str_equal (fixture.watched->str, "+cam -cam ")) {
    g_socket_send_to (stranger, reports, "word", 4, NULL, NULL);
    g_main_context_iteration (NULL, FALSE);
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
  }
}

/* Who speaks nonsense is hung up on, and nobody else notices. */
static void
test_nonsense (void)
{
  static const char *const rows[] = {
      "GET / HTTP/1.0\r\n\r\n",
      "\r\n\r\n\r\n\r\nfoo\r\n\r\n",
      "DESCRIBE rtsp://x/cam RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 99999999\r\n\r\n",
      "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n",
      "DESCRIBE  RTSP/1.0\r\n\r\n",
      "$\x07\xff\xff",
  };
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) good;

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (RtspViewer) viewer;

    restream_open_viewer (&fixture, &viewer);
    rtsp_viewer_write (&viewer, rows[i], strlen (rows[i]));
    g_socket_shutdown (g_socket_connection_get_socket (viewer.connection), FALSE, TRUE, NULL);
    g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));
  }

  restream_open_viewer (&fixture, &good);
  rtsp_viewer_play (&good, "/cam");
}

/* Others are let in meanwhile: the thread of the viewers is busy with nobody. */
static void
assert_open (RestreamFixture *fixture)
{
  g_auto (RtspViewer) good;
  RestreamSeen seen = {0};

  restream_open_viewer (fixture, &good);
  rtsp_viewer_play (&good, "/cam");
  restream_watch (&good, &seen, 1);
}

/* A head without end is nothing to wait for. */
static void
test_endless_head (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  g_autoptr (GString) head = g_string_new ("OPTIONS rtsp://x/cam RTSP/1.0\r\n");

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 1);
  restream_open_viewer (&fixture, &viewer);
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (head, "X-%u: and so on\r\n", i);
  rtsp_viewer_write (&viewer, head->str, head->len);

  assert_open (&fixture);
  g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));
}

static void
on_request (const GstRTSPMessage *request, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
on_packet (gpointer user_data)
{
  g_assert_not_reached ();
}

static void
on_written (gpointer user_data)
{
}

static void
on_lost (const char *why, gpointer user_data)
{
  *(char **)user_data = g_strdup (why);
}

/* Who asks and asks and reads nothing is not answered for ever. */
static void
test_unread_answers (void)
{
  static const CgRestreamWireFuncs funcs = {on_request, on_packet, on_written, on_lost};
  g_autofree char *why = NULL;
  guint count = 0;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  g_autoptr (GSocket) here = g_socket_new_from_fd (ends[0], NULL);
  g_autoptr (GSocket) there = g_socket_new_from_fd (ends[1], NULL);
  CgRestreamWire *wire = cg_restream_wire_new (here, &funcs, &why, NULL);

  while (!cg_restream_wire_is_busy (wire))
    cg_restream_wire_write (wire, g_bytes_new_take (g_malloc0 (65536), 65536));
  for (; why == NULL && count < 1000; count++)
    cg_restream_wire_write (wire, g_bytes_new_static ("answer", 6));

  g_assert_cmpstr (why, ==, "does not read its answers");
  g_assert_cmpuint (count, ==, 64);
  cg_restream_wire_free (wire);
}

/* A byte at a time, and never a whole request: that is no sign of life. */
static void
test_slow_loris (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  GSocket *socket;
  gssize n = 1;

  restream_fixture_init_options (&fixture, (CgRestreamOptions){.session_timeout_ms = 200});
  restream_open_viewer (&fixture, &viewer);
  rtsp_viewer_write (&viewer, "OPTIONS ", 8);
  socket = g_socket_connection_get_socket (viewer.connection);

  while (n > 0) {
    media_iterate ("the slow one is given up");
    n = g_socket_send (socket, "x", 1, NULL, NULL);
  }
}

#define CROWD 200
#define MAX_VIEWERS 64

static void
clear_viewers (RtspViewer *viewers, guint count)
{
  for (guint i = 0; i < count; i++)
    rtsp_viewer_clear (&viewers[i]);
}

/* Who comes and asks for nothing makes room, the first one first; who watches stays. */
static void
test_crowd (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) watching;
  RtspViewer crowd[CROWD];
  RestreamSeen seen = {0};

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 1);
  restream_open_viewer (&fixture, &watching);
  rtsp_viewer_play (&watching, "/cam");
  for (guint i = 0; i < CROWD; i++)
    restream_open_viewer (&fixture, &crowd[i]);

  assert_open (&fixture);
  for (guint i = 0; i < CROWD - MAX_VIEWERS; i++)
    g_assert_true (rtsp_viewer_is_hung_up_on (&crowd[i]));
  restream_feed (&fixture, 9);
  restream_watch (&watching, &seen, 10);
  g_assert_cmpuint (seen.broken, ==, 0);
  clear_viewers (crowd, CROWD);
}

/* More than the box is made for are sent away, and let in when others have left. */
static void
test_full (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) late;
  RtspViewer viewers[MAX_VIEWERS];

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 1);
  for (guint i = 0; i < MAX_VIEWERS; i++) {
    restream_open_viewer (&fixture, &viewers[i]);
    g_assert_cmpuint (rtsp_viewer_ask (&viewers[i], "DESCRIBE", "/cam", NULL), ==, 200);
  }
  restream_open_viewer (&fixture, &late);
  g_assert_true (rtsp_viewer_is_hung_up_on (&late));

  clear_viewers (viewers, MAX_VIEWERS);
  media_wait_until (cg_restream_count (fixture.restream, "cam") == 0);
  assert_open (&fixture);
}

/* A DESCRIBE that waits for the picture: what else is asked meanwhile is not for this moment. */
static void
test_asks_too_early (void)
{
  static const char *const methods[] = {"PAUSE", "PLAY"};

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_auto (RestreamFixture) fixture;
    g_auto (RtspViewer) viewer;

    restream_fixture_init (&fixture);
    restream_feed (&fixture, 1);
    restream_open_viewer (&fixture, &viewer);
    rtsp_viewer_play (&viewer, "/cam");
    cg_hub_close_input (fixture.hub, fixture.input);

    rtsp_viewer_request (&viewer, "DESCRIBE", "/cam", NULL);
    rtsp_viewer_request (&viewer, methods[i], "/cam", NULL);
    g_assert_cmpuint (rtsp_viewer_read_answer (&viewer), ==, 455);
    fixture.input = cg_hub_open_input (fixture.hub);
    restream_feed (&fixture, RESTREAM_GOP);

    g_assert_cmpuint (rtsp_viewer_read_answer (&viewer), ==, 200);
    assert_open (&fixture);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));
  /* That no more are let in is told as a warning. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/restream/slow-viewer", test_slow_viewer);
  g_test_add_func ("/restream/silent-viewer-is-given-up", test_silent_viewer_is_given_up);
  g_test_add_func ("/restream/asks-and-does-not-watch", test_asks_and_does_not_watch);
  g_test_add_func ("/restream/reports-of-strangers", test_reports_of_strangers);
  g_test_add_func ("/restream/nonsense", test_nonsense);
  g_test_add_func ("/restream/endless-head", test_endless_head);
  g_test_add_func ("/restream/unread-answers", test_unread_answers);
  g_test_add_func ("/restream/slow-loris", test_slow_loris);
  g_test_add_func ("/restream/crowd", test_crowd);
  g_test_add_func ("/restream/full", test_full);
  g_test_add_func ("/restream/asks-too-early", test_asks_too_early);
  return media_test_run ();
}
