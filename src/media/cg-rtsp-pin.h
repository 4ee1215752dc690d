/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void cg_rtsp_pin_attach (GstElement *source, const char *fingerprint);
void cg_rtsp_pin_give_login (GstElement *source, const char *username, const char *password);
GError *cg_rtsp_pin_get_doubt (GstElement *source);

G_END_DECLS
