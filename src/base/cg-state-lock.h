/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgStateLock:
 *
 * The right to write into a state folder. It ends with the process that has it, however that ends.
 */
typedef struct _CgStateLock CgStateLock;

CgStateLock *cg_state_lock_take (const char *dir, GError **error);
void cg_state_lock_free (CgStateLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgStateLock, cg_state_lock_free)

G_END_DECLS
