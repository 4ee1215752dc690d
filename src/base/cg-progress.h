/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgProgress:
 *
 * How far something is that a thread does, told on the main loop: in steps of ten percent, so that
 * nobody is told too often. Reference-counted; the thread tells, whoever has ordered it stops it.
 */
typedef struct _CgProgress CgProgress;

typedef void (*CgProgressFunc) (guint percent, gpointer user_data);

CgProgress *cg_progress_new (CgProgressFunc func, gpointer user_data, GDestroyNotify destroy);
CgProgress *cg_progress_ref (CgProgress *self);
void cg_progress_unref (CgProgress *self);
void cg_progress_tell_in_thread (CgProgress *self, guint64 done, guint64 all);
void cg_progress_stop (CgProgress *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgProgress, cg_progress_unref)

G_END_DECLS
