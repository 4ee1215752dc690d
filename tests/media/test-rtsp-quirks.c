/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source against cameras whose every byte the test writes. */
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <string.h>

#include "cg-error.h"
#include "cg-media.h"
#include "media-fixture.h"
#include "script-rtsp.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"
#define VIDEO "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
#define SETS                                                                                       \
  "a=fmtp:96 packetization-mode=1;sprop-parameter-sets="                                           \
  "Z0LAFdkBQfsBagwMDUoAAAMAAgAAAwBlHixckA==,aMuMsg==\r\n"
#define SOUND "m=audio 0 RTP/AVP 8\r\na=control:track2\r\n"
#define SPEAKER "m=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:track3\r\n"

/* 320x240 and 1920x1080. */
#define SPS                                                                                        \
  "\x67\x42\xc0\x15\xd9\x01\x41\xfb\x01\x6a\x0c\x0c\x0d\x4a\x00\x00\x03\x00\x02\x00\x00\x03\x00"   \
  "\x65\x1e\x2c\x5c\x90"
#define PPS "\x68\xcb\x8c\xb2"
#define HD_SPS                                                                                     \
  "\x67\x64\x00\x28\xac\xd9\x40\x78\x02\x27\xe5\xc0\x5a\x80\x80\x80\xa0\x00\x00\x7d\x20\x00\x1d"   \
  "\x4c\x11\xe3\x06\x32\xc0"
#define HD_PPS "\x68\xeb\xec\xb2\x2c"
#define IDR "\x65\x88\x11"
#define INTER "\x41\x98\x11"

#define HOUR (3600u * 90000u)
#define FRAME 3600

/* One packet after PLAY. */
typedef struct {
  guint channel;
  guint type; /* with the marker bit */
  guint32 time;
  const char *bytes;
  gsize size;
} Packet;

#define P(channel, type, time, bytes)                                                              \
  {                                                                                                \
    channel, type, time, bytes, sizeof (bytes) - 1                                                 \
  }
#define M 0x80

typedef struct {
  const char *description;
  const char *transport;   /* (nullable) */
  const char *sound_setup; /* (nullable) status */
  const Packet *packets;
  guint n_packets;
} Camera;

typedef struct {
  Camera *camera;
  ScriptRtsp *script;
  GstElement *pipeline;
  GMutex mutex;
  GPtrArray *video; /* (element-type GstSample) */
  GPtrArray *audio; /* (element-type GstSample) */
  gboolean is_over;
  GError *error;
} Fixture;

static void
append_packet (GString *bytes, const Packet *packet, guint16 number)
{
  const gsize size = 12 + packet->size;
  const guint8 head[] = {'$',
                         (guint8)packet->channel,
                         (guint8)(size >> 8),
                         (guint8)size,
                         0x80,
                         (guint8)packet->type,
                         (guint8)(number >> 8),
                         (guint8)number,
                         (guint8)(packet->time >> 24),
                         (guint8)(packet->time >> 16),
                         (guint8)(packet->time >> 8),
                         (guint8)packet->time,
                         0,
                         0,
                         0,
                         1};

  g_string_append_len (bytes, (const char *)head, sizeof head);
  g_string_append_len (bytes, packet->bytes, (gssize)packet->size);
}

static GString *
play (const Camera *camera, const char *request)
{
  GString *answer = script_rtsp_answer (request, "200 OK", NULL);
  guint16 numbers[256] = {0};

  for (guint i = 0; i < camera->n_packets; i++) {
    const Packet *packet = &camera->packets[i];

    if (packet->type == 203)
      g_string_append_len (answer, packet->bytes, (gssize)packet->size);
    else
      append_packet (answer, packet, numbers[packet->channel]++);
  }
  return answer;
}

static GString *
on_request (const char *request, gpointer user_data)
{
  const Camera *camera = user_data;
  g_autofree char *wanted = script_rtsp_get_header (request, "Transport");
  g_autofree char *status = NULL;

  if (script_rtsp_is (request, "DESCRIBE"))
    return script_rtsp_answer (request, "200 OK", camera->description);
  if (script_rtsp_is (request, "PLAY"))
    return play (camera, request);
  if (strstr (request, "track2 ") != NULL && camera->sound_setup != NULL)
    return script_rtsp_answer (request, camera->sound_setup, NULL);
  status = g_strdup_printf ("200 OK\r\nSession: 1\r\nTransport: %s", camera->transport != NULL
                                                                         ? camera->transport
                                                                     : wanted != NULL ? wanted
                                                                                      : "none");
  return script_rtsp_answer (request, status, NULL);
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  Fixture *fixture = user_data;
  GstSample *sample = gst_app_sink_pull_sample (sink);
  const GstStructure *caps = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  const gboolean is_video = g_str_has_prefix (gst_structure_get_name (caps), "video/");

  g_mutex_lock (&fixture->mutex);
  g_ptr_array_add (is_video ? fixture->video : fixture->audio, sample);
  g_mutex_unlock (&fixture->mutex);
  return GST_FLOW_OK;
}

static void
on_pad_added (GstElement *source, GstPad *pad, Fixture *fixture)
{
  GstAppSinkCallbacks callbacks = {.new_sample = on_sample};
  GstElement *sink = gst_element_factory_make ("appsink", NULL);

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, fixture, NULL);
  gst_bin_add (GST_BIN (fixture->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  g_autoptr (GstPad) entry = gst_element_get_static_pad (sink, "sink");
  g_assert_cmpint (gst_pad_link (pad, entry), ==, GST_PAD_LINK_OK);
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_mutex_lock (&fixture->mutex);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && fixture->error == NULL)
    gst_message_parse_error (message, &fixture->error, NULL);
  fixture->is_over =
      fixture->is_over || fixture->error != NULL || GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  g_mutex_unlock (&fixture->mutex);
  return GST_BUS_PASS;
}

static void
fixture_init (Fixture *fixture, Camera *camera)
{
  *fixture = (Fixture){.camera = camera,
                       .script = script_rtsp_new (on_request, camera, NULL),
                       .pipeline = gst_object_ref_sink (gst_pipeline_new (NULL)),
                       .video = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_sample_unref),
                       .audio = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_sample_unref)};
  GstElement *source = gst_element_factory_make ("cgrtspsrc", NULL);
  g_autofree char *location = script_rtsp_get_uri (fixture->script, "stream");
  g_autoptr (GstBus) bus = gst_element_get_bus (fixture->pipeline);

  g_mutex_init (&fixture->mutex);
  gst_bus_set_sync_handler (bus, on_message, fixture, NULL);
  g_object_set (source, "location", location, NULL);
  g_signal_connect (source, "pad-added", G_CALLBACK (on_pad_added), fixture);
  gst_bin_add (GST_BIN (fixture->pipeline), source);
  gst_element_set_state (fixture->pipeline, GST_STATE_PLAYING);
}

static void
fixture_clear (Fixture *fixture)
{
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  gst_object_unref (fixture->pipeline);
  script_rtsp_free (fixture->script);
  g_ptr_array_unref (fixture->video);
  g_ptr_array_unref (fixture->audio);
  g_mutex_clear (&fixture->mutex);
  g_clear_error (&fixture->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static gboolean
has (Fixture *fixture, guint video, guint audio)
{
  g_mutex_lock (&fixture->mutex);
  const gboolean is_there =
      fixture->is_over || (fixture->video->len >= video && fixture->audio->len >= audio);
  g_mutex_unlock (&fixture->mutex);
  return is_there;
}

static void
await (Fixture *fixture, guint video, guint audio)
{
  media_wait_until (has (fixture, video, audio));
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  g_assert_no_error (fixture->error);
}

static int
get_width (Fixture *fixture, guint number)
{
  GstCaps *caps = gst_sample_get_caps (fixture->video->pdata[number]);
  int width = 0;

  gst_structure_get_int (gst_caps_get_structure (caps, 0), "width", &width);
  return width;
}

static gint64
get_pts_ms (Fixture *fixture, guint number)
{
  GstBuffer *buffer = gst_sample_get_buffer (fixture->video->pdata[number]);

  return (gint64)(GST_BUFFER_PTS (buffer) / GST_MSECOND);
}

/* Q24: in the description only, in the stream only, and different ones in both. */
static void
test_sets (void)
{
  static const Packet bare[] = {P (0, M | 96, 0, IDR), P (0, M | 96, FRAME, INTER),
                                P (0, M | 96, 2 * FRAME, INTER)};
  static const Packet in_band[] = {P (0, 96, 0, SPS), P (0, 96, 0, PPS), P (0, M | 96, 0, IDR),
                                   P (0, M | 96, FRAME, INTER), P (0, M | 96, 2 * FRAME, INTER)};
  static const Packet other[] = {P (0, 96, 0, HD_SPS), P (0, 96, 0, HD_PPS), P (0, M | 96, 0, IDR),
                                 P (0, M | 96, FRAME, INTER), P (0, M | 96, 2 * FRAME, INTER)};
  static const struct {
    Camera camera;
    int width;
  } rows[] = {
      {{HEAD VIDEO SETS, NULL, NULL, bare, G_N_ELEMENTS (bare)}, 320},
      {{HEAD VIDEO, NULL, NULL, in_band, G_N_ELEMENTS (in_band)}, 320},
      {{HEAD VIDEO SETS, NULL, NULL, other, G_N_ELEMENTS (other)}, 1920},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Camera camera = rows[i].camera;
    g_auto (Fixture) fixture;

    fixture_init (&fixture, &camera);
    await (&fixture, 2, 0);

    g_assert_cmpint (get_width (&fixture, 0), ==, rows[i].width);
  }
}

/* Q25 */
static void
test_change (void)
{
  static const Packet packets[] = {
      P (0, 96, 0, SPS),
      P (0, 96, 0, PPS),
      P (0, M | 96, 0, IDR),
      P (0, M | 96, FRAME, INTER),
      P (0, 96, 2 * FRAME, HD_SPS),
      P (0, 96, 2 * FRAME, HD_PPS),
      P (0, M | 96, 2 * FRAME, IDR),
      P (0, M | 96, 3 * FRAME, INTER),
  };
  Camera camera = {HEAD VIDEO, NULL, NULL, packets, G_N_ELEMENTS (packets)};
  g_auto (Fixture) fixture;

  fixture_init (&fixture, &camera);
  await (&fixture, 4, 0);

  g_assert_cmpint (get_width (&fixture, 1), ==, 320);
  g_assert_cmpint (get_width (&fixture, 2), ==, 1920);
}

/* Q20 */
static void
test_jump (void)
{
  static const Packet packets[] = {
      P (0, M | 96, 0, IDR),
      P (0, M | 96, FRAME, INTER),
      P (0, M | 96, HOUR, INTER),
      P (0, M | 96, HOUR + FRAME, INTER),
      P (0, M | 96, HOUR + 2 * FRAME, INTER),
  };
  Camera camera = {HEAD VIDEO SETS, NULL, NULL, packets, G_N_ELEMENTS (packets)};
  g_auto (Fixture) fixture;

  fixture_init (&fixture, &camera);
  await (&fixture, 5, 0);

  for (guint i = 1; i < 5; i++)
    g_assert_cmpint (get_pts_ms (&fixture, i) - get_pts_ms (&fixture, i - 1), ==, 40);
}

/* Q51: the camera answers one pair of channels and sends on another. */
static void
test_channels (void)
{
  static const Packet packets[] = {P (6, M | 96, 0, IDR), P (6, M | 96, FRAME, INTER),
                                   P (6, M | 96, 2 * FRAME, INTER),
                                   P (6, M | 96, 3 * FRAME, INTER)};
  Camera camera = {HEAD VIDEO SETS, "RTP/AVP;interleaved=4-5", NULL, packets,
                   G_N_ELEMENTS (packets)};
  g_auto (Fixture) fixture;

  fixture_init (&fixture, &camera);
  await (&fixture, 2, 0);

  g_assert_cmpint (get_width (&fixture, 0), ==, 320);
}

/* Q48: without anybody who chooses, too. */
static void
test_back_channel (void)
{
  static const Packet packets[] = {P (0, M | 96, 0, IDR), P (2, M | 8, 0, "sound"),
                                   P (0, M | 96, FRAME, INTER)};
  Camera camera = {HEAD VIDEO SETS SPEAKER SOUND, NULL, NULL, packets, G_N_ELEMENTS (packets)};
  g_auto (Fixture) fixture;

  fixture_init (&fixture, &camera);
  await (&fixture, 1, 1);

  g_assert_cmpuint (script_rtsp_count (fixture.script, "SETUP "), ==, 2);
  g_assert_cmpuint (script_rtsp_count (fixture.script, "track3"), ==, 0);
}

/* Q12: a sound that is refused leaves the picture. */
static void
test_refused_sound (void)
{
  static const Packet packets[] = {P (0, M | 96, 0, IDR), P (0, M | 96, FRAME, INTER),
                                   P (0, M | 96, 2 * FRAME, INTER)};
  Camera camera = {HEAD SOUND VIDEO SETS, NULL, "404 Not Found", packets, G_N_ELEMENTS (packets)};
  g_auto (Fixture) fixture;

  fixture_init (&fixture, &camera);
  await (&fixture, 2, 0);

  g_assert_cmpuint (script_rtsp_count (fixture.script, "TEARDOWN "), ==, 1);
}

/* RFC 3550, 6.6 */
static void
test_goodbye (void)
{
  static const Packet packets[] = {P (0, M | 96, 0, IDR), P (0, M | 96, FRAME, INTER),
                                   P (0, M | 96, 2 * FRAME, INTER),
                                   P (1, 203, 0, "$\x01\x00\x08\x81\xcb\x00\x01\x00\x00\x00\x01")};
  Camera camera = {HEAD VIDEO SETS, NULL, NULL, packets, G_N_ELEMENTS (packets)};
  g_auto (Fixture) fixture;

  fixture_init (&fixture, &camera);
  await (&fixture, 100, 0);

  g_assert_true (fixture.is_over);
  g_assert_cmpuint (fixture.video->len, ==, 3);
}

/* Q17: some cameras wait for a receiver's reports. */
static void
test_reports (void)
{
  static const Packet packets[] = {P (0, M | 96, 0, IDR)};
  Camera camera = {HEAD VIDEO SETS, NULL, NULL, packets, G_N_ELEMENTS (packets)};
  g_auto (Fixture) fixture;

  fixture_init (&fixture, &camera);
  media_wait_until (script_rtsp_count_packets (fixture.script) > 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  media_forgive_gstreamer ();
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/rtsp-quirks/q24-sets", test_sets);
  g_test_add_func ("/rtsp-quirks/q25-change", test_change);
  g_test_add_func ("/rtsp-quirks/q20-jump", test_jump);
  g_test_add_func ("/rtsp-quirks/q51-channels", test_channels);
  g_test_add_func ("/rtsp-quirks/q48-back-channel", test_back_channel);
  g_test_add_func ("/rtsp-quirks/q12-refused-sound", test_refused_sound);
  g_test_add_func ("/rtsp-quirks/goodbye", test_goodbye);
  g_test_add_func ("/rtsp-quirks/q17-reports", test_reports);
  return media_test_run ();
}
