/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void cg_rtsp_pin_attach (GstElement *source, const char *fingerprint);

G_END_DECLS
