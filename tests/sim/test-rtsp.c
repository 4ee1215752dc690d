/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RTSP side of a camera in this process, watched with stock GStreamer. */
#include <string.h>

#include <glib/gstdio.h>

#include "sim-client.h"
#include "sim-viewer.h"

#define SMALL                                                                                      \
  {                                                                                                \
    .listen = "127.0.0.1", .name = "Gate", .user = "admin", .width = 320, .height = 240,           \
    .fps = 25, .gop_s = 3600, .ptz = TRUE, .auth = CG_SIM_AUTH_NONE                                \
  }

static void
expect_size (GstSample *sample, const char *kind, int width, int height)
{
  const GstStructure *structure = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  int sample_width, sample_height;

  g_assert_cmpstr (gst_structure_get_name (structure), ==, kind);
  g_assert_true (gst_structure_get_int (structure, "width", &sample_width));
  g_assert_true (gst_structure_get_int (structure, "height", &sample_height));
  g_assert_cmpint (sample_width, ==, width);
  g_assert_cmpint (sample_height, ==, height);
}

static gboolean
is_key (GstSample *sample)
{
  return !GST_BUFFER_FLAG_IS_SET (gst_sample_get_buffer (sample), GST_BUFFER_FLAG_DELTA_UNIT);
}

static gboolean
is_unwatched (gpointer user_data)
{
  guint now;

  cg_sim_get_sessions (user_data, &now, NULL);
  return now == 0;
}

static void
expect_sessions (CgSim *sim, guint now, guint ever)
{
  guint sim_now, sim_ever;

  cg_sim_get_sessions (sim, &sim_now, &sim_ever);
  g_assert_cmpuint (sim_now, ==, now);
  g_assert_cmpuint (sim_ever, ==, ever);
}

static void
test_codecs (void)
{
  const struct {
    CgSimCodec codec;
    CgSimAudio audio;
    const char *kind;
  } table[] = {
      {CG_SIM_CODEC_H264, CG_SIM_AUDIO_NONE, "video/x-h264"},
      {CG_SIM_CODEC_H264, CG_SIM_AUDIO_AAC, "video/x-h264"},
      {CG_SIM_CODEC_H265, CG_SIM_AUDIO_PCMA, "video/x-h265"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    CgSimOptions options = SMALL;
    g_auto (SimClient) client = {0};
    g_auto (SimViewer) viewer = {0};

    options.codec = table[i].codec;
    options.audio = table[i].audio;
    sim_client_start (&client, &options, SIM_LOGIN_NONE);
    sim_viewer_open (&viewer, client.sim, table[i].codec);
    g_autoptr (GstSample) sample = sim_viewer_next (&viewer);

    expect_size (sample, table[i].kind, 320, 240);
  }
}

static void
test_login_is_asked_for (void)
{
  CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) stranger = {0};
  g_auto (SimViewer) viewer = {0};

  options.auth = CG_SIM_AUTH_BOTH;
  options.password = SIM_PASSWORD;
  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_viewer_open_url (&stranger, cg_sim_get_rtsp_url (client.sim), CG_SIM_CODEC_H264, SIM_USER,
                       "wrong");
  g_autofree char *why = sim_viewer_wait_for_error (&stranger);
  g_assert_nonnull (strstr (why, "401"));
  expect_sessions (client.sim, 0, 0);

  sim_viewer_open_url (&viewer, cg_sim_get_rtsp_url (client.sim), CG_SIM_CODEC_H264, SIM_USER,
                       SIM_PASSWORD);
  g_autoptr (GstSample) sample = sim_viewer_next (&viewer);
  expect_sessions (client.sim, 1, 1);
}

static void
test_sessions_are_counted (void)
{
  CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) one = {0};
  g_auto (SimViewer) two = {0};

  options.audio = CG_SIM_AUDIO_AAC;
  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_viewer_open (&one, client.sim, CG_SIM_CODEC_H264);
  gst_sample_unref (sim_viewer_next (&one));
  expect_sessions (client.sim, 1, 1);
  sim_viewer_open (&two, client.sim, CG_SIM_CODEC_H264);
  gst_sample_unref (sim_viewer_next (&two));
  expect_sessions (client.sim, 2, 2);

  sim_viewer_close (&one);
  sim_viewer_close (&two);

  sim_wait_for (is_unwatched, client.sim, "both viewers to be gone");
  expect_sessions (client.sim, 0, 2);
}

static void
test_sub_profile_is_smaller (void)
{
  const CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) viewer = {0};
  g_autofree char *url = NULL;

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  url = g_strdup (cg_sim_get_rtsp_url (client.sim));
  *strstr (url, "/main") = '\0';
  g_autofree char *sub = g_strconcat (url, "/sub", NULL);
  sim_viewer_open_url (&viewer, sub, CG_SIM_CODEC_H264, NULL, NULL);
  g_autoptr (GstSample) sample = sim_viewer_next (&viewer);

  expect_size (sample, "video/x-h264", 160, 120);
}

/* The GOP is an hour long: only one that was asked for can come. */
static void
test_key_frame_on_demand (void)
{
  const CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) viewer = {0};
  guint waited = 0;

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_viewer_open (&viewer, client.sim, CG_SIM_CODEC_H264);
  for (guint quiet = 0; quiet < 10;) {
    g_autoptr (GstSample) sample = sim_viewer_next (&viewer);

    quiet = is_key (sample) ? 0 : quiet + 1;
  }
  sim_client_expect (&client, "trt:SetSynchronizationPoint",
                     "<trt:ProfileToken>main</trt:ProfileToken>",
                     "SetSynchronizationPointResponse");

  for (gboolean found = FALSE; !found; waited++) {
    g_autoptr (GstSample) sample = sim_viewer_next (&viewer);

    found = is_key (sample);
  }
  g_assert_cmpuint (waited, <=, 25);
}

/* From its first picture on: whether, among @n_pictures, one is a key frame; and whether one is
 * shown before another that came sooner. */
static void
watch (CgSim *sim, CgSimCodec codec, guint n_pictures, gboolean *has_key, gboolean *has_b_frames)
{
  g_auto (SimViewer) viewer = {0};
  GstClockTime highest = 0;

  *has_key = *has_b_frames = FALSE;
  sim_viewer_open (&viewer, sim, codec);
  for (guint i = 0; i < n_pictures; i++) {
    g_autoptr (GstSample) sample = sim_viewer_next (&viewer);
    const GstClockTime shown = GST_BUFFER_PTS (gst_sample_get_buffer (sample));

    /* The first two may both be: one was waiting, one is made for the viewer. */
    *has_key = *has_key || (i > 1 && is_key (sample));
    *has_b_frames = *has_b_frames || shown < highest;
    highest = MAX (highest, shown);
  }
}

static void
test_q14_smart_codec (void)
{
  CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  gboolean has_key, has_b_frames;

  options.gop_s = 0.2;
  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  watch (client.sim, CG_SIM_CODEC_H264, 25, &has_key, &has_b_frames);
  g_assert_true (has_key);

  g_assert_true (cg_sim_set_fault (client.sim, "Q14", NULL, NULL));
  sim_wait_for (is_unwatched, client.sim, "the viewer to be gone");
  watch (client.sim, CG_SIM_CODEC_H264, 25, &has_key, &has_b_frames);

  g_assert_false (has_key);
}

static void
test_q22_b_frames (void)
{
  static const CgSimCodec codecs[] = {CG_SIM_CODEC_H264, CG_SIM_CODEC_H265};

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    CgSimOptions options = SMALL;
    g_auto (SimClient) client = {0};
    gboolean has_key, has_b_frames;

    options.codec = codecs[i];
    sim_client_start (&client, &options, SIM_LOGIN_NONE);
    watch (client.sim, codecs[i], 25, &has_key, &has_b_frames);
    g_assert_false (has_b_frames);

    g_assert_true (cg_sim_set_fault (client.sim, "Q22", NULL, NULL));
    sim_wait_for (is_unwatched, client.sim, "the viewer to be gone");
    watch (client.sim, codecs[i], 25, &has_key, &has_b_frames);

    g_assert_true (has_b_frames);
  }
}

/* Pictures in one session: first of one size, then of the other. */
static void
test_q25_other_size (void)
{
  static const CgSimCodec codecs[] = {CG_SIM_CODEC_H264, CG_SIM_CODEC_H265};

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    CgSimOptions options = SMALL;
    g_auto (SimClient) client = {0};
    g_auto (SimViewer) viewer = {0};
    int width = 0;

    options.codec = codecs[i];
    sim_client_start (&client, &options, SIM_LOGIN_NONE);
    sim_viewer_open (&viewer, client.sim, codecs[i]);
    gst_sample_unref (sim_viewer_next (&viewer));
    g_assert_true (cg_sim_set_fault (client.sim, "Q25", NULL, NULL));
    for (guint frame = 0; frame < 50 && width != 160; frame++) {
      g_autoptr (GstSample) sample = sim_viewer_next (&viewer);

      gst_structure_get_int (gst_caps_get_structure (gst_sample_get_caps (sample), 0), "width",
                             &width);
    }

    g_assert_cmpint (width, ==, 160);
    expect_sessions (client.sim, 1, 1);
  }
}

static void
test_frozen_camera (void)
{
  const CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) viewer = {0};

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_viewer_open (&viewer, client.sim, CG_SIM_CODEC_H264);
  gst_sample_unref (sim_viewer_next (&viewer));
  sim_client_set_fault (&client, "Q8", NULL);
  sim_viewer_sees (&viewer, 300);

  g_assert_false (sim_viewer_sees (&viewer, 400));
  expect_sessions (client.sim, 1, 1);
  cg_sim_clear_fault (client.sim, "Q8", NULL);
  g_autoptr (GstSample) first = sim_viewer_next (&viewer);
  g_assert_true (is_key (first));
}

static void
test_slow_first_picture (void)
{
  const CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) viewer = {0};
  const gint64 start = g_get_monotonic_time ();

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_client_set_fault (&client, "Q13", "700");
  sim_viewer_open (&viewer, client.sim, CG_SIM_CODEC_H264);
  g_autoptr (GstSample) first = sim_viewer_next (&viewer);

  g_assert_cmpint (g_get_monotonic_time () - start, >=, 700 * 1000);
  g_assert_true (is_key (first));
}

static void
test_too_many_sessions (void)
{
  const CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) one = {0};
  g_auto (SimViewer) two = {0};

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_client_set_fault (&client, "Q19", "1");
  sim_viewer_open (&one, client.sim, CG_SIM_CODEC_H264);
  gst_sample_unref (sim_viewer_next (&one));
  sim_viewer_open (&two, client.sim, CG_SIM_CODEC_H264);
  g_autofree char *why = sim_viewer_wait_for_error (&two);

  g_assert_nonnull (strstr (why, "453"));
  expect_sessions (client.sim, 1, 1);
  gst_sample_unref (sim_viewer_next (&one));
}

/* Q18: 461 for the one, pictures over the other. */
static void
test_other_transport_only (void)
{
  const CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) refused = {0};
  g_auto (SimViewer) taken = {0};

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_client_set_fault (&client, "Q18", "udp");
  sim_viewer_open (&refused, client.sim, CG_SIM_CODEC_H264);
  g_autofree char *why = sim_viewer_wait_for_error (&refused);
  g_assert_nonnull (why);
  g_assert_cmpuint (cg_sim_count_requests (client.sim, "SETUP"), ==, 1);
  expect_sessions (client.sim, 0, 0);

  sim_client_set_fault (&client, "Q18", "tcp");
  sim_viewer_open (&taken, client.sim, CG_SIM_CODEC_H264);
  gst_sample_unref (sim_viewer_next (&taken));
}

/* Each picture is in four slices. */
static char *
make_clip (const char *dir)
{
  char *path = g_build_filename (dir, "clip.h264", NULL);
  g_autofree char *launch = g_strdup_printf (
      "videotestsrc num-buffers=10 ! video/x-raw,width=160,height=128,framerate=50/1 ! "
      "x264enc speed-preset=ultrafast tune=zerolatency threads=4 key-int-max=10 ! "
      "filesink location=%s",
      path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (launch, &error);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return path;
}

/* Ten frames a loop, a key frame first: over loops the times go on, and so do the key frames. */
static void
test_clip_is_looped (void)
{
  CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) viewer = {0};
  g_autofree char *dir = g_dir_make_tmp ("camgate-sim-XXXXXX", NULL);
  g_autofree char *path = make_clip (dir);
  GstClockTime last = 0;
  guint keys = 0;

  options.file = path;
  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_client_expect (&client, "trt:GetProfiles", "", "<tt:Width>160</tt:Width>");
  sim_viewer_open (&viewer, client.sim, CG_SIM_CODEC_H264);
  for (guint i = 0; i < 45; i++) {
    g_autoptr (GstSample) sample = sim_viewer_next (&viewer);
    const GstClockTime now = GST_BUFFER_PTS (gst_sample_get_buffer (sample));

    expect_size (sample, "video/x-h264", 160, 128);
    g_assert_true (i == 0 || now > last);
    g_assert_true (i == 0 || now - last < 200 * GST_MSECOND);
    last = now;
    keys += is_key (sample) ? 1 : 0;
  }

  g_assert_cmpuint (keys, >=, 4);
  g_assert_cmpuint (keys, <=, 5);
  g_remove (path);
  g_rmdir (dir);
}

static void
test_missing_clip (void)
{
  CgSimOptions options = SMALL;
  g_autoptr (GError) error = NULL;

  options.file = "/nowhere/clip.h264";
  g_autoptr (CgSim) sim = cg_sim_new (&options);

  g_assert_false (cg_sim_start (sim, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "/nowhere/clip.h264"));
}

static void
test_camera_goes_while_watched (void)
{
  const CgSimOptions options = SMALL;
  g_auto (SimClient) client = {0};
  g_auto (SimViewer) viewer = {0};

  sim_client_start (&client, &options, SIM_LOGIN_NONE);
  sim_viewer_open (&viewer, client.sim, CG_SIM_CODEC_H264);
  gst_sample_unref (sim_viewer_next (&viewer));

  cg_sim_stop (client.sim);

  sim_viewer_wait_for_end (&viewer);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/rtsp/codecs", test_codecs);
  g_test_add_func ("/sim/rtsp/login", test_login_is_asked_for);
  g_test_add_func ("/sim/rtsp/sessions", test_sessions_are_counted);
  g_test_add_func ("/sim/rtsp/sub", test_sub_profile_is_smaller);
  g_test_add_func ("/sim/rtsp/key-frame", test_key_frame_on_demand);
  g_test_add_func ("/sim/rtsp/q14-smart-codec", test_q14_smart_codec);
  g_test_add_func ("/sim/rtsp/q22-b-frames", test_q22_b_frames);
  g_test_add_func ("/sim/rtsp/q25-other-size", test_q25_other_size);
  g_test_add_func ("/sim/rtsp/frozen", test_frozen_camera);
  g_test_add_func ("/sim/rtsp/slow", test_slow_first_picture);
  g_test_add_func ("/sim/rtsp/too-many", test_too_many_sessions);
  g_test_add_func ("/sim/rtsp/q18-other-transport-only", test_other_transport_only);
  g_test_add_func ("/sim/rtsp/clip", test_clip_is_looped);
  g_test_add_func ("/sim/rtsp/missing-clip", test_missing_clip);
  g_test_add_func ("/sim/rtsp/goes", test_camera_goes_while_watched);
  return g_test_run ();
}
