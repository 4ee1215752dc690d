/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-identity.h"

#define ENDPOINT "urn:uuid:4d454930-0000-1000-8000-aabbccddeeff"

static CgOnvifDiscovered *
make_found (const char *endpoint, const char *mac, const char *scope)
{
  CgOnvifDiscovered *found = g_new0 (CgOnvifDiscovered, 1);

  found->endpoint = g_strdup (endpoint);
  found->address = g_strdup ("192.0.2.1");
  found->mac = g_strdup (mac);
  found->scopes = g_strsplit (scope, " ", -1);
  return found;
}

/* Q16: what a camera is known by, the surest first. */
static void
test_find_q16 (void)
{
  static const struct {
    CgIdentity known;
    int expected; /* place in the list below; -1: nobody */
  } rows[] = {
      {{.endpoint = (char *)"urn:uuid:1"}, 0},
      {{.endpoint = (char *)"URN:UUID:1"}, 0},
      {{.endpoint = (char *)"urn:uuid:9"}, -1},
      {{.mac = (char *)"00:11:22:33:44:55"}, 1},
      {{.mac = (char *)"aa:bb:cc:dd:ee:ff"}, 2},
      {{.serial = (char *)"AB-12345"}, 3},
      {{.serial = (char *)"AB-1"}, -1},
      {{.endpoint = (char *)"urn:uuid:1", .mac = (char *)"00:11:22:33:44:55"}, 0},
      {{.endpoint = (char *)"urn:uuid:9", .mac = (char *)"00:11:22:33:44:55"}, 1},
      {{.mac = (char *)"02:02:02:02:02:02"}, -1},
      {{.endpoint = (char *)"urn:uuid:7"}, -1},
      {{.endpoint = (char *)"urn:uuid:7", .mac = (char *)"03:03:03:03:03:03"}, 7},
      {{.endpoint = (char *)"urn:uuid:7", .mac = (char *)"04:04:04:04:04:04"}, -1},
      {{0}, -1},
  };
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_discovered_free);

  g_ptr_array_add (found, make_found ("urn:uuid:1", NULL, ""));
  g_ptr_array_add (found, make_found ("urn:uuid:2", "00:11:22:33:44:55", ""));
  g_ptr_array_add (found, make_found (ENDPOINT, NULL, ""));
  g_ptr_array_add (found, make_found ("urn:uuid:4", NULL, "onvif://www.onvif.org/serial/ab-12345"));
  g_ptr_array_add (found, make_found ("urn:uuid:5", "02:02:02:02:02:02", ""));
  g_ptr_array_add (found, make_found ("urn:uuid:6", "02:02:02:02:02:02", ""));
  g_ptr_array_add (found, make_found ("urn:uuid:7", "05:05:05:05:05:05", ""));
  g_ptr_array_add (found, make_found ("urn:uuid:7", "03:03:03:03:03:03", ""));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgOnvifDiscovered *match = cg_identity_find (&rows[i].known, found);

    if (rows[i].expected < 0)
      g_assert_null (match);
    else
      g_assert_true (match == found->pdata[rows[i].expected]);
  }
}

static void
test_check_q16 (void)
{
  const CgIdentity known = {.serial = (char *)"S1", .endpoint = (char *)"urn:uuid:1"};
  const CgIdentity nobody = {0};
  g_autoptr (GError) error = NULL;

  g_assert_true (cg_identity_check_serial (&known, "s1", &error));
  g_assert_true (cg_identity_check_serial (&known, NULL, &error));
  g_assert_true (cg_identity_check_serial (&nobody, "S2", &error));
  g_assert_true (cg_identity_check_endpoint (&known, "urn:uuid:1", &error));
  g_assert_no_error (error);

  g_assert_false (cg_identity_check_serial (&known, "S2", &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_WRONG_DEVICE);
  g_assert_nonnull (strstr (error->message, "S2"));
  g_clear_error (&error);
  g_assert_false (cg_identity_check_endpoint (&known, "urn:uuid:2", &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_WRONG_DEVICE);
}

static void
test_store (void)
{
  g_autoptr (CgIdentity) identity = cg_identity_new ("10.0.0.5");
  identity->endpoint = g_strdup (ENDPOINT);
  identity->serial = g_strdup ("S1");
  identity->address = g_strdup ("10.0.0.6");

  g_autoptr (JsonNode) node = cg_identity_to_json (identity);
  g_autoptr (CgIdentity) same = cg_identity_from_json (node, "10.0.0.5");
  g_autoptr (CgIdentity) other = cg_identity_from_json (node, "10.0.0.7");
  g_autoptr (CgIdentity) none = cg_identity_from_json (NULL, "10.0.0.7");

  g_assert_true (cg_identity_is_known (same));
  g_assert_cmpstr (same->endpoint, ==, ENDPOINT);
  g_assert_cmpstr (same->serial, ==, "S1");
  g_assert_cmpstr (same->address, ==, "10.0.0.6");
  g_assert_null (same->mac);
  g_assert_false (cg_identity_is_known (other)); /* whoever changes the address may mean another */
  g_assert_cmpstr (other->configured, ==, "10.0.0.7");
  g_assert_false (cg_identity_is_known (none));
}

/* A file that was edited by hand. */
static void
test_bad_store (void)
{
  static const char *const texts[] = {
      "[]",
      "null",
      "{}",
      "{\"configured\":7}",
      "{\"configured\":\"a\",\"endpoint\":[1],\"serial\":null,\"mac\":{}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (JsonNode) node = json_from_string (texts[i], NULL);

    g_autoptr (CgIdentity) identity = cg_identity_from_json (node, "a");

    g_assert_cmpstr (identity->configured, ==, "a");
    g_assert_false (cg_identity_is_known (identity));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identity/find-q16", test_find_q16);
  g_test_add_func ("/identity/check-q16", test_check_q16);
  g_test_add_func ("/identity/store", test_store);
  g_test_add_func ("/identity/bad-store", test_bad_store);
  return g_test_run ();
}
