/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-picture-builder.h"
#include "cg-rtp-packet.h"

G_BEGIN_DECLS

/**
 * CgAudioDepayOptions:
 * @is_aac: RFC 3640; else the payload is what it is (RFC 3551)
 * @clock_rate: of the RTP clock
 * @config: (nullable): AAC: the parameter of that name, in hexadecimal
 * @size_length: AAC: the parameters of RFC 3640, 4.1; all 0: those of AAC-hbr
 * @constant_size: AAC: the parameter; 0: there is none
 */
typedef struct {
  gboolean is_aac;
  guint clock_rate;
  const char *config;
  guint size_length;
  guint index_length;
  guint index_delta_length;
  guint constant_size;
} CgAudioDepayOptions;

/**
 * CgAudioDepay:
 *
 * From RTP packets to pieces of sound: AAC frames without ADTS, which some cameras leave in (Q50),
 * or G.711 as it comes.
 */
typedef struct _CgAudioDepay CgAudioDepay;

CgAudioDepay *
cg_audio_depay_new (const CgAudioDepayOptions *options, CgUnitFunc func, gpointer user_data);
void cg_audio_depay_free (CgAudioDepay *self);

void cg_audio_depay_push (CgAudioDepay *self, const CgRtpPacket *packet);
void cg_audio_depay_lose (CgAudioDepay *self);

GBytes *cg_audio_depay_get_config (const CgAudioDepay *self, guint *rate, guint *channels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgAudioDepay, cg_audio_depay_free)

G_END_DECLS
