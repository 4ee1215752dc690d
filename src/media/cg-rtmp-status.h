/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-amf.h"
#include "cg-error.h"

G_BEGIN_DECLS

/* H.265 in four letters (Enhanced RTMP v1, defining additional video codecs). */
#define CG_RTMP_H265 "hvc1"

/* What a media server's status codes mean to us (RTMP 1.0, 7.2.2; Q10, Q56). */

gboolean cg_rtmp_status_is_error (const CgAmfCommand *command);
gboolean cg_rtmp_status_offers_h265 (const CgAmfCommand *command);
GError *cg_rtmp_status_make_error (const CgAmfCommand *command);

G_END_DECLS
