/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole contact with a simulated camera: what of it is played, and what is moved. */
#include "cg-contact.h"
#include "cg-sim.h"

#define TIMEOUT_MS 10000
#define PASSWORD "p@ss:#%w/rd"

typedef struct {
  CgSim *sim;
  CgCameraConfig *config;
  CgOnvifSession *session;
} Fixture;

static void
set_fault (Fixture *fixture, const char *fault, const char *arg)
{
  g_autoptr (GError) error = NULL;

  cg_sim_set_fault (fixture->sim, fault, arg, &error);
  g_assert_no_error (error);
}

/* @suffix goes behind host:port of the camera's address. */
static void
start (Fixture *fixture, const CgSimOptions *options, const char *suffix)
{
  g_autoptr (GError) error = NULL;

  fixture->sim = cg_sim_new (options);
  cg_sim_start (fixture->sim, &error);
  g_assert_no_error (error);
  g_autoptr (GUri) uri = g_uri_parse (cg_sim_get_onvif_url (fixture->sim), G_URI_FLAGS_NONE, NULL);
  fixture->config = cg_camera_config_new ("c");
  fixture->config->address =
      g_strdup_printf ("%s:%d%s", g_uri_get_host (uri), g_uri_get_port (uri), suffix);
  fixture->session = cg_onvif_session_new (fixture->config->address, "admin", options->password);
}

static void
fixture_clear (Fixture *fixture)
{
  cg_onvif_session_free (fixture->session);
  cg_camera_config_free (fixture->config);
  cg_sim_free (fixture->sim);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static CgContact *
make_contact (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  CgContact *contact = cg_contact_in_thread (fixture->session, fixture->config, TIMEOUT_MS, &error);

  g_assert_no_error (error);
  return contact;
}

/* Each question costs a slow camera its time: none is asked twice. */
static void
test_asks_once (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (Fixture) fixture = {NULL, NULL, NULL};
  g_autoptr (GHashTable) asked = g_hash_table_new (g_str_hash, g_str_equal);
  start (&fixture, &options, "");

  g_autoptr (CgContact) contact = make_contact (&fixture);

  g_autoptr (JsonArray) requests = cg_sim_take_requests (fixture.sim);
  for (guint i = 0; i < json_array_get_length (requests); i++) {
    JsonObject *request = json_array_get_object_element (requests, i);

    g_test_message ("%s", json_object_get_string_member (request, "op"));
    g_assert_true (
        g_hash_table_add (asked, (gpointer)json_object_get_string_member (request, "op")));
  }
  g_assert_true (g_hash_table_contains (asked, "GetDeviceInformation"));
  g_assert_cmpstr (contact->device->firmware_version, ==, "V1.0.0");
}

/* Each channel of a recorder is a camera of its own, which moves itself and no other, and whose
 * small picture shows the same. */
static void
test_q60 (void)
{
  static const struct {
    const char *suffix;
    const char *profile; /* (nullable) */
    const char *seen;
    const char *moves; /* (nullable) */
    const char *small; /* (nullable) */
  } rows[] = {
      {"", NULL, "main", "main-2", "sub"},         {"/1", NULL, "main", NULL, "sub"},
      {"/2", NULL, "main-2", "main-2", "sub-2"},   {"/4", "sub-4", "sub-4", "main-4", NULL},
      {"", "main-4", "main-4", "main-4", "sub-4"}, {"", "sub-3", "sub-3", NULL, NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CgSimOptions options = CG_SIM_OPTIONS_INIT;
    g_auto (Fixture) fixture = {NULL, NULL, NULL};
    g_test_message ("row %u", i);
    start (&fixture, &options, rows[i].suffix);
    set_fault (&fixture, "Q60", "4");
    fixture.config->profile = g_strdup (rows[i].profile);

    g_autoptr (CgContact) contact = make_contact (&fixture);

    g_assert_cmpstr (contact->media_profile, ==, rows[i].seen);
    g_assert_cmpstr (contact->ptz_profile, ==, rows[i].moves);
    g_assert_cmpstr (contact->small_profile, ==, rows[i].small);
  }
}

static void
test_q60_no_channel (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (Fixture) fixture = {NULL, NULL, NULL};
  g_autoptr (GError) error = NULL;
  start (&fixture, &options, "/5");
  set_fault (&fixture, "Q60", "4");

  g_autoptr (CgContact) contact =
      cg_contact_in_thread (fixture.session, fixture.config, TIMEOUT_MS, &error);

  g_assert_null (contact);
  g_assert_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
  g_assert_cmpstr (error->message, ==, "the camera has no channel 5");
}

static void
test_wanted_size (void)
{
  const CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (Fixture) fixture = {NULL, NULL, NULL};
  start (&fixture, &options, "");
  fixture.config->size = g_strdup ("800x600");

  g_autoptr (CgContact) contact = make_contact (&fixture);

  g_assert_cmpstr (contact->media_profile, ==, "sub");
  g_assert_cmpstr (contact->ptz_profile, ==, "main");
}

/* After a firmware change the camera has media 2 alone. The login is tried as it worked. */
static void
test_comes_back_another (void)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_auto (Fixture) fixture = {NULL, NULL, NULL};
  options.password = PASSWORD;
  options.auth = CG_SIM_AUTH_TOKEN;
  start (&fixture, &options, "");
  set_fault (&fixture, "Q28", "fails2");
  g_autoptr (CgContact) before = make_contact (&fixture);
  set_fault (&fixture, "Q28", "absent");

  g_autoptr (CgContact) after = make_contact (&fixture);

  g_assert_cmpstr (before->location, ==, after->location);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetStreamUri2"), ==, 1);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "GetServices"), ==, 2);
  g_assert_cmpuint (cg_sim_count_requests (fixture.sim, "LoginRefused"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/contact/asks-once", test_asks_once);
  g_test_add_func ("/camera/contact/Q60", test_q60);
  g_test_add_func ("/camera/contact/Q60/no-channel", test_q60_no_channel);
  g_test_add_func ("/camera/contact/wanted-size", test_wanted_size);
  g_test_add_func ("/camera/contact/comes-back-another", test_comes_back_another);
  return g_test_run ();
}
