/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"
#include "cg-sim.h"

G_BEGIN_DECLS

#define SIM_PASSWORD "p@ss:#%w/rd"

/* A simulated camera, and our session with it; nothing is asked yet. */
typedef struct {
  CgSim *sim;
  CgOnvifSession *session;
} SimFixture;

void sim_fixture_init (SimFixture *self,
                       const CgSimOptions *options,
                       const char *fault,
                       const char *arg);
/* Its password is SIM_PASSWORD. */
void sim_fixture_init_login (SimFixture *self, CgSimAuth auth, const char *fault, const char *arg);
void sim_fixture_clear (SimFixture *self);
void sim_fixture_set_fault (SimFixture *self, const char *fault, const char *arg);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimFixture, sim_fixture_clear)

G_END_DECLS
