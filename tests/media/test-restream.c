/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Viewers on the LAN: one thread, any number of them, each an output of the hub. */
#include <string.h>

#include "cg-media.h"
#include "cg-restream.h"
#include "media-fixture.h"
#include "rtsp-viewer.h"

#define USER "viewer"
#define PASSWORD "p@ss:w/rd"
#define FRAME_US 40000
#define PICTURE_BYTES 20000
#define GOP 25

typedef struct {
  CgRestream *restream;
  CgHub *hub;
  guint input;
  CgFormat *video;
  CgFormat *audio;
  guint fed;
  GString *watched;
  gboolean closed;
} Fixture;

static void
on_watched (CgRestream *restream, const char *did, gboolean is_watched, Fixture *fixture)
{
  g_string_append_printf (fixture->watched, "%s%s ", is_watched ? "+" : "-", did);
}

static void
fixture_init_options (Fixture *fixture, CgRestreamOptions options)
{
  g_autoptr (GError) error = NULL;

  *fixture = (Fixture){.hub = cg_hub_new (), .watched = g_string_new (NULL)};
  fixture->video = media_make_video_format (64);
  fixture->audio = media_make_audio_format ();
  fixture->input = cg_hub_open_input (fixture->hub);
  options.address = "127.0.0.1";
  fixture->restream = cg_restream_new (&options, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->restream, "watched", G_CALLBACK (on_watched), fixture);
  cg_restream_set_hub (fixture->restream, "cam", fixture->hub);
}

static void
fixture_init (Fixture *fixture)
{
  fixture_init_options (
      fixture, (CgRestreamOptions){.answer_timeout_ms = 10000, .session_timeout_ms = 60000});
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (cg_restream_close_finish (CG_RESTREAM (object), result, NULL));
  *(gboolean *)user_data = TRUE;
}

static void
fixture_close (Fixture *fixture)
{
  cg_restream_close_async (fixture->restream, on_closed, &fixture->closed);
  media_wait_until (fixture->closed);
}

static void
fixture_clear (Fixture *fixture)
{
  if (!fixture->closed)
    fixture_close (fixture);
  g_clear_object (&fixture->restream);
  g_clear_object (&fixture->hub);
  g_clear_pointer (&fixture->video, cg_format_unref);
  g_clear_pointer (&fixture->audio, cg_format_unref);
  g_string_free (fixture->watched, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* One NAL unit whose bytes tell which picture it is. */
static CgAccessUnit *
make_picture (CgFormat *format, gboolean key, guint number, gsize size)
{
  g_autofree guint8 *bytes = g_malloc (size + 4);

  memset (bytes, (int)(number | 1), size + 4);
  bytes[0] = (guint8)(size >> 24);
  bytes[1] = (guint8)(size >> 16);
  bytes[2] = (guint8)(size >> 8);
  bytes[3] = (guint8)size;
  bytes[4] = key ? 0x65 : 0x41;
  g_autoptr (GBytes) data = g_bytes_new (bytes, size + 4);
  return cg_access_unit_new (CG_TRACK_VIDEO, format, data, key);
}

static void
feed (Fixture *fixture, guint count)
{
  for (guint i = 0; i < count; i++, fixture->fed++) {
    const gint64 time_us = (gint64)fixture->fed * FRAME_US;
    CgAccessUnit *unit =
        make_picture (fixture->video, fixture->fed % GOP == 0, fixture->fed, PICTURE_BYTES);

    cg_hub_feed (fixture->hub, fixture->input, unit, time_us, time_us + 1);
  }
}

static void
feed_sound (Fixture *fixture)
{
  const gint64 time_us = (gint64)fixture->fed * FRAME_US;

  cg_hub_feed (fixture->hub, fixture->input, media_make_audio (fixture->audio), time_us, time_us);
}

static void
open_viewer (Fixture *fixture, RtspViewer *viewer)
{
  rtsp_viewer_open (viewer, cg_restream_get_port (fixture->restream));
}

/* What a packet is the last of: a key frame, another picture; 0: of nothing. */
typedef struct {
  gboolean is_key;
  guint pictures;
  guint keys;
  guint sets;
  guint broken; /* groups that did not begin with a key frame, or have a gap */
  gboolean has_number;
  guint16 number;
  gboolean has_time;
  guint32 time;
} Seen;

static void
see (Seen *seen, const CgRtpPacket *packet)
{
  const guint type = packet->data[0] & 0x1f;
  const guint nal = type == 28 ? packet->data[1] & 0x1f : type;

  if (seen->has_number)
    g_assert_cmpuint (packet->number, ==, (guint16)(seen->number + 1));
  seen->has_number = TRUE;
  seen->number = packet->number;
  seen->sets += nal == 7 || nal == 8;
  if (!packet->marker)
    return;
  seen->is_key = nal == 5;
  seen->keys += seen->is_key;
  seen->pictures++;
  if (seen->has_time && packet->time - seen->time != 3600 && !seen->is_key)
    seen->broken++;
  seen->has_time = TRUE;
  seen->time = packet->time;
}

static void
watch (RtspViewer *viewer, Seen *seen, guint pictures)
{
  CgRtpPacket packet;
  guint channel;

  while (seen->pictures < pictures) {
    g_assert_true (rtsp_viewer_read_packet (viewer, &channel, &packet));
    if (channel == 0)
      see (seen, &packet);
  }
}

static void
test_tcp (void)
{
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) viewer;
  Seen seen = {0};

  fixture_init (&fixture);
  feed (&fixture, GOP + 5);
  open_viewer (&fixture, &viewer);

  rtsp_viewer_play (&viewer, "/cam");
  g_autofree char *info = rtsp_viewer_get_header (&viewer, "RTP-Info");
  feed (&fixture, 10);
  watch (&viewer, &seen, 15);

  /* The group of pictures that was under way comes first. */
  g_assert_cmpuint (seen.keys, ==, 1);
  g_assert_cmpuint (seen.sets, ==, 2);
  g_assert_cmpuint (seen.broken, ==, 0);
  g_assert_nonnull (strstr (info, "/cam/track0;seq="));
}

static void
test_description (void)
{
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) viewer;

  fixture_init (&fixture);
  cg_hub_expect_sound (fixture.hub, fixture.input);
  feed (&fixture, 1);
  feed_sound (&fixture);
  open_viewer (&fixture, &viewer);

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
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) viewer;

  fixture_init (&fixture);
  cg_hub_expect_sound (fixture.hub, fixture.input);
  open_viewer (&fixture, &viewer);
  rtsp_viewer_request (&viewer, "DESCRIBE", "/cam", NULL);
  media_wait_until (g_str_equal (fixture.watched->str, "+cam "));

  feed (&fixture, 1);
  feed_sound (&fixture);

  g_assert_cmpuint (rtsp_viewer_read_answer (&viewer), ==, 200);
  g_assert_nonnull (strstr (g_bytes_get_data (viewer.body, NULL), "m=audio"));
}

static void
test_udp (void)
{
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) viewer;
  g_autoptr (GSocketAddress) place = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  Seen seen = {0};

  fixture_init (&fixture);
  feed (&fixture, 3);
  open_viewer (&fixture, &viewer);
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
    see (&seen, &packet);
  }
  g_assert_cmpuint (seen.keys, ==, 1);
  g_assert_cmpuint (seen.broken, ==, 0);
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
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) viewer;

  fixture_init (&fixture);
  feed (&fixture, 3);
  open_viewer (&fixture, &viewer);

  for (gsize i = 0; i < G_N_ELEMENTS (exchanges); i++) {
    const Exchange *row = &exchanges[i];

    g_test_message ("%s %s", row->method, row->path);
    g_assert_cmpuint (rtsp_viewer_ask (&viewer, row->method, row->path, row->headers), ==,
                      row->status);
  }
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
  g_auto (Fixture) fixture;

  fixture_init_options (&fixture, (CgRestreamOptions){.username = USER,
                                                      .password = PASSWORD,
                                                      .answer_timeout_ms = 10000,
                                                      .session_timeout_ms = 60000});
  feed (&fixture, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (RtspViewer) viewer;

    open_viewer (&fixture, &viewer);
    viewer.username = rows[i].username;
    viewer.password = rows[i].password;
    g_assert_cmpuint (rtsp_viewer_ask (&viewer, "OPTIONS", "/cam", NULL), ==, 200);
    g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, rows[i].status);
  }

  /* Nobody gets to try for long. */
  g_auto (RtspViewer) guesser;
  open_viewer (&fixture, &guesser);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (rtsp_viewer_ask (&guesser, "DESCRIBE", "/cam", NULL), ==, 401);
  g_assert_true (rtsp_viewer_is_hung_up_on (&guesser));
}

static void
test_camera_is_away (void)
{
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) viewer;

  fixture_init_options (&fixture,
                        (CgRestreamOptions){.answer_timeout_ms = 100, .session_timeout_ms = 60000});
  cg_restream_set_hub (fixture.restream, "soon", NULL);
  open_viewer (&fixture, &viewer);

  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, 503);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/soon", NULL), ==, 503);

  media_wait_until (g_str_equal (fixture.watched->str, "+cam -cam +soon -soon "));
}

static void
test_watched_by_the_first_until_the_last (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  feed (&fixture, 1);
  {
    g_auto (RtspViewer) one;
    g_auto (RtspViewer) other;

    open_viewer (&fixture, &one);
    open_viewer (&fixture, &other);
    rtsp_viewer_play (&one, "/cam");
    rtsp_viewer_play (&other, "/cam");
    g_assert_cmpuint (rtsp_viewer_ask (&one, "TEARDOWN", "/cam", NULL), ==, 200);
    media_wait_until (g_str_equal (fixture.watched->str, "+cam "));
  }

  media_wait_until (g_str_equal (fixture.watched->str, "+cam -cam "));
}

static guint64
count_dropped (Fixture *fixture)
{
  CgHubStats stats;

  cg_hub_get_stats (fixture->hub, &stats);
  return stats.dropped;
}

/* Sixty seconds of ten megabytes each pass by one who does not read. */
static void
test_slow_viewer (void)
{
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) slow;
  g_auto (RtspViewer) quick;
  Seen seen = {0}, late = {0};

  fixture_init (&fixture);
  feed (&fixture, 1);
  open_viewer (&fixture, &slow);
  open_viewer (&fixture, &quick);
  rtsp_viewer_play (&slow, "/cam");
  rtsp_viewer_play (&quick, "/cam");

  for (guint i = 1; i <= 60; i++) {
    feed (&fixture, GOP);
    watch (&quick, &seen, i * GOP);
  }
  const guint64 dropped = count_dropped (&fixture);
  watch (&slow, &late, 100);

  /* Whole groups of pictures were lost to the slow one, and nothing to the other. */
  g_assert_cmpuint (seen.broken, ==, 0);
  g_assert_cmpuint (dropped, >, 20 * GOP);
  g_assert_cmpuint (late.broken, ==, 0);
  g_assert_cmpuint (late.keys, >, 2);
}

static void
test_camera_is_removed (void)
{
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) viewer;
  g_auto (RtspViewer) next;
  g_autoptr (CgHub) hub = cg_hub_new ();

  fixture_init (&fixture);
  feed (&fixture, 1);
  open_viewer (&fixture, &viewer);
  rtsp_viewer_play (&viewer, "/cam");

  cg_restream_set_hub (fixture.restream, "cam", hub);
  g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));

  cg_restream_remove (fixture.restream, "cam");
  open_viewer (&fixture, &next);
  g_assert_cmpuint (rtsp_viewer_ask (&next, "DESCRIBE", "/cam", NULL), ==, 404);
}

/* RTP/AVP to a port where nobody is: only a sign of life tells that somebody watches. */
static void
test_silent_viewer_is_given_up (void)
{
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) viewer;
  g_auto (RtspViewer) mute;

  fixture_init_options (&fixture,
                        (CgRestreamOptions){.answer_timeout_ms = 10000, .session_timeout_ms = 200});
  feed (&fixture, 1);
  open_viewer (&fixture, &viewer);
  open_viewer (&fixture, &mute);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "DESCRIBE", "/cam", NULL), ==, 200);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "SETUP", "/cam/track0",
                                     "Transport: RTP/AVP;unicast;client_port=9-10\r\n"),
                    ==, 200);
  g_assert_cmpuint (rtsp_viewer_ask (&viewer, "PLAY", "/cam", NULL), ==, 200);

  g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));
  g_assert_true (rtsp_viewer_is_hung_up_on (&mute));
  media_wait_until (g_str_equal (fixture.watched->str, "+cam -cam "));
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
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) good;

  fixture_init (&fixture);
  feed (&fixture, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (RtspViewer) viewer;

    open_viewer (&fixture, &viewer);
    rtsp_viewer_write (&viewer, rows[i], strlen (rows[i]));
    g_socket_shutdown (g_socket_connection_get_socket (viewer.connection), FALSE, TRUE, NULL);
    g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));
  }

  open_viewer (&fixture, &good);
  rtsp_viewer_play (&good, "/cam");
}

static void
test_close (void)
{
  const guint fds = media_count_fds ();

  for (guint i = 0; i < 3; i++) {
    g_auto (Fixture) fixture;
    g_auto (RtspViewer) viewer;
    g_autoptr (GError) error = NULL;

    fixture_init (&fixture);
    feed (&fixture, 1);
    open_viewer (&fixture, &viewer);
    rtsp_viewer_play (&viewer, "/cam");
    const guint16 port = cg_restream_get_port (fixture.restream);

    fixture_close (&fixture);

    g_assert_true (rtsp_viewer_is_hung_up_on (&viewer));
    const CgRestreamOptions options = {.address = "127.0.0.1", .port = port};
    g_autoptr (CgRestream) next = cg_restream_new (&options, &error);
    g_assert_no_error (error);
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
  g_auto (Fixture) fixture;
  g_auto (RtspViewer) viewer;

  fixture_init (&fixture);
  open_viewer (&fixture, &viewer);
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
  g_test_add_func ("/restream/description", test_description);
  g_test_add_func ("/restream/first-viewer-waits", test_first_viewer_waits);
  g_test_add_func ("/restream/dialogue", test_dialogue);
  g_test_add_func ("/restream/login", test_login);
  g_test_add_func ("/restream/camera-is-away", test_camera_is_away);
  g_test_add_func ("/restream/watched-by-the-first-until-the-last",
                   test_watched_by_the_first_until_the_last);
  g_test_add_func ("/restream/slow-viewer", test_slow_viewer);
  g_test_add_func ("/restream/camera-is-removed", test_camera_is_removed);
  g_test_add_func ("/restream/silent-viewer-is-given-up", test_silent_viewer_is_given_up);
  g_test_add_func ("/restream/nonsense", test_nonsense);
  g_test_add_func ("/restream/close", test_close);
  return media_test_run ();
}
