/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-hub.h"

G_BEGIN_DECLS

/**
 * CgRestreamOptions:
 * @address: an IP address of this box, or that for all of them
 * @port: 0: any that is free
 * @username: (nullable): who is let in; %NULL: everybody
 * @password: (nullable): that goes with it
 * @answer_timeout_ms: who asks for a camera is answered after so long, picture or not
 * @session_timeout_ms: who gives no sign of life for so long is gone
 */
typedef struct {
  const char *address;
  guint16 port;
  const char *username;
  const char *password;
  guint answer_timeout_ms;
  guint session_timeout_ms;
} CgRestreamOptions;

#define CG_TYPE_RESTREAM (cg_restream_get_type ())
G_DECLARE_FINAL_TYPE (CgRestream, cg_restream, CG, RESTREAM, GObject)

/*
 * Signals:
 *   "watched"  (const char *did, gboolean is_watched)  the first viewer has come, the last has left
 */

CgRestream *cg_restream_new (const CgRestreamOptions *options, GError **error);
guint16 cg_restream_get_port (CgRestream *self);
void cg_restream_set_hub (CgRestream *self, const char *did, CgHub *hub);
void cg_restream_remove (CgRestream *self, const char *did);
guint cg_restream_count (CgRestream *self, const char *did);
void cg_restream_close_async (CgRestream *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_restream_close_finish (CgRestream *self, GAsyncResult *result, GError **error);

G_END_DECLS
