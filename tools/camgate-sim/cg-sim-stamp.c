/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-stamp.h"

#include <string.h>

/* Before each NAL unit: a start code, or its length. */
#define PREFIX_BYTES 4

/* An access unit delimiter of H.264, where there is one, is its first NAL unit. */
#define DELIMITER_BYTES 6
#define NAL_DELIMITER 9

static gboolean
has_delimiter (GstBuffer *frame)
{
  guint8 start[DELIMITER_BYTES];

  return gst_buffer_extract (frame, 0, start, sizeof start) == sizeof start &&
         (start[3] == 1 || start[3] == DELIMITER_BYTES - PREFIX_BYTES) &&
         (start[PREFIX_BYTES] & 0x1f) == NAL_DELIMITER;
}

static gboolean
has_lengths (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  return caps != NULL &&
         g_strcmp0 (gst_structure_get_string (gst_caps_get_structure (caps, 0), "stream-format"),
                    "byte-stream") != 0;
}

/* Supplemental enhancement information, user data unregistered (H.264, 7.3.2.3 and D.1.7), of
 * letters and digits only: nothing in it has to be escaped. */
static GstMemory *
make_stamp (gboolean has_length)
{
  g_autofree char *text = g_strdup_printf ("\6\5%c" CG_SIM_STAMP_MARK "%0*" G_GINT64_FORMAT "%c",
                                           (int)(strlen (CG_SIM_STAMP_MARK) + CG_SIM_STAMP_DIGITS),
                                           CG_SIM_STAMP_DIGITS, g_get_monotonic_time (), 0x80);
  const gsize size = PREFIX_BYTES + strlen (text);
  guint8 *data = g_malloc0 (size);

  data[PREFIX_BYTES - 1] = has_length ? (guint8)strlen (text) : 1;
  memcpy (data + PREFIX_BYTES, text, size - PREFIX_BYTES);
  return gst_memory_new_wrapped (0, data, size, 0, size, data, g_free);
}

/**
 * cg_sim_stamp_frame:
 * @pad: where whole frames of H.264 go into the payloader
 * @info: with a frame
 * @user_data: nothing
 *
 * Puts the time on the monotonic clock, in microseconds, into the frame: whoever receives it on
 * this machine knows how long it was on its way.
 *
 * Returns: that the frame goes on
 */
GstPadProbeReturn
cg_sim_stamp_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *frame = gst_pad_probe_info_get_buffer (info);
  const gsize start = has_delimiter (frame) ? DELIMITER_BYTES : 0;
  GstBuffer *stamped = gst_buffer_copy_region (frame, GST_BUFFER_COPY_ALL, 0, start);

  gst_buffer_append_memory (stamped, make_stamp (has_lengths (pad)));
  gst_buffer_copy_into (stamped, frame, GST_BUFFER_COPY_MEMORY, start, -1);
  GST_PAD_PROBE_INFO_DATA (info) = stamped;
  gst_buffer_unref (frame);
  return GST_PAD_PROBE_OK;
}
