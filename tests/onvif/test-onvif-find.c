/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding simulated cameras, on loopback addresses that no other test has. */
#include "cg-onvif-discovery.h"
#include "cg-onvif-neighbour.h"
#include "cg-onvif-place.h"
#include "cg-sim.h"
#include "cg-test.h"
#include "listener-fixture.h"

/* Long enough for a busy machine; a search lasts as long as this. */
#define SEARCH_MS 700

static guint16
find_free_port (void)
{
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("0.0.0.0", 0);

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static CgSim *
start_sim (const char *listen, const char *name, guint16 port, guint16 discovery_port)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  options.listen = listen;
  options.name = name;
  options.port = port;
  options.auth = CG_SIM_AUTH_NONE;
  options.discovery = discovery_port != 0;
  options.discovery_port = discovery_port;
  CgSim *sim = cg_sim_new (&options);
  cg_sim_start (sim, &error);
  g_assert_no_error (error);
  return sim;
}

static void
set_fault (CgSim *sim, const char *fault, const char *arg)
{
  g_autoptr (GError) error = NULL;

  cg_sim_set_fault (sim, fault, arg, &error);
  g_assert_no_error (error);
}

static GPtrArray *
search (const char *group, const char *host, guint16 port)
{
  static const char *const loopback[] = {"lo", NULL};
  const char *const hosts[] = {host, NULL};
  const CgOnvifProbe options = {
      .addresses = loopback, .hosts = hosts, .group = group, .port = port, .timeout_ms = SEARCH_MS};
  g_autoptr (GError) error = NULL;

  GPtrArray *found = cg_onvif_discovery_probe_in_thread (&options, NULL, &error);
  g_assert_no_error (error);
  return found;
}

/* Q15: each camera hears one of the questions; it is found, and once. */
static void
test_missed_q15 (gconstpointer data)
{
  const guint16 port = find_free_port ();
  g_autoptr (CgSim) sim = start_sim ("127.0.15.1", "Yard", 0, port);
  set_fault (sim, "Q15", data);

  g_autoptr (GPtrArray) found = search (NULL, "127.0.15.1", port);

  g_assert_cmpuint (found->len, ==, 1);
  const CgOnvifDiscovered *yard = found->pdata[0];
  g_assert_cmpstr (yard->endpoint, ==, cg_sim_get_endpoint (sim));
  g_assert_cmpstr (yard->address, ==, "127.0.15.1");
  g_assert_cmpstr (yard->name, ==, "Yard");
}

/* Q15: a camera that is deaf for the group is missed by the group alone. */
static void
test_deaf_q15 (void)
{
  const guint16 port = find_free_port ();
  g_autoptr (CgSim) sim = start_sim ("127.0.15.2", "Yard", 0, port);
  set_fault (sim, "Q15", "unicast");

  g_autoptr (GPtrArray) found = search (NULL, NULL, port);

  g_assert_cmpuint (found->len, ==, 0);
}

/* Q15: cameras of another subnet, in a small range, without any multicast. */
static void
test_range_q15 (gconstpointer range)
{
  const guint16 port = find_free_port ();
  g_autoptr (CgSim) first = start_sim ("127.0.15.17", "Yard", 0, port);
  g_autoptr (CgSim) second = start_sim ("127.0.15.30", "Dock", 0, port);
  g_autoptr (CgSim) outside = start_sim ("127.0.15.33", "Gate", 0, port);

  g_autoptr (GPtrArray) found = search ("", range, port);

  g_assert_cmpuint (found->len, ==, 2);
}

static void
test_bad_range (void)
{
  static const char *const hosts[] = {"127.0.0.0/8", NULL};
  const CgOnvifProbe options = {.hosts = hosts, .group = "", .timeout_ms = 1};
  g_autoptr (GError) error = NULL;

  g_assert_null (cg_onvif_discovery_probe_in_thread (&options, NULL, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
}

/* Q16: it announces an address that it does not have any more. */
static void
test_stale_q16 (void)
{
  const guint16 port = find_free_port ();
  g_autoptr (CgSim) sim = start_sim ("127.0.16.1", "Yard", 0, port);
  set_fault (sim, "Q16", "stale");

  g_autoptr (GPtrArray) found = search (NULL, NULL, port);

  g_assert_cmpuint (found->len, ==, 1);
  g_autofree char *url = cg_onvif_discovered_get_service_address (found->pdata[0]);
  g_assert_cmpstr (url, ==, "http://127.0.16.1/onvif/device_service");
}

/* Q16: who comes and goes says so; probes and answers of others are no announcements. */
static void
test_listen_q16 (void)
{
  const guint16 port = find_free_port ();
  g_auto (ListenerFixture) fixture;

  listener_fixture_init (&fixture, "127.0.0.1", port);
  CgSim *sim = start_sim ("127.0.16.2", "Yard", 0, port);
  fixture.endpoint = cg_sim_get_endpoint (sim);
  g_autoptr (GPtrArray) found = search (NULL, NULL, port);
  cg_sim_stop (sim);
  listener_fixture_await_both (&fixture);

  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (fixture.address, ==, "127.0.16.2");
  cg_sim_free (sim);
}

/* Connects to @address; whether that was possible within the time that a search may take. */
static char *
connect_to (const char *address, GError **error)
{
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new (address, NULL, NULL);
  const gint64 start_us = g_get_monotonic_time ();

  const gboolean is_there = cg_onvif_session_connect_in_thread (session, error);

  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 10 * G_USEC_PER_SEC);
  return is_there ? g_strdup (cg_onvif_session_get_address (session)) : NULL;
}

static void
test_ladder_q30 (gconstpointer data)
{
  const guint16 port = (guint16)GPOINTER_TO_UINT (data);
  g_autofree char *expected = g_strdup_printf ("http://127.0.30.1:%u/onvif/device_service", port);
  g_autoptr (CgSim) sim = start_sim ("127.0.30.1", "Yard", port, 0);
  g_autoptr (GError) error = NULL;

  g_autofree char *address = connect_to ("127.0.30.1", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (address, ==, expected);
}

/* A port that takes connections and never says anything. */
static GSocket *
open_silent_port (const char *host, guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GError) error = NULL;

  g_socket_bind (socket, address, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_listen (socket, NULL));
  return socket;
}

/* Q30: a web page at one port, silence at another, ONVIF at a third. */
static void
test_neighbours_q30 (void)
{
  g_autoptr (CgSim) page = start_sim ("127.0.30.2", "Page", 8899, 0);
  g_autoptr (GSocket) silent = open_silent_port ("127.0.30.2", 2020);
  g_autoptr (CgSim) sim = start_sim ("127.0.30.2", "Yard", 5000, 0);
  g_autoptr (GError) error = NULL;
  set_fault (page, "Q30", NULL);

  g_autofree char *address = connect_to ("127.0.30.2", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (address, ==, "http://127.0.30.2:5000/onvif/device_service");
}

/* Q30: one that wants a login even for its time is taken when nobody else is there. */
static void
test_login_q30 (void)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  options.listen = "127.0.30.3";
  options.port = 8000;
  options.password = "secret";
  options.auth = CG_SIM_AUTH_DIGEST;
  g_autoptr (CgSim) sim = cg_sim_new (&options);
  cg_sim_start (sim, &error);
  g_assert_no_error (error);
  g_autoptr (CgOnvifSession) session =
      cg_onvif_session_new ("127.0.30.3", "admin", options.password);

  cg_onvif_session_connect_in_thread (session, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (cg_onvif_session_get_address (session), ==,
                   "http://127.0.30.3:8000/onvif/device_service");
}

/* Q30: a port that somebody has named is the port. */
static void
test_named_port_q30 (void)
{
  g_autoptr (CgSim) page = start_sim ("127.0.30.4", "Page", 8899, 0);
  g_autoptr (CgSim) sim = start_sim ("127.0.30.4", "Yard", 8000, 0);
  g_autoptr (GError) error = NULL;
  set_fault (page, "Q30", NULL);

  g_autofree char *named = connect_to ("127.0.30.4:8899", &error);

  g_assert_cmpstr (named, ==, "http://127.0.30.4:8899/onvif/device_service");
  g_assert_cmpuint (cg_sim_count_requests (sim, "GetSystemDateAndTime"), ==, 0);
}

static void
test_nobody_q30 (void)
{
  g_autoptr (GError) error = NULL;

  g_autofree char *address = connect_to ("127.0.30.5", &error);

  g_assert_null (address);
  g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
}

/* Q30: the port is learnt; it is looked for again only when the camera is not there any more. */
static void
test_moves_port_q30 (void)
{
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new ("127.0.30.6", NULL, NULL);
  g_autoptr (GError) error = NULL;
  CgSim *sim = start_sim ("127.0.30.6", "Yard", 8999, 0);
  g_assert_true (cg_onvif_session_connect_in_thread (session, &error));
  cg_sim_free (sim);
  g_autoptr (CgSim) again = start_sim ("127.0.30.6", "Yard", 6688, 0);

  cg_onvif_session_forget_services (session);
  const gboolean is_there = cg_onvif_session_connect_in_thread (session, NULL);
  cg_onvif_session_doubt_address (session);
  cg_onvif_session_connect_in_thread (session, &error);

  g_assert_false (is_there);
  g_assert_no_error (error);
  g_assert_cmpstr (cg_onvif_session_get_address (session), ==,
                   "http://127.0.30.6:6688/onvif/device_service");
}

typedef struct {
  GSocket *silent;
  CgOnvifSession *session;
} Abort;

/* The first connection knocks, the second asks, and waits. */
static gpointer
abort_when_asked (gpointer data)
{
  const Abort *abort = data;
  g_autoptr (GSocket) knock = g_socket_accept (abort->silent, NULL, NULL);
  g_autoptr (GSocket) asking = g_socket_accept (abort->silent, NULL, NULL);
  char byte;

  g_assert_cmpint (g_socket_receive (asking, &byte, 1, NULL, NULL), ==, 1);
  cg_onvif_session_abort (abort->session);
  return NULL;
}

/* Q30: a search can be given up. */
static void
test_abort_q30 (void)
{
  g_autoptr (GSocket) silent = open_silent_port ("127.0.30.7", 8899);
  g_autoptr (CgOnvifSession) session = cg_onvif_session_new ("127.0.30.7", NULL, NULL);
  g_autoptr (GError) error = NULL;
  Abort abort = {silent, session};
  GThread *thread = g_thread_new ("abort", abort_when_asked, &abort);

  g_assert_false (cg_onvif_session_connect_in_thread (session, &error));

  g_assert_error (error, CG_ERROR, CG_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
test_neighbour (void)
{
  static const char table[] =
      "IP address       HW type     Flags       HW address            Mask     Device\n"
      "192.0.2.10       0x1         0x2         AA:bb:cc:00:11:22     *        eth0\n"
      "192.0.2.1        0x1         0x0         00:00:00:00:00:00     *        eth0\n"
      "192.0.2.12\n";

  g_autofree char *mac = cg_onvif_neighbour_read (table, "192.0.2.10");

  g_assert_cmpstr (mac, ==, "aa:bb:cc:00:11:22");
  g_assert_null (cg_onvif_neighbour_read (table, "192.0.2.1"));
  g_assert_null (cg_onvif_neighbour_read (table, "192.0.2.12"));
  g_assert_null (cg_onvif_neighbour_read (table, "192.0.2.100"));
  g_assert_null (cg_onvif_neighbour_read ("", "192.0.2.1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/onvif/find/q15-video", "video", test_missed_q15);
  g_test_add_data_func ("/onvif/find/q15-device", "device", test_missed_q15);
  g_test_add_data_func ("/onvif/find/q15-empty", "empty", test_missed_q15);
  g_test_add_data_func ("/onvif/find/q15-unicast", "unicast", test_missed_q15);
  g_test_add_func ("/onvif/find/q15-deaf", test_deaf_q15);
  g_test_add_data_func ("/onvif/find/q15-block", "127.0.15.16/28", test_range_q15);
  g_test_add_data_func ("/onvif/find/q15-span", "127.0.15.10-32", test_range_q15);
  g_test_add_func ("/onvif/find/bad-range", test_bad_range);
  g_test_add_func ("/onvif/find/q16-stale", test_stale_q16);
  g_test_add_func ("/onvif/find/q16-listen", test_listen_q16);
  g_test_add_data_func ("/onvif/find/q30-8899", GUINT_TO_POINTER (8899), test_ladder_q30);
  g_test_add_data_func ("/onvif/find/q30-5000", GUINT_TO_POINTER (5000), test_ladder_q30);
  g_test_add_func ("/onvif/find/q30-neighbours", test_neighbours_q30);
  g_test_add_func ("/onvif/find/q30-login", test_login_q30);
  g_test_add_func ("/onvif/find/q30-named-port", test_named_port_q30);
  g_test_add_func ("/onvif/find/q30-nobody", test_nobody_q30);
  g_test_add_func ("/onvif/find/q30-moves-port", test_moves_port_q30);
  g_test_add_func ("/onvif/find/q30-abort", test_abort_q30);
  g_test_add_func ("/onvif/find/neighbour", test_neighbour);
  return g_test_run ();
}
