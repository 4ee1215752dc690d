/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-state.h"

G_BEGIN_DECLS

/**
 * CgSimProbe:
 *
 * A WS-Discovery Probe as it came.
 */
typedef struct {
  char *message_id;
  char *types;  /* (nullable) */
  char *scopes; /* (nullable) */
  gboolean is_to_group;
} CgSimProbe;

CgSimProbe *cg_sim_probe_parse (const char *text);
void cg_sim_probe_free (CgSimProbe *self);
char *cg_sim_probe_answer (const CgSimProbe *self, CgSimState *state);
char *cg_sim_probe_hello (CgSimState *state);
char *cg_sim_probe_bye (CgSimState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimProbe, cg_sim_probe_free)

G_END_DECLS
