/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A header after which the camera hangs up. */
#define SCRIPT_RTSP_LAST "X-Last: yes"

/**
 * ScriptRtsp:
 *
 * A camera whose every answer the test writes, byte for byte, with the whole request before it. It
 * checks what every request must have: CSeq and User-Agent (Q52), and no back-channel (Q48).
 */
typedef struct _ScriptRtsp ScriptRtsp;

/* In a thread of its own. Returns: (transfer full) (nullable): what to send; %NULL: hang up */
typedef GString *(*ScriptRtspFunc) (const char *request, gpointer user_data);

ScriptRtsp *script_rtsp_new (ScriptRtspFunc func, gpointer user_data, GTlsCertificate *certificate);
void script_rtsp_free (ScriptRtsp *self);
/* From here on whoever connects is hung up on. */
void script_rtsp_leave (ScriptRtsp *self);
char *script_rtsp_get_uri (ScriptRtsp *self, const char *path);

/* Requests that contain this. */
guint script_rtsp_count (ScriptRtsp *self, const char *words);
/* Interleaved packets that came. */
guint script_rtsp_count_packets (ScriptRtsp *self);

gboolean script_rtsp_is (const char *request, const char *method);
char *script_rtsp_get_header (const char *request, const char *name);
GString *script_rtsp_answer (const char *request, const char *status, const char *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScriptRtsp, script_rtsp_free)

G_END_DECLS
