/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-state.h"

G_BEGIN_DECLS

typedef struct _CgSimDiscovery CgSimDiscovery;

CgSimDiscovery *cg_sim_discovery_new (CgSimState *state);
void cg_sim_discovery_free (CgSimDiscovery *self);
gboolean cg_sim_discovery_start (CgSimDiscovery *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimDiscovery, cg_sim_discovery_free)

G_END_DECLS
