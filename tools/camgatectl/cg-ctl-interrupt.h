/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgCtlInterrupt:
 *
 * While it lives, the signals that would end us are told instead: whoever moves a camera stops it
 * first. When it is freed, a signal that came ends us after all, as the shell expects.
 */
typedef struct _CgCtlInterrupt CgCtlInterrupt;

CgCtlInterrupt *cg_ctl_interrupt_new (void);
void cg_ctl_interrupt_free (CgCtlInterrupt *self);
int cg_ctl_interrupt_get_fd (CgCtlInterrupt *self);
gboolean cg_ctl_interrupt_is_raised (CgCtlInterrupt *self);
gboolean cg_ctl_interrupt_wait (CgCtlInterrupt *self, gint64 timeout_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlInterrupt, cg_ctl_interrupt_free)

G_END_DECLS
