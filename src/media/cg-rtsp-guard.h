/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/rtsp/gstrtspmessage.h>

#include "cg-breaker.h"

G_BEGIN_DECLS

/**
 * CgRtspGuardVerdict:
 * @CG_RTSP_GUARD_ABSENT: no source that is guarded has asked
 * @CG_RTSP_GUARD_REFUSED: it must not ask again
 * @CG_RTSP_GUARD_AGAIN: it may ask again; the login is put in by the guard
 */
typedef enum {
  CG_RTSP_GUARD_ABSENT,
  CG_RTSP_GUARD_REFUSED,
  CG_RTSP_GUARD_AGAIN
} CgRtspGuardVerdict;

void cg_rtsp_guard_attach (GstElement *source,
                           const char *username,
                           const char *password,
                           CgBreaker *breaker);
CgRtspGuardVerdict cg_rtsp_guard_take_challenge (const char *const *headers);

G_END_DECLS
