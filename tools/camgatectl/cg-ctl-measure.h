/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-breaker.h"
#include "cg-stream-survey.h"

G_BEGIN_DECLS

/**
 * CgCtlMeasureOptions:
 * @location: RTSP address without credentials (Q26)
 * @username: (nullable)
 * @password: (nullable)
 * @breaker: of the login
 * @groups: look until so many groups of pictures have ended, beside the first
 * @min_ms: but so long at least
 * @max_ms: and no longer
 * @running: (nullable): called once the camera was told to play, in the calling thread; may block
 */
typedef struct {
  const char *location;
  const char *username;
  const char *password;
  CgBreaker *breaker;
  guint groups;
  guint min_ms;
  guint max_ms;
  void (*running) (gpointer user_data);
  gpointer user_data;
  GCancellable *cancellable;
} CgCtlMeasureOptions;

/**
 * CgCtlMeasured:
 * @findings: what the stream is
 * @first_ms: from the first message to the first picture
 * @is_udp: the camera takes no TCP (Q18)
 */
typedef struct {
  CgStreamFindings findings;
  guint first_ms;
  gboolean is_udp;
} CgCtlMeasured;

gboolean cg_ctl_measure_in_thread (const CgCtlMeasureOptions *options,
                                   CgCtlMeasured *measured,
                                   GError **error);

G_END_DECLS
