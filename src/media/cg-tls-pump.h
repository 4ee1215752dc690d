/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CgTlsPump:
 *
 * A plain descriptor for a stream that is none: whatever is written to it goes through the stream,
 * and the other way round. So librtmp need not do TLS, which it does without looking at
 * certificates.
 */
typedef struct _CgTlsPump CgTlsPump;

CgTlsPump *cg_tls_pump_new (GIOStream *stream, GError **error);
void cg_tls_pump_free (CgTlsPump *self);
int cg_tls_pump_get_fd (CgTlsPump *self);
gboolean cg_tls_pump_has_timed_out (CgTlsPump *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgTlsPump, cg_tls_pump_free)

G_END_DECLS
