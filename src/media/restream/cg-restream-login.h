/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/rtsp/gstrtspmessage.h>

G_BEGIN_DECLS

char *cg_restream_login_make_nonce (void);
char *cg_restream_login_make_challenge (const char *nonce);
gboolean cg_restream_login_is_shown (const GstRTSPMessage *request, const char *nonce);
gboolean cg_restream_login_check (const GstRTSPMessage *request,
                                  const char *nonce,
                                  const char *username,
                                  const char *password);

G_END_DECLS
