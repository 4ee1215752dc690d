/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-digest.h"

/* RFC 2617, 3.5, and RFC 7616, 3.9.1: their examples, with their own cnonce. */
static void
test_digest_examples (void)
{
  static const struct {
    const char *challenge;
    const char *cnonce;
    const char *username;
    const char *password;
    const char *response;
  } rows[] = {
      {"Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
       "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
       "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
       "0a4f113b", "Mufasa", "Circle Of Life", "response=\"6629fae49393a05397450978507c4ef1\""},
      {"Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5, "
       "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
       "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
       "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "Mufasa", "Circle of Life",
       "response=\"8ca523f5e9506fed4657c9700eebdbec\""},
      {"Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, "
       "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
       "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
       "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "Mufasa", "Circle of Life",
       "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const char *const headers[] = {rows[i].challenge, NULL};
    g_autoptr (CgDigest) challenge = cg_digest_parse (headers);

    g_autofree char *answer = cg_digest_answer (challenge, "GET", "/dir/index.html",
                                                rows[i].username, rows[i].password, rows[i].cnonce);

    g_assert_true (g_str_has_prefix (answer, "Digest username=\"Mufasa\", realm="));
    g_assert_nonnull (strstr (answer, rows[i].response));
    g_assert_nonnull (strstr (answer, "qop=auth, nc=00000001, cnonce=\""));
    g_assert_nonnull (strstr (answer, "opaque=\""));
    g_assert_null (strstr (answer, rows[i].password));
  }
}

static void
test_digest_old_form (void)
{
  const char *const headers[] = {"digest nonce=abc, realm=\"r\\\"q\"", NULL};
  g_autoptr (CgDigest) challenge = cg_digest_parse (headers);
  g_autofree char *ha1 = g_compute_checksum_for_string (G_CHECKSUM_MD5, "u:r\"q:p", -1);
  g_autofree char *ha2 = g_compute_checksum_for_string (G_CHECKSUM_MD5, "POST:/x", -1);
  g_autofree char *all = g_strdup_printf ("%s:abc:%s", ha1, ha2);
  g_autofree char *response = g_compute_checksum_for_string (G_CHECKSUM_MD5, all, -1);

  g_autofree char *answer = cg_digest_answer (challenge, "POST", "/x", "u", "p", "cnonce");

  g_autofree char *expected =
      g_strdup_printf ("Digest username=\"u\", realm=\"r\\\"q\", nonce=\"abc\", uri=\"/x\", "
                       "response=\"%s\"",
                       response);
  g_assert_cmpstr (answer, ==, expected);
}

static void
test_digest_count (void)
{
  const char *const headers[] = {"Digest realm=\"r\", nonce=\"n\", qop=\"auth\"", NULL};
  g_autoptr (CgDigest) challenge = cg_digest_parse (headers);

  g_autofree char *first = cg_digest_answer (challenge, "POST", "/", "u", "p", "c");
  g_autofree char *second = cg_digest_answer (challenge, "POST", "/", "u", "p", "c");

  g_assert_nonnull (strstr (first, "nc=00000001"));
  g_assert_nonnull (strstr (second, "nc=00000002"));
}

static void
test_challenges (void)
{
  static const struct {
    const char *first;
    const char *second;
    const char *nonce; /* NULL: nothing for us */
    gboolean has_qop;
    gboolean is_stale;
  } rows[] = {
      {NULL, NULL, NULL, FALSE, FALSE},
      {"Basic realm=\"x\"", NULL, NULL, FALSE, FALSE},
      {"Digest realm=\"x\"", NULL, NULL, FALSE, FALSE},
      {"Digest", NULL, NULL, FALSE, FALSE},
      {"", ",,,", NULL, FALSE, FALSE},
      {"Digest realm=\"x\", nonce=\"n\", algorithm=TOKEN", NULL, NULL, FALSE, FALSE},
      {"Basic realm=\"x\", Digest realm=\"y\", nonce=\"n\"", NULL, "n", FALSE, FALSE},
      {"Digest nonce=\"n\", Basic realm=\"x\"", NULL, "n", FALSE, FALSE},
      {"Basic realm=\"x\"", "Digest realm=\"y\",nonce=\"n\",qop=auth,stale=TRUE", "n", TRUE, TRUE},
      {"Digest realm=\"y\", nonce=\"2\", algorithm=SHA-256",
       "Digest realm=\"y\", nonce=\"5\", algorithm=md5", "2", FALSE, FALSE},
      {"Digest realm=\"y\", nonce=\"5\"",
       "Digest realm=\"y\", nonce=\"2\", userhash=true, algorithm=SHA-256", "2", FALSE, FALSE},
      {"Digest realm=\"y\", nonce=\"7\", algorithm=SHA-512-256",
       "Digest realm=\"y\", nonce=\"5\", algorithm=MD5-sess", "5", FALSE, FALSE},
      {"Digest nonce=\"n\", qop=\"auth-int\"", NULL, "n", FALSE, FALSE},
      {"Digest nonce = \"n\" , realm= \"with, comma\"", NULL, "n", FALSE, FALSE},
      {"Digest nonce=\"unfinished", NULL, "unfinished", FALSE, FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const char *const headers[] = {rows[i].first, rows[i].second, NULL};

    g_autoptr (CgDigest) challenge = cg_digest_parse (headers);

    g_test_message ("row %u", i);
    if (rows[i].nonce == NULL) {
      g_assert_null (challenge);
      continue;
    }
    g_assert_cmpstr (challenge->nonce, ==, rows[i].nonce);
    g_assert_cmpint (challenge->has_qop, ==, rows[i].has_qop);
    g_assert_cmpint (challenge->is_stale, ==, rows[i].is_stale);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/examples", test_digest_examples);
  g_test_add_func ("/digest/old-form", test_digest_old_form);
  g_test_add_func ("/digest/count", test_digest_count);
  g_test_add_func ("/digest/challenges", test_challenges);
  return g_test_run ();
}
