/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-access-unit.h"
#include "cg-rtp-packer.h"

G_BEGIN_DECLS

/* What `a=control` says of a track, before its number. */
#define CG_RESTREAM_CONTROL "track"

char *cg_restream_sdp_make (const char *name, CgFormat *const formats[CG_N_TRACKS]);
void cg_restream_sdp_init_packer (CgTrack track, const CgFormat *format, CgRtpPacker *packer);

G_END_DECLS
