/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-rtmp-url.h"

G_BEGIN_DECLS

/**
 * CgRtmpAuth:
 *
 * The login of a publisher, as Adobe's and Limelight's servers and those that imitate them ask for
 * it: a refusal of `connect` holds the challenge, and the next `connect` the answer, each on a
 * connection of its own.
 */
typedef struct _CgRtmpAuth CgRtmpAuth;

CgRtmpAuth *cg_rtmp_auth_new (const CgRtmpUrl *url);
void cg_rtmp_auth_free (CgRtmpAuth *self);
const char *cg_rtmp_auth_get_query (CgRtmpAuth *self);
gboolean cg_rtmp_auth_answer (CgRtmpAuth *self, const char *refusal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtmpAuth, cg_rtmp_auth_free)

G_END_DECLS
