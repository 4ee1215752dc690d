/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was learnt of a camera, on its way to the state folder and back, through any hands. */
#include "cg-profile.h"

#include <glib/gstdio.h>

#include "cg-main.h"
#include "cg-test.h"

#define DID "001122334455"

static const CgOnvifLearnt example = {
    .firmware = (char *)"V1.0.0 build \"7\"",
    .address = (char *)"http://192.0.2.7/onvif/device_service",
    .login = CG_ONVIF_LOGIN_BOTH,
    .digest = (char *)"SHA-256",
    .clock_mode = CG_ONVIF_CLOCK_LESS_ZONE,
    .clock_offset_ms = -28800500,
    .refuses_timeout = TRUE,
    .stop_form = CG_ONVIF_STOP_BARE,
    .media = CG_ONVIF_MEDIA_1,
    .transport = CG_TRANSPORT_UDP,
    .certificate = (char *)"AB:CD",
};

static void
assert_same (const CgOnvifLearnt *a, const CgOnvifLearnt *b)
{
  g_assert_true (cg_onvif_learnt_equal (a, b));
  g_assert_cmpint (a->clock_offset_ms, ==, b->clock_offset_ms);
}

static void
test_there_and_back (void)
{
  const CgOnvifLearnt nothing = {NULL};
  const CgOnvifLearnt *const rows[] = {&example, &nothing};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) node = cg_profile_write (rows[i]);
    g_autofree char *text = json_to_string (node, TRUE);
    g_autoptr (JsonNode) again = json_from_string (text, NULL);

    g_autoptr (CgOnvifLearnt) learnt = cg_profile_read (again, DID);

    assert_same (learnt, rows[i]);
  }
}

/* Each member is faulty in its turn, and the others are taken all the same. */
static void
test_damaged (void)
{
  static const struct {
    const char *text;
    const char *warning; /* NULL: it is sound */
  } rows[] = {
      {"{\"login\":\"token\"}", NULL},
      {"{}", NULL},
      {"[]", "*no JSON object*"},
      {"7", "*no JSON object*"},
      {"null", "*no JSON object*"},
      {"{\"login\":\"token\",\"lodging\":1}", "*unknown member lodging*"},
      {"{\"login\":\"tokens\"}", "*faulty login*"},
      {"{\"login\":1}", "*faulty login*"},
      {"{\"login\":null}", "*faulty login*"},
      {"{\"login\":[\"token\"]}", "*faulty login*"},
      {"{\"login\":{}}", "*faulty login*"},
      {"{\"clock\":\"\"}", "*faulty clock*"},
      {"{\"clock-offset\":\"3600\"}", "*faulty clock-offset*"},
      {"{\"clock-offset\":1e300}", "*faulty clock-offset*"},
      {"{\"clock-offset\":-9223372036854775808}", "*faulty clock-offset*"},
      {"{\"refuses-timeout\":\"true\"}", "*faulty refuses-timeout*"},
      {"{\"refuses-timeout\":1}", "*faulty refuses-timeout*"},
      {"{\"firmware\":\"\"}", "*faulty firmware*"},
      {"{\"stop\":\"sit\"}", "*faulty stop*"},
      {"{\"stop\":2}", "*faulty stop*"},
      {"{\"media\":\"media3\"}", "*faulty media*"},
      {"{\"transport\":\"quic\"}", "*faulty transport*"},
      {"{\"transport\":[\"udp\"]}", "*faulty transport*"},
      {"{\"digest\":false}", "*faulty digest*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) node = json_from_string (rows[i].text, NULL);
    g_test_message ("%s", rows[i].text);

    g_autoptr (CgOnvifLearnt) learnt = cg_profile_read (node, DID);

    cg_test_assert_warning (rows[i].warning);
    g_assert_cmpint (learnt->login, ==,
                     g_str_has_prefix (rows[i].text, "{\"login\":\"token\"") ? CG_ONVIF_LOGIN_TOKEN
                                                                             : 0);
    g_assert_null (learnt->firmware);
    g_assert_null (learnt->digest);
    g_assert_cmpint (learnt->clock_mode, ==, 0);
    g_assert_cmpint (learnt->clock_offset_ms, ==, 0);
    g_assert_false (learnt->refuses_timeout);
    g_assert_cmpint (learnt->stop_form, ==, 0);
    g_assert_cmpint (learnt->media, ==, 0);
    g_assert_cmpint (learnt->transport, ==, 0);
  }
}

static void
test_faulty_beside_sound (void)
{
  g_autoptr (JsonNode) node = json_from_string (
      "{\"login\":\"both\",\"clock\":7,\"clock-offset\":-3.5,\"firmware\":\"1\"}", NULL);

  g_autoptr (CgOnvifLearnt) learnt = cg_profile_read (node, DID);

  cg_test_assert_warning ("*faulty clock: *");
  g_assert_cmpint (learnt->login, ==, CG_ONVIF_LOGIN_BOTH);
  g_assert_cmpint (learnt->clock_offset_ms, ==, -3500);
  g_assert_cmpstr (learnt->firmware, ==, "1");
}

static gboolean
is_stored (gpointer user_data)
{
  return g_file_test (user_data, G_FILE_TEST_EXISTS);
}

/* A restart finds what was noted; drifting clocks are not worth a write. */
static void
test_store (void)
{
  g_autofree char *dir = cg_test_make_dir ();
  g_autofree char *path = g_build_filename (dir, "camera-" DID ".json", NULL);
  g_autoptr (CgStore) store = cg_store_new (dir);
  g_autoptr (CgProfile) profile = cg_profile_new (store, DID);
  CgOnvifLearnt drifted = example;

  drifted.clock_offset_ms += 1000;
  g_assert_cmpint (cg_profile_get_learnt (profile)->login, ==, CG_ONVIF_LOGIN_NONE);
  cg_profile_note (profile, &example);
  cg_test_wait_for (is_stored, path, "the file is there");
  g_autoptr (CgProfile) second = cg_profile_new (store, DID);
  assert_same (cg_profile_get_learnt (second), &example);

  g_unlink (path);
  cg_profile_note (second, &drifted);
  assert_same (cg_profile_get_learnt (second), &example);
  drifted.login = CG_ONVIF_LOGIN_TOKEN;
  cg_profile_note (second, &drifted);
  cg_test_wait_for (is_stored, path, "the file is there");

  g_assert_cmpint (cg_profile_get_learnt (second)->login, ==, CG_ONVIF_LOGIN_TOKEN);
  cg_test_remove_dir (dir);
}

/* What moves and streams have taught outlives the next contact, but no other firmware. */
static void
test_firmware (void)
{
  g_autoptr (CgProfile) profile = cg_profile_new (NULL, DID);
  const CgOnvifLearnt *learnt;
  CgOnvifLearnt contact = {.firmware = (char *)"V1"};
  cg_profile_note (profile, &contact);

  cg_profile_note_moves (profile, CG_ONVIF_STOP_ZERO, TRUE);
  cg_profile_note_transport (profile, CG_TRANSPORT_UDP);
  contact.login = CG_ONVIF_LOGIN_TOKEN;
  cg_profile_note (profile, &contact);
  learnt = cg_profile_get_learnt (profile);
  g_assert_cmpint (learnt->login, ==, CG_ONVIF_LOGIN_TOKEN);
  g_assert_cmpint (learnt->stop_form, ==, CG_ONVIF_STOP_ZERO);
  g_assert_true (learnt->refuses_timeout);
  g_assert_cmpint (learnt->transport, ==, CG_TRANSPORT_UDP);

  contact.firmware = (char *)"V2";
  cg_profile_note (profile, &contact);

  learnt = cg_profile_get_learnt (profile);
  g_assert_cmpint (learnt->stop_form, ==, CG_ONVIF_STOP_UNKNOWN);
  g_assert_false (learnt->refuses_timeout);
  g_assert_cmpint (learnt->transport, ==, CG_TRANSPORT_AUTO);
}

/* A file that is no JSON at all, and another certificate than before (Q57). */
static void
test_warnings (void)
{
  g_autofree char *dir = cg_test_make_dir ();
  g_autofree char *path = g_build_filename (dir, "camera-" DID ".json", NULL);
  g_autoptr (CgStore) store = cg_store_new (dir);
  CgOnvifLearnt other = example;
  g_assert_true (g_file_set_contents (path, "{\"login\":", -1, NULL));

  g_autoptr (CgProfile) profile = cg_profile_new (store, DID);
  cg_test_assert_warning ("*cannot be read*");
  g_autoptr (CgProfile) unkept = cg_profile_new (NULL, DID);
  cg_profile_note (unkept, &example);
  other.certificate = (char *)"EF:01";
  cg_profile_note (unkept, &other);

  cg_test_assert_warning ("*another certificate*EF:01*");
  cg_test_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_main_claim ();
  cg_test_keep_warnings ();
  g_test_add_func ("/camera/profile/there-and-back", test_there_and_back);
  g_test_add_func ("/camera/profile/damaged", test_damaged);
  g_test_add_func ("/camera/profile/faulty-beside-sound", test_faulty_beside_sound);
  g_test_add_func ("/camera/profile/store", test_store);
  g_test_add_func ("/camera/profile/firmware", test_firmware);
  g_test_add_func ("/camera/profile/warnings", test_warnings);
  return g_test_run ();
}
