/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock.h"
#include "cg-store.h"

G_BEGIN_DECLS

/**
 * CgMoveMark:
 *
 * A state file that is there while a camera may be moving: who finds it after a start knows that
 * the last life ended in the middle of a move, and stops the camera (Q1, Q61).
 */
typedef struct _CgMoveMark CgMoveMark;

CgMoveMark *cg_move_mark_new (CgStore *store, CgClock *clock, const char *did);
void cg_move_mark_recall (CgMoveMark *self);
void cg_move_mark_free (CgMoveMark *self);

GPtrArray *cg_move_mark_list (const char *dir);
gboolean cg_move_mark_exists (const char *dir, const char *did);
void cg_move_mark_forget (CgStore *store, const char *did);

gboolean cg_move_mark_was_left (const CgMoveMark *self);
void cg_move_mark_set (CgMoveMark *self, gboolean is_moving);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgMoveMark, cg_move_mark_free)

G_END_DECLS
