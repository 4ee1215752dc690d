/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "restream-fixture.h"

#include <string.h>

#include "media-fixture.h"

#define FRAME_US 40000
#define PICTURE_BYTES 20000

static void
on_watched (CgRestream *restream, const char *did, gboolean is_watched, RestreamFixture *fixture)
{
  g_string_append_printf (fixture->watched, "%s%s ", is_watched ? "+" : "-", did);
}

void
restream_fixture_init_options (RestreamFixture *fixture, CgRestreamOptions options)
{
  g_autoptr (GError) error = NULL;

  *fixture = (RestreamFixture){.hub = cg_hub_new (), .watched = g_string_new (NULL)};
  fixture->video = media_make_video_format (64);
  fixture->audio = media_make_audio_format ();
  fixture->input = cg_hub_open_input (fixture->hub);
  if (options.address == NULL)
    options.address = "127.0.0.1";
  options.answer_timeout_ms = options.answer_timeout_ms > 0 ? options.answer_timeout_ms : 10000;
  options.session_timeout_ms = options.session_timeout_ms > 0 ? options.session_timeout_ms : 60000;
  fixture->is_ipv6 = strchr (options.address, ':') != NULL;
  fixture->restream = cg_restream_new (&options, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->restream, "watched", G_CALLBACK (on_watched), fixture);
  cg_restream_set_hub (fixture->restream, "cam", fixture->hub);
}

void
restream_fixture_init (RestreamFixture *fixture)
{
  restream_fixture_init_options (fixture, (CgRestreamOptions){0});
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (cg_restream_close_finish (CG_RESTREAM (object), result, NULL));
  *(gboolean *)user_data = TRUE;
}

void
restream_fixture_close (RestreamFixture *fixture)
{
  cg_restream_close_async (fixture->restream, on_closed, &fixture->closed);
  media_wait_until (fixture->closed);
}

void
restream_fixture_clear (RestreamFixture *fixture)
{
  if (!fixture->closed)
    restream_fixture_close (fixture);
  g_clear_object (&fixture->restream);
  g_clear_object (&fixture->hub);
  g_clear_pointer (&fixture->video, cg_format_unref);
  g_clear_pointer (&fixture->audio, cg_format_unref);
  g_string_free (fixture->watched, TRUE);
}

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

void
restream_feed (RestreamFixture *fixture, guint count)
{
  for (guint i = 0; i < count; i++, fixture->fed++) {
    const gint64 time_us = (gint64)fixture->fed * FRAME_US;
    CgAccessUnit *unit = make_picture (fixture->video, fixture->fed % RESTREAM_GOP == 0,
                                       fixture->fed, PICTURE_BYTES);

    cg_hub_feed (fixture->hub, fixture->input, unit, time_us, time_us + 1);
  }
}

void
restream_feed_sound (RestreamFixture *fixture)
{
  const gint64 time_us = (gint64)fixture->fed * FRAME_US;

  cg_hub_feed (fixture->hub, fixture->input, media_make_audio (fixture->audio), time_us, time_us);
}

void
restream_open_viewer (RestreamFixture *fixture, RtspViewer *viewer)
{
  rtsp_viewer_open_at (viewer, fixture->is_ipv6 ? "::1" : "127.0.0.1",
                       cg_restream_get_port (fixture->restream));
}

void
restream_see (RestreamSeen *seen, const CgRtpPacket *packet)
{
  const guint type = packet->data[0] & 0x1f;
  const guint nal = type == 28 ? packet->data[1] & 0x1f : type;

  if (seen->has_number)
    g_assert_cmpuint (packet->number, ==, (guint16)(seen->number + 1));
  seen->has_number = TRUE;
  seen->number = packet->number;
  seen->sets += nal == 7 || nal == 8;
  if (nal == 7) {
    seen->sps_size = MIN (packet->size, sizeof seen->sps);
    memcpy (seen->sps, packet->data, seen->sps_size);
  }
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

void
restream_watch (RtspViewer *viewer, RestreamSeen *seen, guint pictures)
{
  CgRtpPacket packet;
  guint channel;

  while (seen->pictures < pictures) {
    g_assert_true (rtsp_viewer_read_packet (viewer, &channel, &packet));
    if (channel == 0)
      restream_see (seen, &packet);
  }
}
