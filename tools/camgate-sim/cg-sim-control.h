/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim.h"

G_BEGIN_DECLS

typedef void (*CgSimQuitFunc) (gpointer user_data);

typedef struct _CgSimControl CgSimControl;

CgSimControl *cg_sim_control_new (GPtrArray *cameras, CgSimQuitFunc quit, gpointer user_data);
void cg_sim_control_free (CgSimControl *self);
gboolean cg_sim_control_listen (CgSimControl *self, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimControl, cg_sim_control_free)

G_END_DECLS
