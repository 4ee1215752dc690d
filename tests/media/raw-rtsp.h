/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RawRtsp:
 *
 * A camera that answers what the test says, whether it makes sense or not.
 */
typedef struct _RawRtsp RawRtsp;

/* Returns: (nullable): status and headers for a request, "%u" being the server's port; %NULL: what
 * a camera with one H.264 stream says. */
typedef const char *(*RawRtspAnswer) (const char *method);

/* Writes what comes after PLAY, again and again until it returns %FALSE. */
typedef gboolean (*RawRtspPump) (GOutputStream *output, guint round);

RawRtsp *raw_rtsp_new (RawRtspAnswer answer, RawRtspPump pump);
void raw_rtsp_free (RawRtsp *self);
char *raw_rtsp_get_uri (RawRtsp *self, const char *path);
guint raw_rtsp_count (RawRtsp *self, const char *line);

/* Sends one RTP packet of H.264 (RFC 6184), interleaved: `head` is what the payload begins with. */
gboolean raw_rtsp_send_packet (
    GOutputStream *output, guint16 sequence, const guint8 *head, gsize head_size, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawRtsp, raw_rtsp_free)

G_END_DECLS
