/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * CgRtspPad:
 * @element: (not owned): whose pad it is
 * @number: among the pads of @element
 * @group: of all its pads
 * @pad: (not owned) (nullable): there is none before the first buffer
 * @caps: (owned) (nullable): as last told
 *
 * A pad that comes with its first buffer, when it is known what it gives.
 */
typedef struct {
  GstElement *element;
  guint number;
  guint group;
  GstPad *pad;
  GstCaps *caps;
} CgRtspPad;

GstFlowReturn cg_rtsp_pad_push (CgRtspPad *self, GstCaps *caps, GstBuffer *buffer);
void cg_rtsp_pad_end (CgRtspPad *self);
void cg_rtsp_pad_clear (CgRtspPad *self);

G_END_DECLS
