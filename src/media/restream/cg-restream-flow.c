/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-viewer-private.h"

/* RFC 3550, 6.2: reports at least so often. */
#define REPORT_US (5 * G_USEC_PER_SEC)

/* Datagrams are sent in bursts that a receiver's usual buffer of 208 KiB holds, 100 Mbit/s in all:
 * a cached group of pictures would run over it. */
#define BURST_BYTES (64 * 1024)
#define BURST_US 5000

/* Between the last picture before a pause and the first one after it, at least. */
#define MIN_PAUSE_US 40000

static void
wake (gpointer user_data)
{
  g_source_set_ready_time (user_data, 0);
}

/**
 * cg_restream_flow_close:
 * @self: a viewer
 *
 * It gets nothing more of the hub.
 */
void
cg_restream_flow_close (CgRestreamViewer *self)
{
  CgHubOutput *output = g_steal_pointer (&self->output);

  if (output != NULL)
    cg_hub_remove_output (cg_restream_place_get_hub (self->place), output);
  self->is_playing = FALSE;
  self->zero_real_us = 0;
}

/**
 * cg_restream_flow_open:
 * @self: a viewer in a place with a hub
 *
 * It gets what the hub has, from the group of pictures that is under way.
 */
void
cg_restream_flow_open (CgRestreamViewer *self)
{
  cg_restream_flow_close (self);
  self->output = cg_hub_add_output (cg_restream_place_get_hub (self->place), wake, self->turn);
  cg_hub_output_set_patient (self->output);
  wake (self->turn);
}

/**
 * cg_restream_flow_begin:
 * @self: a viewer in a place with a hub
 *
 * As cg_restream_flow_open(), to be sent: after a pause the time of the packets goes on, with the
 * clock, from where it was (RFC 2326, appendix B).
 */
void
cg_restream_flow_begin (CgRestreamViewer *self)
{
  self->begin_us = 0;
  if (self->sent_at_us != 0)
    self->begin_us = self->sent_us + MAX (g_get_monotonic_time () - self->sent_at_us, MIN_PAUSE_US);
  cg_restream_flow_open (self);
}

static gboolean
follows_format (CgRestreamViewer *self, CgRestreamTrack *track, CgFormat *format)
{
  if (track->format == format)
    return TRUE;
  const gboolean is_same = cg_format_equal (track->format, format);
  const gboolean is_told_in_band =
      format->codec == track->format->codec && format->codec != CG_CODEC_AAC;
  if (!is_same && !is_told_in_band)
    return FALSE;
  cg_format_unref (track->format);
  track->format = cg_format_ref (format);
  return TRUE;
}

static void
add_report (CgRestreamViewer *self, CgRestreamTrack *track, gint64 pts_us, GByteArray *frames)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (self->zero_real_us == 0) {
    self->zero_real_us = g_get_real_time () - pts_us;
    for (guint i = 0; i < CG_N_TRACKS; i++)
      self->tracks[i].reported_us = 0;
  }
  if (track->reported_us != 0 && now_us - track->reported_us < REPORT_US)
    return;
  track->reported_us = now_us;
  cg_rtp_packer_add_report (&track->packer, pts_us, self->zero_real_us + pts_us, frames);
}

/* Returns: how many bytes have gone by UDP */
static gsize
send_unit (CgRestreamViewer *self, const CgAccessUnit *unit, gint64 pts_us)
{
  CgRestreamTrack *track = &self->tracks[unit->track];

  if (!track->is_set_up)
    return 0;
  self->sent_us = self->sent_at_us != 0 ? MAX (self->sent_us, pts_us) : pts_us;
  self->sent_at_us = g_get_monotonic_time ();
  if (!follows_format (self, track, unit->format)) {
    cg_restream_viewer_end (self, "the camera sends something else now");
    return 0;
  }
  const gsize size = cg_access_unit_get_size (unit);
  GByteArray *frames = g_byte_array_sized_new ((guint)(size + size / 32) + 512);
  add_report (self, track, pts_us, frames);
  cg_rtp_packer_add (&track->packer, unit, pts_us, frames);
  if (!track->is_udp) {
    cg_restream_wire_write (self->wire, g_byte_array_free_to_bytes (frames));
    return 0;
  }
  const gsize sent = frames->len;
  cg_restream_track_send (track, frames);
  g_byte_array_unref (frames);
  return sent;
}

/**
 * cg_restream_flow_send:
 * @self: a viewer that plays
 *
 * Sends what is there, as much as the connection takes.
 */
void
cg_restream_flow_send (CgRestreamViewer *self)
{
  gsize sent = 0;
  gint64 dts_us, pts_us;

  while (!cg_restream_wire_is_busy (self->wire) && !self->is_over) {
    g_autoptr (CgAccessUnit) unit = cg_hub_output_pop (self->output, &dts_us, &pts_us);

    if (unit == NULL)
      return;
    sent += send_unit (self, unit, self->begin_us + pts_us);
    if (sent < BURST_BYTES)
      continue;
    const gint64 pause_us = (gint64)(sent / BURST_BYTES) * BURST_US;
    g_source_set_ready_time (self->turn, g_get_monotonic_time () + pause_us);
    return;
  }
}
