/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-rtmp-url.h"

G_BEGIN_DECLS

/**
 * CgUplink:
 *
 * A connected socket to a media server, made by GIO: any address family, verified TLS where the
 * address asks for it. Outwards always a plain blocking descriptor.
 */
typedef struct _CgUplink CgUplink;

CgUplink *cg_uplink_open_in_thread (const CgRtmpUrl *url,
                                    guint stall_timeout_ms,
                                    GCancellable *cancellable,
                                    GError **error);
void cg_uplink_free (CgUplink *self);
int cg_uplink_get_fd (CgUplink *self);
gboolean cg_uplink_has_timed_out (CgUplink *self);
void cg_uplink_await_hang_up_in_thread (CgUplink *self, guint timeout_ms);
void cg_uplink_shut_down (CgUplink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgUplink, cg_uplink_free)

G_END_DECLS
