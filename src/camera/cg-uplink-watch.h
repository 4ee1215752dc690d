/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-clock.h"
#include "cg-config.h"

G_BEGIN_DECLS

/**
 * CgUplinkWatch:
 *
 * Looks at what the box sends, and gives cameras whose main picture the line does not carry their
 * small one, as CgUplinkCare decides:
 *
 *     push drops groups of pictures, or its server takes nothing     all rates, uplink-kbps
 *        └───────────────► watch, every other second ◄──────────────────────┘
 *                             └─► care: who sends which picture, and why (pure)
 *                                    └─► camera: which profile, cg-camera-uplink.c
 *                                           └─► stream: another pull, the same push
 *
 * It rests while nothing is sent, until a stream tells that it changed.
 */
typedef struct _CgUplinkWatch CgUplinkWatch;

CgUplinkWatch *cg_uplink_watch_new (CgClock *clock);
void cg_uplink_watch_free (CgUplinkWatch *self);
void cg_uplink_watch_apply (CgUplinkWatch *self, const CgStreamConfig *config, GPtrArray *cameras);
void cg_uplink_watch_wake (CgUplinkWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgUplinkWatch, cg_uplink_watch_free)

G_END_DECLS
