/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgRtspMessage:
 * @method: (nullable): of a request; %NULL: a response
 * @status: of a response
 * @headers: (element-type utf8): name, value, name, value…
 * @body: (nullable): what followed the head
 * @is_too_long: there was more body than anybody would read
 *
 * One message of RFC 2326 as it came, whoever sent it.
 */
typedef struct {
  char *method;
  guint status;
  GPtrArray *headers;
  GBytes *body;
  gboolean is_too_long;
} CgRtspMessage;

CgRtspMessage *cg_rtsp_message_parse (const char *head, gsize length);
void cg_rtsp_message_free (CgRtspMessage *self);

const char *cg_rtsp_message_get_header (const CgRtspMessage *self, const char *name);
GStrv cg_rtsp_message_get_headers (const CgRtspMessage *self, const char *name);
guint cg_rtsp_message_get_number (const CgRtspMessage *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspMessage, cg_rtsp_message_free)

G_END_DECLS
