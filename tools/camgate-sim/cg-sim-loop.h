/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CgSimLoop CgSimLoop;

CgSimLoop *cg_sim_loop_acquire (void);
void cg_sim_loop_release (CgSimLoop *self);
GMainContext *cg_sim_loop_get_context (CgSimLoop *self);
void cg_sim_loop_run (CgSimLoop *self, void (*work) (gpointer user_data), gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimLoop, cg_sim_loop_release)

G_END_DECLS
