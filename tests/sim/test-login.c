/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doorkeeper, on time that the test makes. */
#include "cg-sim-login.h"

#include <string.h>

#define NOW_MS 5000
#define CLOCK_MS (G_GINT64_CONSTANT (1700000000) * 1000) /* 2023-11-14T22:13:20Z */
#define PATH "/onvif/device_service"
#define DIGEST_TYPE                                                                                \
  "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#"            \
  "PasswordDigest"

static char *
get_nonce (const char *challenge)
{
  const char *start = strstr (challenge, "nonce=\"");

  g_assert_nonnull (start);
  start += strlen ("nonce=\"");
  return g_strndup (start, strcspn (start, "\""));
}

static char *
md5 (const char *a, const char *b, const char *c)
{
  g_autofree char *text = g_strjoin (":", a, b, c, NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

static char *
make_authorization (const char *challenge, const char *password, const char *uri, const char *count)
{
  g_autofree char *nonce = get_nonce (challenge);
  g_autofree char *ha1 = md5 ("admin", "camgate-sim", password);
  g_autofree char *ha2 = md5 ("POST", uri, NULL);
  g_autofree char *middle = g_strdup_printf ("%s:%s:c:auth", nonce, count);
  g_autofree char *response = md5 (ha1, middle, ha2);

  return g_strdup_printf ("Digest username=\"admin\", realm=\"camgate-sim\", nonce=\"%s\", "
                          "uri=\"%s\", qop=auth, nc=%s, cnonce=\"c\", response=\"%s\"",
                          nonce, uri, count, response);
}

static CgSimLoginResult
try_digest (CgSimLogin *login,
            gint64 now_ms,
            const char *challenge,
            const char *password,
            const char *uri,
            const char *count)
{
  g_autofree char *authorization = make_authorization (challenge, password, uri, count);

  return cg_sim_login_check_digest (login, now_ms, "POST", PATH, authorization);
}

static void
test_digest_is_checked (void)
{
  const struct {
    const char *password, *uri, *count;
    CgSimLoginResult result;
  } table[] = {
      {"s3cret", PATH, "00000001", CG_SIM_LOGIN_OK},
      {"s3cret", PATH, "000000ff", CG_SIM_LOGIN_OK},
      {"other", PATH, "00000001", CG_SIM_LOGIN_REFUSED},
      {"s3cret", "/other", "00000001", CG_SIM_LOGIN_REFUSED},
      {"s3cret", PATH, "1", CG_SIM_LOGIN_REFUSED},
      {"s3cret", PATH, "00000000", CG_SIM_LOGIN_STALE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (CgSimLogin) login = cg_sim_login_new ("admin", "s3cret");
    g_autofree char *challenge = cg_sim_login_challenge (login, NOW_MS, FALSE);

    g_assert_cmpint (
        try_digest (login, NOW_MS, challenge, table[i].password, table[i].uri, table[i].count), ==,
        table[i].result);
  }
}

static void
test_digest_count_must_rise (void)
{
  g_autoptr (CgSimLogin) login = cg_sim_login_new ("admin", "s3cret");
  g_autofree char *challenge = cg_sim_login_challenge (login, NOW_MS, FALSE);

  g_assert_cmpint (try_digest (login, NOW_MS, challenge, "s3cret", PATH, "00000002"), ==,
                   CG_SIM_LOGIN_OK);
  g_assert_cmpint (try_digest (login, NOW_MS, challenge, "s3cret", PATH, "00000002"), ==,
                   CG_SIM_LOGIN_STALE);
  g_assert_cmpint (try_digest (login, NOW_MS, challenge, "s3cret", PATH, "00000003"), ==,
                   CG_SIM_LOGIN_OK);
}

static void
test_digest_nonce_ages (void)
{
  g_autoptr (CgSimLogin) login = cg_sim_login_new ("admin", "s3cret");
  g_autofree char *challenge = cg_sim_login_challenge (login, NOW_MS, FALSE);
  g_autofree char *fresh = NULL;

  g_assert_cmpint (try_digest (login, NOW_MS + 60001, challenge, "s3cret", PATH, "00000001"), ==,
                   CG_SIM_LOGIN_STALE);
  fresh = cg_sim_login_challenge (login, NOW_MS + 60001, TRUE);
  g_assert_nonnull (strstr (fresh, "stale=true"));
  g_assert_cmpint (try_digest (login, NOW_MS + 60001, fresh, "s3cret", PATH, "00000001"), ==,
                   CG_SIM_LOGIN_OK);
}

static void
test_digest_strangers (void)
{
  const char *const table[] = {"", "Basic YWRtaW46czNjcmV0", "Digest ", "Digest username=\"admin\"",
                               "Digest nonce=\"x\", uri=\"" PATH "\""};
  g_autoptr (CgSimLogin) login = cg_sim_login_new ("admin", "s3cret");

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (cg_sim_login_check_digest (login, NOW_MS, "POST", PATH, table[i]), ==,
                     CG_SIM_LOGIN_REFUSED);
}

static char *
make_password (const char *nonce, const char *created, const char *password)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  gsize length;
  g_autofree guchar *raw = g_base64_decode (nonce, &length);
  guint8 digest[20];
  gsize digest_length = sizeof digest;

  g_checksum_update (checksum, raw, (gssize)length);
  g_checksum_update (checksum, (const guchar *)created, -1);
  g_checksum_update (checksum, (const guchar *)password, -1);
  g_checksum_get_digest (checksum, digest, &digest_length);
  return g_base64_encode (digest, digest_length);
}

static CgSimLoginResult
try_token (CgSimLogin *login, const char *user, const char *created, const char *password)
{
  const char *const nonce = "bm9uY2Ux";
  g_autofree char *digest = make_password (nonce, created, password);
  const CgSimToken token = {user, digest, DIGEST_TYPE, nonce, created};

  return cg_sim_login_check_token (login, CLOCK_MS, &token);
}

static void
test_token_is_checked (void)
{
  const struct {
    const char *user, *created, *password;
    CgSimLoginResult result;
  } table[] = {
      {"admin", "2023-11-14T22:13:20Z", "s3cret", CG_SIM_LOGIN_OK},
      {"admin", "2023-11-14T22:13:30.000Z", "s3cret", CG_SIM_LOGIN_OK},
      {"admin", "2023-11-14T22:13:10Z", "s3cret", CG_SIM_LOGIN_OK},
      {"admin", "2023-11-14T22:13:31Z", "s3cret", CG_SIM_LOGIN_REFUSED},
      {"admin", "2023-11-14T22:13:09Z", "s3cret", CG_SIM_LOGIN_REFUSED},
      {"admin", "2023-11-14T22:13:20Z", "other", CG_SIM_LOGIN_REFUSED},
      {"root", "2023-11-14T22:13:20Z", "s3cret", CG_SIM_LOGIN_REFUSED},
      {"admin", "now", "s3cret", CG_SIM_LOGIN_REFUSED},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (CgSimLogin) login = cg_sim_login_new ("admin", "s3cret");

    g_assert_cmpint (try_token (login, table[i].user, table[i].created, table[i].password), ==,
                     table[i].result);
  }
}

static void
test_token_counts_once (void)
{
  g_autoptr (CgSimLogin) login = cg_sim_login_new ("admin", "s3cret");

  g_assert_cmpint (try_token (login, "admin", "2023-11-14T22:13:20Z", "s3cret"), ==,
                   CG_SIM_LOGIN_OK);
  g_assert_cmpint (try_token (login, "admin", "2023-11-14T22:13:20Z", "s3cret"), ==,
                   CG_SIM_LOGIN_REFUSED);
}

static void
test_token_in_plain_text (void)
{
  g_autoptr (CgSimLogin) login = cg_sim_login_new ("admin", "s3cret");
  const CgSimToken plain = {"admin", "s3cret", "urn:x#PasswordText", "bm9uY2Ux",
                            "2023-11-14T22:13:20Z"};
  const CgSimToken bare = {.username = "admin", .password = "s3cret"};

  g_assert_cmpint (cg_sim_login_check_token (login, CLOCK_MS, &plain), ==, CG_SIM_LOGIN_REFUSED);
  g_assert_cmpint (cg_sim_login_check_token (login, CLOCK_MS, &bare), ==, CG_SIM_LOGIN_REFUSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/login/digest/checked", test_digest_is_checked);
  g_test_add_func ("/sim/login/digest/count", test_digest_count_must_rise);
  g_test_add_func ("/sim/login/digest/age", test_digest_nonce_ages);
  g_test_add_func ("/sim/login/digest/strangers", test_digest_strangers);
  g_test_add_func ("/sim/login/token/checked", test_token_is_checked);
  g_test_add_func ("/sim/login/token/once", test_token_counts_once);
  g_test_add_func ("/sim/login/token/plain", test_token_in_plain_text);
  return g_test_run ();
}
