/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgRtspUrl:
 * @host: without brackets
 * @path: path and query; begins with `/` or is empty
 * @is_tls: rtsps
 *
 * An RTSP address. Whatever login stands in it is left behind (Q26).
 */
typedef struct {
  char *host;
  guint port;
  char *path;
  gboolean is_tls;
} CgRtspUrl;

CgRtspUrl *cg_rtsp_url_parse (const char *text, GError **error);
void cg_rtsp_url_free (CgRtspUrl *self);
char *cg_rtsp_url_to_string (const CgRtspUrl *self);

char *cg_rtsp_url_get_base (const CgRtspUrl *self, const char *content_base);
char *cg_rtsp_url_get_control (const CgRtspUrl *self, const char *base, const char *control);
gboolean cg_rtsp_url_is_query_refused (const char *location, guint status);
gboolean cg_rtsp_url_drop_query (CgRtspUrl *self);
gboolean cg_rtsp_url_may_show_login (const CgRtspUrl *self, const CgRtspUrl *next);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtspUrl, cg_rtsp_url_free)

G_END_DECLS
