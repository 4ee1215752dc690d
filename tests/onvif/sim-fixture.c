/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim-fixture.h"

void
sim_fixture_set_fault (SimFixture *self, const char *fault, const char *arg)
{
  g_autoptr (GError) error = NULL;

  cg_sim_set_fault (self->sim, fault, arg, &error);
  g_assert_no_error (error);
}

void
sim_fixture_init (SimFixture *self, const CgSimOptions *options, const char *fault, const char *arg)
{
  g_autoptr (GError) error = NULL;

  self->sim = cg_sim_new (options);
  cg_sim_start (self->sim, &error);
  g_assert_no_error (error);
  if (fault != NULL)
    sim_fixture_set_fault (self, fault, arg);
  self->session =
      cg_onvif_session_new (cg_sim_get_onvif_url (self->sim), "admin", options->password);
}

void
sim_fixture_init_login (SimFixture *self, CgSimAuth auth, const char *fault, const char *arg)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;

  options.password = SIM_PASSWORD;
  options.auth = auth;
  sim_fixture_init (self, &options, fault, arg);
}

void
sim_fixture_clear (SimFixture *self)
{
  cg_onvif_session_free (self->session);
  cg_sim_free (self->sim);
}
