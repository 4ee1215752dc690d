/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WS-Discovery on loopback, on a port of its own. */
#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>

#include "cg-sim.h"

#define GROUP "239.255.255.250"
#define PROBE                                                                                      \
  "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""                                \
  " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""                                  \
  " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><s:Header>"                        \
  "<a:MessageID>uuid:42</a:MessageID>"                                                             \
  "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>"          \
  "<s:Body><d:Probe><d:Types xmlns:n=\"http://www.onvif.org/ver10/network/wsdl\">"                 \
  "n:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>"

/* A UDP port that nobody has just now. */
static guint16
find_free_port (void)
{
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static GSocket *
make_prober (void)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  struct in_addr loopback = {.s_addr = htonl (INADDR_LOOPBACK)};

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  g_assert_cmpint (setsockopt (g_socket_get_fd (socket), IPPROTO_IP, IP_MULTICAST_IF, &loopback,
                               sizeof loopback),
                   ==, 0);
  g_socket_set_timeout (socket, 10);
  return g_steal_pointer (&socket);
}

static void
probe (GSocket *socket, const char *address, guint16 port, const char *text)
{
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GError) error = NULL;

  g_socket_send_to (socket, to, text, strlen (text), NULL, &error);
  g_assert_no_error (error);
}

/* Takes two answers and finds both cameras in them. */
static void
expect_both (GSocket *socket, CgSim *cameras[2])
{
  gboolean is_found[2] = {FALSE, FALSE};

  for (int n = 0; n < 2; n++) {
    char text[8192];
    g_autoptr (GError) error = NULL;
    const gssize length = g_socket_receive (socket, text, sizeof text - 1, NULL, &error);

    g_assert_no_error (error);
    text[length] = '\0';
    g_assert_nonnull (strstr (text, "<a:RelatesTo>uuid:42</a:RelatesTo>"));
    for (int i = 0; i < 2; i++) {
      if (strstr (text, cg_sim_get_endpoint (cameras[i])) == NULL)
        continue;
      g_assert_nonnull (strstr (text, cg_sim_get_onvif_url (cameras[i])));
      is_found[i] = TRUE;
    }
  }
  g_assert_true (is_found[0] && is_found[1]);
}

static void
test_both_cameras_answer (void)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (CgSim) one = NULL;
  g_autoptr (CgSim) two = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) prober = make_prober ();

  options.discovery = TRUE;
  options.discovery_port = find_free_port ();
  options.name = "North gate";
  one = cg_sim_new (&options);
  options.name = "South gate";
  two = cg_sim_new (&options);
  cg_sim_start (one, &error);
  g_assert_no_error (error);
  cg_sim_start (two, &error);
  g_assert_no_error (error);
  CgSim *cameras[2] = {one, two};

  probe (prober, "127.0.0.1", options.discovery_port, "nonsense");
  probe (prober, "127.0.0.1", options.discovery_port, PROBE);
  expect_both (prober, cameras);
  probe (prober, GROUP, options.discovery_port, PROBE);
  expect_both (prober, cameras);
}

static void
test_endpoint_is_the_name (void)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (CgSim) one = cg_sim_new (&options);
  g_autoptr (CgSim) again = cg_sim_new (&options);
  g_autoptr (CgSim) other = NULL;

  options.name = "Other";
  other = cg_sim_new (&options);

  g_assert_true (g_uuid_string_is_valid (cg_sim_get_endpoint (one) + strlen ("urn:uuid:")));
  g_assert_cmpstr (cg_sim_get_endpoint (one), ==, cg_sim_get_endpoint (again));
  g_assert_cmpstr (cg_sim_get_endpoint (one), !=, cg_sim_get_endpoint (other));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/discovery/both", test_both_cameras_answer);
  g_test_add_func ("/sim/discovery/endpoint", test_endpoint_is_the_name);
  return g_test_run ();
}
