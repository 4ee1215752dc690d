/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-pad.h"

/* What comes from a camera comes when it comes; nothing is held back. */
static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* It has told how a stream begins before anybody can link it. */
static void
open_pad (CgRtspPad *self)
{
  GstPadTemplate *template = gst_element_get_pad_template (self->element, "stream_%u");
  g_autofree char *name = g_strdup_printf ("stream_%u", self->number);
  GstPad *pad = gst_pad_new_from_template (template, name);
  g_autofree char *stream =
      gst_pad_create_stream_id_printf (pad, self->element, "%u", self->number);
  GstEvent *start = gst_event_new_stream_start (stream);
  GstSegment segment;

  gst_pad_set_query_function (pad, on_query);
  gst_pad_use_fixed_caps (pad);
  gst_pad_set_active (pad, TRUE);
  gst_event_set_group_id (start, self->group);
  gst_pad_push_event (pad, start);
  gst_pad_push_event (pad, gst_event_new_caps (self->caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  self->pad = pad;
  gst_element_add_pad (self->element, pad);
}

/**
 * cg_rtsp_pad_push:
 * @self: a pad
 * @caps: of the buffer; the same object until something changes (Q25)
 * @buffer: (transfer full): the next
 *
 * Returns: what the other side says to it
 */
GstFlowReturn
cg_rtsp_pad_push (CgRtspPad *self, GstCaps *caps, GstBuffer *buffer)
{
  const gboolean is_new = caps != self->caps;

  if (is_new)
    gst_caps_replace (&self->caps, caps);
  if (self->pad == NULL)
    open_pad (self);
  else if (is_new)
    gst_pad_push_event (self->pad, gst_event_new_caps (caps));
  return gst_pad_push (self->pad, buffer);
}

/**
 * cg_rtsp_pad_end:
 * @self: a pad
 *
 * Tells that nothing more comes.
 */
void
cg_rtsp_pad_end (CgRtspPad *self)
{
  if (self->pad != NULL)
    gst_pad_push_event (self->pad, gst_event_new_eos ());
}

/**
 * cg_rtsp_pad_clear:
 * @self: a pad; there is none afterwards
 */
void
cg_rtsp_pad_clear (CgRtspPad *self)
{
  if (self->pad != NULL)
    gst_element_remove_pad (self->element, self->pad);
  gst_clear_caps (&self->caps);
  *self = (CgRtspPad){NULL};
}
