/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgRtmpUrl:
 * @app: application and its instance
 * @key: name of the stream, query included; may be empty
 * @tc_url: the address without login and stream, as the server is told
 *
 * An RTMP address in its parts, as other clients divide it.
 */
typedef struct {
  gboolean tls;
  char *host;
  guint16 port;
  char *app;
  char *key;
  char *tc_url;
  char *username; /* (nullable) */
  char *password; /* (nullable) */
} CgRtmpUrl;

CgRtmpUrl *cg_rtmp_url_parse (const char *text, GError **error);
void cg_rtmp_url_free (CgRtmpUrl *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtmpUrl, cg_rtmp_url_free)

G_END_DECLS
