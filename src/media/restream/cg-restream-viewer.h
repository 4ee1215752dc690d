/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-login-throttle.h"
#include "cg-restream-places.h"

G_BEGIN_DECLS

/**
 * CgRestreamViewerOptions:
 * @places: what there is to be seen
 * @throttle: shared by all viewers of the thread
 * @username: (nullable): who is let in; %NULL: everybody
 * @password: that goes with it
 * @answer_timeout_ms: who asks for a camera is answered after so long, picture or not
 * @session_timeout_ms: who gives no sign of life for so long is gone
 */
typedef struct {
  CgRestreamPlaces *places;
  CgLoginThrottle *throttle;
  const char *username;
  const char *password;
  guint answer_timeout_ms;
  guint session_timeout_ms;
} CgRestreamViewerOptions;

/**
 * CgRestreamViewer:
 *
 * One connection of one who watches: the dialogue, and the stream. Lives in one thread.
 */
typedef struct _CgRestreamViewer CgRestreamViewer;

CgRestreamViewer *cg_restream_viewer_new (GSocket *socket,
                                          const CgRestreamViewerOptions *options,
                                          GMainContext *context);
void cg_restream_viewer_free (CgRestreamViewer *self);
gboolean cg_restream_viewer_check (CgRestreamViewer *self, gint64 now_us);
const char *cg_restream_viewer_get_host (const CgRestreamViewer *self);
gboolean cg_restream_viewer_is_idle (const CgRestreamViewer *self);

G_END_DECLS
