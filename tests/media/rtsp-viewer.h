/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-rtp-packet.h"

G_BEGIN_DECLS

/* A viewer that says what the test wants it to say, and reads when the test wants it to. It waits
 * for its answers: whom it asks must have a thread of its own. */

typedef struct {
  char *base; /* rtsp://127.0.0.1:port */
  GSocketConnection *connection;
  GDataInputStream *input;
  const char *username; /* (nullable) */
  const char *password;
  guint number;
  char *session; /* (nullable) */
  char *head;    /* of the last answer */
  GBytes *body;  /* of the last answer */
  GBytes *frame; /* the last packet that came by the connection, with its head */
} RtspViewer;

void rtsp_viewer_open_at (RtspViewer *self, const char *address, guint16 port);
void rtsp_viewer_clear (RtspViewer *self);

/* Does not wait for the answer. */
void
rtsp_viewer_request (RtspViewer *self, const char *method, const char *path, const char *headers);
/* Returns: the status */
guint rtsp_viewer_read_answer (RtspViewer *self);
/* Returns: the status; with the login, where there is one. */
guint rtsp_viewer_ask (RtspViewer *self, const char *method, const char *path, const char *headers);
/* Returns: (nullable): a header of the last answer */
char *rtsp_viewer_get_header (RtspViewer *self, const char *name);
/* DESCRIBE, SETUP of the picture, PLAY; by TCP. */
void rtsp_viewer_play (RtspViewer *self, const char *path);
void rtsp_viewer_write (RtspViewer *self, const void *data, gsize size);
/* Returns: FALSE: hung up */
gboolean rtsp_viewer_read_packet (RtspViewer *self, guint *channel, CgRtpPacket *packet);
gboolean rtsp_viewer_is_hung_up_on (RtspViewer *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RtspViewer, rtsp_viewer_clear)

G_END_DECLS
