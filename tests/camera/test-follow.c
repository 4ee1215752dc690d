/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A simulated camera that moves, and one that takes another's place (Q16), on loopback addresses
 * that no other test has. */
#include <gio/gio.h>

#include "cg-fleet.h"
#include "cg-main.h"
#include "cg-sim.h"
#include "cg-test.h"

#define DID "001122334455"
#define HOME "127.0.161.1"
#define ELSEWHERE "127.0.161.2"

typedef struct {
  char *dir;
  CgStore *store;
  CgClock *clock;
  CgFleet *fleet;
  guint16 discovery_port;
  guint16 port;
  gboolean closed;
} Fixture;

static guint16
find_free_port (GSocketType type)
{
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, type, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("0.0.0.0", 0);

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static CgSim *
start_sim (Fixture *fixture, const char *listen, const char *name, const char *fault)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  options.listen = listen;
  options.name = name;
  options.port = fixture->port;
  options.password = "secret";
  options.discovery = TRUE;
  options.discovery_port = fixture->discovery_port;
  CgSim *sim = cg_sim_new (&options);
  if (fault != NULL)
    g_assert_true (cg_sim_set_fault (sim, "Q16", fault, NULL));
  cg_sim_start (sim, &error);
  g_assert_no_error (error);
  return sim;
}

static void
start_fleet (Fixture *fixture, const char *follow)
{
  g_autofree char *text =
      g_strdup_printf ("[gateway]\ndid=aabbccddeeff\nsecret=s\n"
                       "[discovery]\ninterfaces=127.0.0.1\nport=%u\nsearch-after=0.1\nfollow=%s\n"
                       "[camera " DID "]\naddress=" HOME ":%u\nusername=admin\npassword=secret\n",
                       fixture->discovery_port, follow, fixture->port);
  g_autoptr (GError) error = NULL;
  g_autoptr (CgConfig) config = cg_config_parse (text, -1, "test", NULL, &error);

  g_assert_no_error (error);
  fixture->closed = FALSE;
  fixture->fleet = cg_fleet_new (fixture->store, fixture->clock);
  cg_fleet_apply (fixture->fleet, config);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

static void
stop_fleet (Fixture *fixture)
{
  cg_fleet_close_async (fixture->fleet, on_closed, &fixture->closed);
  cg_test_wait_for_flag (&fixture->closed, "the fleet to close");
  g_clear_object (&fixture->fleet);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = cg_test_make_dir ();
  fixture->store = cg_store_new (fixture->dir);
  fixture->clock = cg_clock_new ();
  fixture->discovery_port = find_free_port (G_SOCKET_TYPE_DATAGRAM);
  fixture->port = find_free_port (G_SOCKET_TYPE_STREAM);
}

/* Whoever saves holds the store. */
static gboolean
is_saved (gpointer user_data)
{
  return G_OBJECT (user_data)->ref_count == 1;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->fleet != NULL)
    stop_fleet (fixture);
  cg_test_wait_for (is_saved, fixture->store, "everything to be saved");
  g_object_unref (fixture->store);
  g_object_unref (fixture->clock);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

static CgCameraFacts
get_facts (Fixture *fixture)
{
  CgCameraFacts facts;

  cg_camera_get_facts (cg_fleet_lookup (fixture->fleet, DID), &facts);
  return facts;
}

static gboolean
is_contacted (gpointer user_data)
{
  return get_facts (user_data).contacted;
}

static gboolean
is_lost (gpointer user_data)
{
  return !get_facts (user_data).contacted;
}

static gboolean
is_wrong (gpointer user_data)
{
  return g_strcmp0 (get_facts (user_data).problem_word, "wrong-device") == 0;
}

static gboolean
is_elsewhere (gpointer user_data)
{
  const CgCameraFacts facts = get_facts (user_data);

  return facts.contacted && strstr (facts.address, ELSEWHERE) != NULL;
}

static gboolean
is_known (gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (JsonNode) node = cg_store_load (fixture->store, "identity-" DID, NULL);

  return node != NULL && json_object_has_member (json_node_get_object (node), "endpoint") &&
         json_object_has_member (json_node_get_object (node), "serial");
}

static void
await_identity (Fixture *fixture)
{
  cg_test_wait_for (is_contacted, fixture, "contact");
  cg_test_wait_for (is_known, fixture, "an identity in the store");
}

/* It is already elsewhere when it is found to be lost: the search finds it. */
static void
test_search_q16 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgSim) sim = start_sim (fixture, HOME, "Yard", NULL);
  start_fleet (fixture, "true");
  await_identity (fixture);

  g_autoptr (CgSim) moved = start_sim (fixture, ELSEWHERE, "Yard", data);
  cg_sim_stop (sim);
  cg_test_wait_for (is_elsewhere, fixture, "the camera at its new address");

  g_assert_cmpuint (cg_sim_count_requests (moved, "GetProfiles"), >, 0);
}

/* It says hello at its new address. */
static void
test_hello_q16 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgSim) sim = start_sim (fixture, HOME, "Yard", NULL);
  start_fleet (fixture, "true");
  await_identity (fixture);

  cg_sim_stop (sim);
  cg_test_wait_for (is_lost, fixture, "the loss of the camera");
  g_autoptr (CgSim) moved = start_sim (fixture, ELSEWHERE, "Yard", NULL);
  cg_test_wait_for (is_elsewhere, fixture, "the camera at its new address");
}

/* After a restart of the daemon it is asked where it was found. */
static void
test_restart_q16 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgSim) sim = start_sim (fixture, HOME, "Yard", NULL);
  start_fleet (fixture, "true");
  await_identity (fixture);
  g_autoptr (CgSim) moved = start_sim (fixture, ELSEWHERE, "Yard", NULL);
  cg_sim_stop (sim);
  cg_test_wait_for (is_elsewhere, fixture, "the camera at its new address");
  stop_fleet (fixture);
  g_autoptr (CgSim) other = start_sim (fixture, HOME, "Dock", NULL);

  start_fleet (fixture, "true");
  cg_test_wait_for (is_elsewhere, fixture, "the camera at its new address");

  g_assert_cmpuint (cg_sim_count_requests (other, "GetProfiles"), ==, 0);
}

/* Another device has its address: it is reported and not used, and the camera is found. */
static void
test_stranger_q16 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgSim) sim = start_sim (fixture, HOME, "Yard", NULL);
  start_fleet (fixture, "true");
  await_identity (fixture);

  cg_sim_stop (sim);
  cg_test_wait_for (is_lost, fixture, "the loss of the camera");
  g_autoptr (CgSim) stranger = start_sim (fixture, HOME, "Yard", "stranger");
  cg_test_wait_for (is_wrong, fixture, "the report of another device");
  g_assert_false (get_facts (fixture).contacted);
  g_assert_nonnull (strstr (get_facts (fixture).problem_text, "STRANGER"));

  g_autoptr (CgSim) moved = start_sim (fixture, ELSEWHERE, "Yard", NULL);
  cg_test_wait_for (is_elsewhere, fixture, "the camera at its new address");
}

/* Where it is not wanted nobody is followed. */
static void
test_stay_q16 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgSim) sim = start_sim (fixture, HOME, "Yard", NULL);
  start_fleet (fixture, "false");
  cg_test_wait_for (is_contacted, fixture, "contact");

  g_autoptr (CgSim) moved = start_sim (fixture, ELSEWHERE, "Yard", NULL);
  cg_test_run_for (300);

  g_assert_null (strstr (get_facts (fixture).address, ELSEWHERE));
  g_assert_cmpuint (cg_sim_count_requests (moved, "GetSystemDateAndTime"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_main_claim ();
  g_test_add ("/camera/follow/q16-search", Fixture, NULL, set_up, test_search_q16, tear_down);
  g_test_add ("/camera/follow/q16-stale", Fixture, "stale", set_up, test_search_q16, tear_down);
  g_test_add ("/camera/follow/q16-hello", Fixture, NULL, set_up, test_hello_q16, tear_down);
  g_test_add ("/camera/follow/q16-restart", Fixture, NULL, set_up, test_restart_q16, tear_down);
  g_test_add ("/camera/follow/q16-stranger", Fixture, NULL, set_up, test_stranger_q16, tear_down);
  g_test_add ("/camera/follow/q16-stay", Fixture, NULL, set_up, test_stay_q16, tear_down);
  return g_test_run ();
}
