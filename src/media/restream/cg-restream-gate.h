/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgRestreamGate:
 *
 * Who has shown a wrong login waits before the next one of the same host is looked at. All times
 * are monotonic microseconds. Lives in one thread.
 */
typedef struct _CgRestreamGate CgRestreamGate;

CgRestreamGate *cg_restream_gate_new (void);
void cg_restream_gate_free (CgRestreamGate *self);
gint64 cg_restream_gate_reserve (CgRestreamGate *self, const char *host, gint64 now_us);
void cg_restream_gate_refuse (CgRestreamGate *self, const char *host, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRestreamGate, cg_restream_gate_free)

G_END_DECLS
