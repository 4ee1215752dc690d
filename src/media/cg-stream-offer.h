/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-error.h"

G_BEGIN_DECLS

/**
 * CgStreamOffer:
 * @video: (nullable): what the picture is coded with, in capitals: `H264`, `H265`, `JPEG`; H.264
 *   before any other where there are several, as a pull chooses
 * @audio: (nullable): what the sound is coded with: `AAC`, or the RTP name: `PCMA`, `PCMU`,
 * `G726-32`
 * @audio_rate: Hz; 0: not told
 *
 * What a camera offers in the description of a stream (RFC 4566), before anything is set up.
 */
typedef struct {
  char *video;
  char *audio;
  guint audio_rate;
} CgStreamOffer;

CgStreamOffer *cg_stream_offer_parse (const char *description, GError **error);
void cg_stream_offer_free (CgStreamOffer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgStreamOffer, cg_stream_offer_free)

G_END_DECLS
