/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Viewers on the LAN: one thread, any number of them, each an output of the hub. */
#include <string.h>

#include "cg-media.h"
#include "media-fixture.h"
#include "restream-fixture.h"

#define USER "viewer"
#define PASSWORD "p@ss:w/rd"

static void
test_tcp (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  RestreamSeen seen = {0};

  restream_fixture_init (&fixture);
  restream_feed (&fixture, RESTREAM_GOP + 5);
  restream_open_viewer (&fixture, &viewer);

  rtsp_viewer_play (&viewer, "/cam");
  g_autofree char *info = rtsp_viewer_get_header (&viewer, "RTP-Info");
  restream_feed (&fixture, 10);
  restream_watch (&viewer, &seen, 15);

  /* The group of pictures that was under way comes first. */
  g_assert_cmpuint (seen.keys, ==, 1);
  g_assert_cmpuint (seen.sets, ==, 2);
  g_assert_cmpuint (seen.broken, ==, 0);
  g_assert_nonnull (strstr (info, "/cam/track0;seq="));
}

static void
test_description (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;

  restream_fixture_init (&fixture);
  cg_hub_expect_sound (fixture.hub, fixture.input);
  restream_feed (&fixture, 1);
  restream_feed_sound (&fixture);
  restream_open_viewer (&fixture, &viewer);

  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, 200);

  g_autofree char *base = rtsp_viewer_get_header (&viewer, "Content-Base");
  const char *body = g_bytes_get_data (viewer.body, NULL);
  g_assert_true (g_str_has_suffix (base, "/cam/"));
  g_assert_nonnull (strstr (body, "s=cam\r\n"));
  g_assert_nonnull (strstr (body, "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"));
  g_assert_nonnull (
      strstr (body, "profile-level-id=42C01E;sprop-parameter-sets=Z0LAHkA=,aM48gA=="));
  g_assert_nonnull (strstr (body, "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/48000/1\r\n"));
  g_assert_nonnull (strstr (body, ";config=1188\r\na=control:track1\r\n"));
}

/* Who comes first waits for the camera, and for its sound. */
static void
test_first_viewer_waits (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;

  restream_fixture_init (&fixture);
  cg_hub_expect_sound (fixture.hub, fixture.input);
  restream_open_viewer (&fixture, &viewer);
  rtsp_viewer_request (&viewer, "DESCRIBE", "/cam", NULL);
  media_wait_until (g_str_equal (fixture.watched->str, "+cam "));

  restream_feed (&fixture, 1);
  restream_feed_sound (&fixture);

  g_assert_cmpuint (rtsp_viewer_read_answer (&viewer), ==, 200);
  g_assert_nonnull (strstr (g_bytes_get_data (viewer.body, NULL), "m=audio"));
}

static void
test_udp (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  g_autoptr (GSocketAddress) place = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  RestreamSeen seen = {0};

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 3);
  restream_open_viewer (&fixture, &viewer);
  place = g_inet_socket_address_new (loopback, 0);
  g_assert_true (g_socket_bind (socket, place, FALSE, NULL));
  g_socket_set_timeout (socket, 20);
  g_autoptr (GSocketAddress) here = g_socket_get_local_address (socket, NULL);
  const guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here));
  g_autofree char *transport = g_strdup_printf (
      "Transport: RTP/AVP;multicast,RTP/AVP;unicast;client_port=%u-%u\r\n", port, port + 1);

  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, 200);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "SETUP", "/cam/track0", transport), ==, 200);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "PLAY", "/cam/", NULL), ==, 200);

  while (seen.pictures < 3) {
    char data[2048];
    CgRtpPacket packet;
    const gssize size = g_socket_receive (socket, data, sizeof data, NULL, NULL);

    g_assert_true (cg_rtp_packet_parse ((guint8 *)data, (gsize)size, &packet));
    restream_see (&seen, &packet);
  }
  g_assert_cmpuint (seen.keys, ==, 1);
  g_assert_cmpuint (seen.broken, ==, 0);
}

/* The last byte of its SPS is another. */
static CgFormat *
make_other_format (const CgFormat *format)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (format->codec_data, &size);
  g_autofree guint8 *bytes = g_memdup2 (data, size);
  const gsize sps_size = (gsize)bytes[6] << 8 | bytes[7];

  bytes[8 + sps_size - 1] ^= 0xff;
  g_autoptr (GBytes) record = g_bytes_new (bytes, size);
  return cg_format_new_h264 (record, 128, 128, 25);
}

/* Q25: a camera that changes its picture goes on at the same viewers, who are told in band. */
static void
test_new_parameters (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  RestreamSeen seen = {0};

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 5);
  restream_open_viewer (&fixture, &viewer);
  rtsp_viewer_play (&viewer, "/cam");
  restream_watch (&viewer, &seen, 5);
  restream_feed (&fixture, RESTREAM_GOP - 5);
  CgFormat *other = make_other_format (fixture.video);
  cg_format_unref (fixture.video);
  fixture.video = other;

  restream_feed (&fixture, 3);
  restream_watch (&viewer, &seen, RESTREAM_GOP + 3);

  g_assert_cmpuint (seen.sets, ==, 4);
  g_assert_cmpuint (seen.keys, ==, 2);
  g_assert_cmpuint (seen.broken, ==, 0);
  const guint8 *record = g_bytes_get_data (other->codec_data, NULL);
  g_assert_cmpmem (seen.sps, seen.sps_size, record + 8, (gsize)record[6] << 8 | record[7]);
}

/* Another codec is another description: who watches has to ask again. */
static void
test_another_codec (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 1);
  restream_open_viewer (&fixture, &viewer);
  rtsp_viewer_play (&viewer, "/cam");
  restream_feed (&fixture, RESTREAM_GOP - 1);
  CgFormat *other = cg_format_new_h265 (fixture.video->codec_data, 64, 64, 25);
  cg_format_unref (fixture.video);
  fixture.video = other;

  restream_feed (&fixture, 1);

  g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));
  media_wait_until (g_str_equal (fixture.watched->str, "+cam -cam "));
}

static void
test_ipv6 (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  RestreamSeen seen = {0};

  restream_fixture_init_options (&fixture, (CgRestreamOptions){.address = "::"});
  restream_feed (&fixture, 3);
  restream_open_viewer (&fixture, &viewer);

  rtsp_viewer_play (&viewer, "/cam");
  restream_watch (&viewer, &seen, 3);

  g_assert_cmpuint (seen.keys, ==, 1);
}

static void
test_count (void)
{
  g_auto (RestreamFixture) fixture;
  RtspViewer viewers[3];

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 1);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++) {
    restream_open_viewer (&fixture, &viewers[i]);
    rtsp_viewer_play (&viewers[i], "/cam");
    g_assert_cmpuint (cg_restream_count (fixture.restream, "cam"), ==, i + 1);
  }
  g_assert_cmpuint (cg_restream_count (fixture.restream, "other"), ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    rtsp_viewer_clear (&viewers[i]);
  media_wait_until (cg_restream_count (fixture.restream, "cam") == 0);
}

typedef struct {
  const char *method;
  const char *path;
  const char *headers;
  guint status;
} Exchange;

/* In this order, on one connection. */
static void
test_dialogue (void)
{
  static const Exchange exchanges[] = {
      {"OPTIONS", "/cam", NULL, 200},
      {"SETUP", "/cam/track0", "Transport: RTP/AVP/TCP;unicast\r\n", 455},
      {"PLAY", "/cam", NULL, 454},
      {"TEARDOWN", "/cam", "Session: 1\r\n", 454},
      {"DESCRIBE", "/other", NULL, 404},
      {"DESCRIBE", "", NULL, 404},
      {"DESCRIBE", "/cam%2", NULL, 404},
      {"ANNOUNCE", "/cam", NULL, 501},
      {"GET_PARAMETER", "/", NULL, 200},
      {"DESCRIBE", "/c%61m/?x=1", NULL, 200},
      {"SETUP", "/cam/track1", "Transport: RTP/AVP/TCP;unicast\r\n", 404},
      {"SETUP", "/cam/track0", NULL, 461},
      {"SETUP", "/cam/track0", "Transport: nonsense\r\n", 461},
      {"SETUP", "/cam/track0", "Transport: RTP/AVP;multicast\r\n", 461},
      {"SETUP", "/cam/track0", "Transport: RTP/AVP;unicast;client_port=0-1\r\n", 461},
      {"SETUP", "/cam/track0", "Transport: RTP/AVP/TCP;unicast;interleaved=4-5\r\n", 200},
      {"PLAY", "/cam", NULL, 200},
      {"SETUP", "/cam/track0", "Transport: RTP/AVP/TCP;unicast\r\n", 455},
      {"PLAY", "/cam", NULL, 200},
      {"PAUSE", "/cam", NULL, 200},
      {"PLAY", "/cam", NULL, 200},
      {"TEARDOWN", "/cam", NULL, 200},
      {"PLAY", "/cam", NULL, 454},
  };
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 3);
  restream_open_viewer (&fixture, &viewer);

  for (gsize i = 0; i < G_N_ELEMENTS (exchanges); i++) {
    const Exchange *row = &exchanges[i];

    g_test_message ("%s %s", row->method, row->path);
    g_assert_cmpuint (rtsp_viewer_ask (&viewer, row->method, row->path, row->headers), ==,
                      row->status);
  }
}

static guint32
get_rtp_info_time (RtspViewer *viewer)
{
  g_autofree char *info = rtsp_viewer_get_header (viewer, "RTP-Info");
  const char *time = strstr (info, "rtptime=");

  g_assert_nonnull (time);
  g_assert_nonnull (strstr (info, "/cam/track0;"));
  return (guint32)g_ascii_strtoull (time + strlen ("rtptime="), NULL, 10);
}

/* RFC 2326, appendix B: the time of the packets goes on after a pause. */
static void
test_pause (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  RestreamSeen seen = {0};

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 2 * RESTREAM_GOP);
  restream_open_viewer (&fixture, &viewer);
  rtsp_viewer_play (&viewer, "/cam");
  restream_watch (&viewer, &seen, RESTREAM_GOP);
  const guint32 last = seen.time;

  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "PAUSE", "/cam", NULL), ==, 200);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "PLAY", "/cam/track0", NULL), ==, 200);
  const guint32 first = get_rtp_info_time (&viewer);
  restream_watch (&viewer, &seen, RESTREAM_GOP + 1);

  g_assert_cmpuint (first - last, >=, 3600);
  g_assert_cmpuint (first - last, <, 60 * 90000);
  g_assert_cmpuint (seen.time, ==, first);
}

static void
test_login (void)
{
  static const struct {
    const char *username;
    const char *password;
    guint status;
  } rows[] = {
      {NULL, NULL, 401}, {USER, "wrong", 401}, {"other", PASSWORD, 401}, {USER, PASSWORD, 200}};
  g_auto (RestreamFixture) fixture;

  restream_fixture_init_options (&fixture,
                                 (CgRestreamOptions){.username = USER, .password = PASSWORD});
  restream_feed (&fixture, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (RtspViewer) viewer;

    restream_open_viewer (&fixture, &viewer);
    viewer.username = rows[i].username;
    viewer.password = rows[i].password;
    g_assert_cmpuint (rtsp_viewer_ask (&viewer, "OPTIONS", "/cam", NULL), ==, 200);
    g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, rows[i].status);
  }

  /* Who was wrong waits, on whatever connection, and gets in all the same. */
  const gint64 began_us = g_get_monotonic_time ();
  for (gsize i = 0; i < 2; i++) {
    g_auto (RtspViewer) viewer;

    restream_open_viewer (&fixture, &viewer);
    viewer.username = USER;
    viewer.password = i == 0 ? "wrong" : PASSWORD;
    g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, i == 0 ? 401 : 200);
  }
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, G_USEC_PER_SEC);

  /* Nobody gets to try for long. */
  g_auto (RtspViewer) guesser;
  restream_open_viewer (&fixture, &guesser);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (rtsp_viewer_ask (&guesser, "DESCRIBE", "/cam", NULL), ==, 401);
  g_assert_true (rtsp_viewer_is_hung_up_on (&guesser));
}

static void
test_camera_is_away (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;

  restream_fixture_init_options (&fixture, (CgRestreamOptions){.answer_timeout_ms = 100});
  cg_restream_set_hub (fixture.restream, "soon", NULL);
  restream_open_viewer (&fixture, &viewer);

  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, 503);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/soon", NULL), ==, 503);

  media_wait_until (g_str_equal (fixture.watched->str, "+cam -cam +soon -soon "));
}

static void
test_watched_by_the_first_until_the_last (void)
{
  g_auto (RestreamFixture) fixture;

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 1);
  {
    g_auto (RtspViewer) one;
    g_auto (RtspViewer) other;

    restream_open_viewer (&fixture, &one);
    restream_open_viewer (&fixture, &other);
    rtsp_viewer_play (&one, "/cam");
    rtsp_viewer_play (&other, "/cam");
    g_assert_cmpuint (rtsp_viewer_ask (&one, "TEARDOWN", "/cam", NULL), ==, 200);
    media_wait_until (g_str_equal (fixture.watched->str, "+cam "));
  }

  media_wait_until (g_str_equal (fixture.watched->str, "+cam -cam "));
}

static void
test_camera_is_removed (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;
  g_auto (RtspViewer) next;
  g_autoptr (CgHub) hub = cg_hub_new ();

  restream_fixture_init (&fixture);
  restream_feed (&fixture, 1);
  restream_open_viewer (&fixture, &viewer);
  rtsp_viewer_play (&viewer, "/cam");

  cg_restream_set_hub (fixture.restream, "cam", hub);
  g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));

  cg_restream_remove (fixture.restream, "cam");
  restream_open_viewer (&fixture, &next);
  g_assert_cmpuint (rtsp_viewer_ask (&next, "DESCRIBE", "/cam", NULL), ==, 404);
}

static void
test_close (void)
{
  const guint fds = media_count_fds ();

  for (guint i = 0; i < 3; i++) {
    g_auto (RestreamFixture) fixture;
    g_auto (RtspViewer) viewer;
    g_autoptr (GError) error = NULL;

    restream_fixture_init (&fixture);
    restream_feed (&fixture, 1);
    restream_open_viewer (&fixture, &viewer);
    rtsp_viewer_play (&viewer, "/cam");
    const guint16 port = cg_restream_get_port (fixture.restream);

    restream_fixture_close (&fixture);

    g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));
    const CgRestreamOptions options = {.address = "127.0.0.1", .port = port};
    g_autoptr (CgRestream) next = cg_restream_new (&options, &error);
    g_assert_no_error (error);
    g_assert_nonnull (next);
    g_autoptr (CgRestream) another = cg_restream_new (&options, &error);
    g_assert_null (another);
    g_assert_nonnull (error);
  }
  media_wait_until (media_count_fds () <= fds);
}

/* GLib has a thread and descriptors that come with the first use, and stay. */
static void
warm_up (void)
{
  g_auto (RestreamFixture) fixture;
  g_auto (RtspViewer) viewer;

  restream_fixture_init (&fixture);
  restream_open_viewer (&fixture, &viewer);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "OPTIONS", "/cam", NULL), ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));
  warm_up ();
  g_test_add_func ("/restream/tcp", test_tcp);
  g_test_add_func ("/restream/udp", test_udp);
  g_test_add_func ("/restream/ipv6", test_ipv6);
  g_test_add_func ("/restream/q25-new-parameters", test_new_parameters);
  g_test_add_func ("/restream/another-codec", test_another_codec);
  g_test_add_func ("/restream/count", test_count);
  g_test_add_func ("/restream/description", test_description);
  g_test_add_func ("/restream/first-viewer-waits", test_first_viewer_waits);
  g_test_add_func ("/restream/dialogue", test_dialogue);
  g_test_add_func ("/restream/pause", test_pause);
  g_test_add_func ("/restream/login", test_login);
  g_test_add_func ("/restream/camera-is-away", test_camera_is_away);
  g_test_add_func ("/restream/watched-by-the-first-until-the-last",
                   test_watched_by_the_first_until_the_last);
  g_test_add_func ("/restream/camera-is-removed", test_camera_is_removed);
  g_test_add_func ("/restream/close", test_close);
  return media_test_run ();
}
