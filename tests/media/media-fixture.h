/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-hub.h"

G_BEGIN_DECLS

/* Runs the main loop until `condition` holds; the watchdog ends a test in which it never does. */
#define media_wait_until(condition)                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    while (!(condition))                                                                           \
      media_iterate (G_STRLOC ": " #condition);                                                    \
  }                                                                                                \
  G_STMT_END

void media_iterate (const char *what);
int media_test_run (void);
void media_forgive_gstreamer (void);

CgFormat *media_make_video_format (guint width);
CgFormat *media_make_audio_format (void);
CgAccessUnit *media_make_video (CgFormat *format, gboolean key, gsize size);
CgAccessUnit *media_make_audio (CgFormat *format);

/* Fake pictures at 25 a second, `gop` to a group, for outputs that only look at time and size. */
void media_feed_pictures (CgHub *hub, guint input, guint first, guint count, guint gop, gsize size);
gboolean media_has_key_frame (CgHub *hub);

guint media_count_fds (void);
guint media_count_threads (void);

G_END_DECLS
