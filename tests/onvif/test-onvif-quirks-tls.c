/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which certificates are taken: our client and a simulated camera that speaks https (Q57). */
#include <string.h>

#include "cg-onvif-learnt.h"
#include "cg-onvif-media.h"
#include "cg-sim.h"

#define PASSWORD "p@ss:#%w/rd"

static gboolean
read_profiles (CgOnvifSession *session, GError **error)
{
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, error);

  return profiles != NULL && profiles->len > 0;
}

/* Q57: pinned before accept before strict. */
static void
test_q57_tls (void)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  options.password = PASSWORD;
  g_autoptr (CgSim) sim = cg_sim_new (&options);
  g_assert_true (cg_sim_set_fault (sim, "Q57", NULL, NULL));
  g_assert_true (cg_sim_start (sim, NULL));
  g_assert_true (g_str_has_prefix (cg_sim_get_onvif_url (sim), "https://"));
  g_autoptr (CgOnvifSession) first =
      cg_onvif_session_new (cg_sim_get_onvif_url (sim), "admin", PASSWORD);

  g_assert_true (read_profiles (first, NULL));

  g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (first);
  g_assert_cmpuint (strlen (learnt->certificate), ==, 32 * 3 - 1);
  g_auto (GStrv) pairs = g_strsplit (learnt->certificate, ":", -1);
  g_autofree char *joined = g_strjoinv ("", pairs);
  g_autofree char *bare = g_ascii_strdown (joined, -1);
  g_autofree char *other = g_strdup (bare);
  other[0] = other[0] == '0' ? '1' : '0';
  const struct {
    CgTlsPolicy policy;
    const char *pin;
    gboolean works;
    const char *words;
  } rows[] = {
      {CG_TLS_ACCEPT, NULL, TRUE, NULL},
      {CG_TLS_STRICT, NULL, FALSE, "not one the system trusts"},
      {CG_TLS_STRICT, learnt->certificate, TRUE, NULL},
      {CG_TLS_STRICT, bare, TRUE, NULL},
      {CG_TLS_ACCEPT, other, FALSE, "not the pinned one"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CgOnvifSession) session =
        cg_onvif_session_new (cg_sim_get_onvif_url (sim), "admin", PASSWORD);
    cg_onvif_session_set_tls (session, rows[i].policy, rows[i].pin);
    g_autoptr (CgOnvifSession) copy = cg_onvif_session_copy (session);

    g_test_message ("row %u", i);
    g_assert_cmpint (read_profiles (copy, &error), ==, rows[i].works);
    if (rows[i].works)
      continue;
    g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
    g_assert_nonnull (strstr (error->message, rows[i].words));
    g_assert_nonnull (strstr (error->message, learnt->certificate));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/quirks/q57-tls", test_q57_tls);
  return g_test_run ();
}
