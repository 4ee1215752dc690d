/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-login.h"
#include "cg-onvif-token.h"

/* The example of the ONVIF Application Programmer's Guide, 6.1.1.3. */
static void
test_token_example (void)
{
  const gint64 created_ms = G_GINT64_CONSTANT (1284623445) * 1000;
  gsize length = 0;
  g_autofree guchar *nonce = g_base64_decode ("LKqI6G/AikKCQrN0zqZFlg==", &length);

  g_autoptr (CgOnvifToken) token =
      cg_onvif_token_new_with_nonce ("userpassword", created_ms, nonce, length);

  g_assert_cmpstr (token->created, ==, "2010-09-16T07:50:45Z");
  g_assert_cmpstr (token->nonce, ==, "LKqI6G/AikKCQrN0zqZFlg==");
  g_assert_cmpstr (token->digest, ==, "tuOSpGlFlIXsozq4HFNeeGeFLEI=");
}

static void
test_token_is_fresh (void)
{
  g_autoptr (CgOnvifToken) first = cg_onvif_token_new ("p", 1284623848123);
  g_autoptr (CgOnvifToken) second = cg_onvif_token_new ("p", 1284623848123);

  g_assert_cmpstr (first->created, ==, "2010-09-16T07:57:28Z");
  g_assert_cmpstr (first->nonce, !=, second->nonce);
  g_assert_cmpstr (first->digest, !=, second->digest);
}

/* Each rung once, in this order, and none that makes no sense. */
static void
test_ladder (void)
{
  static const struct {
    gboolean has_password;
    gboolean has_challenge;
    const char *order;
  } rows[] = {
      {FALSE, FALSE, "none "},
      {FALSE, TRUE, "none "},
      {TRUE, FALSE, "none token "},
      {TRUE, TRUE, "none digest token both "},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GString) order = g_string_new (NULL);
    guint tried = 0;
    CgOnvifLogin login = CG_ONVIF_LOGIN_NONE;

    while (cg_onvif_login_next (tried, rows[i].has_password, rows[i].has_challenge, &login)) {
      g_string_append_printf (order, "%s ", cg_onvif_login_get_word (login));
      tried |= 1u << login;
    }

    g_assert_cmpstr (order->str, ==, rows[i].order);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/token/example", test_token_example);
  g_test_add_func ("/onvif/token/fresh", test_token_is_fresh);
  g_test_add_func ("/onvif/login/ladder", test_ladder);
  return g_test_run ();
}
