/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-rtmp-session.h"

G_BEGIN_DECLS

/**
 * CgPushTags:
 *
 * Makes FLV tags of one publisher's units, and knows what the server's decoders have been told: a
 * sequence header goes before the first unit of a track, and before whatever differs from it.
 */
typedef struct _CgPushTags CgPushTags;

CgPushTags *cg_push_tags_new (CgRtmpSession *session, gboolean insists_on_h265);
void cg_push_tags_free (CgPushTags *self);

gboolean cg_push_tags_queue (
    CgPushTags *self, CgAccessUnit *unit, gint64 dts_us, gint64 pts_us, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgPushTags, cg_push_tags_free)

G_END_DECLS
