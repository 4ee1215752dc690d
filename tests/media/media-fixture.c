/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "media-fixture.h"

#include <stdlib.h>
#include <string.h>

#define WATCHDOG_MS 30000
#define FRAME_US 40000

/* How often a condition is looked at that has no event in this thread. */
#define LOOK_MS 5

static gboolean
on_watchdog (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_look (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
media_iterate (const char *what)
{
  static gsize looks;
  static GSource *watchdog;
  static const char *last;
  static gboolean barked;

  if (g_once_init_enter (&looks))
    g_once_init_leave (&looks, g_timeout_add (LOOK_MS, on_look, NULL));
  if (what != last) {
    last = what;
    barked = FALSE;
    if (watchdog != NULL) {
      g_source_destroy (watchdog);
      g_source_unref (watchdog);
    }
    watchdog = g_timeout_source_new (WATCHDOG_MS);
    g_source_set_callback (watchdog, on_watchdog, &barked, NULL);
    g_source_attach (watchdog, NULL);
  }
  if (barked)
    g_error ("watchdog: waited in vain for %s", what);
  g_main_context_iteration (NULL, TRUE);
}

/* Objects end in threads of their own; gives the last of them time to be gone before the leak
 * checker looks. */
int
media_test_run (void)
{
  const guint before = media_count_threads ();
  const int result = g_test_run ();

  for (guint i = 0; i < 300 && media_count_threads () > before; i++)
    g_usleep (10000);
  return result;
}

static gboolean
is_ours (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  static const struct {
    const char *domain;
    const char *words;
  } theirs[] = {
      {"GStreamer", "gst_event_set_seqnum"},
      /* GstRTSPConnection, closed by one thread while another begins to read. */
      {"GLib-GIO", "g_pollable_input_stream_read_nonblocking"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (theirs); i++) {
    if (g_strcmp0 (domain, theirs[i].domain) == 0 && strstr (message, theirs[i].words) != NULL)
      return FALSE;
  }
  return TRUE;
}

static void
write_ours (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  if (is_ours (domain, level, message, user_data))
    g_log_default_handler (domain, level, message, user_data);
}

static GLogWriterOutput
write_or_abort (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const GLogWriterOutput output = g_log_writer_default (level, fields, n_fields, user_data);

  if ((level & G_LOG_LEVEL_CRITICAL) != 0)
    abort ();
  return output;
}

/* The RTSP source of GStreamer 1.22 complains about itself when it is stopped at the wrong moment,
 * also between two tests; nothing comes of it. Every other critical still ends the test. */
void
media_forgive_gstreamer (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  g_log_set_writer_func (write_or_abort, NULL, NULL);
  g_log_set_default_handler (write_ours, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_once_init_leave (&once, 1);
}

CgFormat *
media_make_video_format (guint width)
{
  /* AVCDecoderConfigurationRecord with one SPS and one PPS; the width is in the numbers only. */
  const guint8 record[] = {1,    0x42, 0xc0,          0x1e, 0xff, 0xe1, 0,    5,    0x67, 0x42,
                           0xc0, 0x1e, (guint8)width, 1,    0,    4,    0x68, 0xce, 0x3c, 0x80};
  g_autoptr (GBytes) codec_data = g_bytes_new (record, sizeof record);

  return cg_format_new_h264 (codec_data, width, width * 3 / 4, 25);
}

CgFormat *
media_make_audio_format (void)
{
  g_autoptr (GBytes) codec_data = g_bytes_new_static ("\x11\x88", 2);

  return cg_format_new_aac (codec_data, 48000, 1);
}

CgAccessUnit *
media_make_video (CgFormat *format, gboolean key, gsize size)
{
  g_autofree guint8 *bytes = g_malloc0 (size);
  g_autoptr (GBytes) data = NULL;

  g_assert_cmpuint (size, >=, 5);
  bytes[3] = (guint8)(size - 4);
  bytes[4] = key ? 0x65 : 0x41;
  data = g_bytes_new (bytes, size);
  return cg_access_unit_new (CG_TRACK_VIDEO, format, data, key);
}

CgAccessUnit *
media_make_audio (CgFormat *format)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("\x01\x02\x03", 3);

  return cg_access_unit_new (CG_TRACK_AUDIO, format, data, TRUE);
}

void
media_feed_pictures (CgHub *hub, guint input, guint first, guint count, guint gop, gsize size)
{
  g_autoptr (CgFormat) format = media_make_video_format (64);

  for (guint i = first; i < first + count; i++) {
    const gint64 time_us = (gint64)i * FRAME_US;
    cg_hub_feed (hub, input, media_make_video (format, i % gop == 0, size), time_us, time_us + 1);
  }
}

/* A hub has one as long as it is live. */
gboolean
media_has_key_frame (CgHub *hub)
{
  g_autoptr (CgAccessUnit) frame = cg_hub_get_key_frame (hub);

  return frame != NULL;
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint count = 0;

  while (directory != NULL && g_dir_read_name (directory) != NULL)
    count++;
  return count;
}

guint
media_count_fds (void)
{
  return count_entries ("/proc/self/fd");
}

guint
media_count_threads (void)
{
  return count_entries ("/proc/self/task");
}
