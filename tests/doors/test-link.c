/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-mqtt-link.h"

#include <gio/gio.h>
#include <netdb.h>
#include <string.h>

#include "broker.h"
#include "cg-server.h"
#include "cg-test.h"

/* Records what a link tells. */
typedef struct {
  CgMqttLink *link;
  gboolean is_up;
  gboolean is_ended;
  guint n_failed;
  guint n_messages;
} Fixture;

static void
on_event (CgMqttEvent event, const char *text, GBytes *message, gpointer user_data)
{
  Fixture *fixture = user_data;

  switch (event) {
  case CG_MQTT_UP:
    fixture->is_up = TRUE;
    break;
  case CG_MQTT_DOWN:
    fixture->is_up = FALSE;
    break;
  case CG_MQTT_FAILED:
    fixture->n_failed++;
    break;
  case CG_MQTT_MESSAGE: {
    g_autofree char *number =
        g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
    g_assert_cmpuint (g_ascii_strtoull (number, NULL, 10), ==, fixture->n_messages);
    fixture->n_messages++;
    break;
  }
  case CG_MQTT_REFUSED:
  case CG_MQTT_DROPPED:
    g_assert_not_reached ();
  case CG_MQTT_ENDED:
    fixture->is_ended = TRUE;
    break;
  }
}

static void
start_as (Fixture *fixture, const char *client_id, const char *server, guint up_timeout_ms)
{
  static const char *const topics[] = {"actions/gw", NULL};
  CgMqttOptions *options = g_new0 (CgMqttOptions, 1);
  g_autoptr (GError) error = NULL;

  options->servers = cg_server_list_parse (server, &error);
  g_assert_no_error (error);
  options->client_id = g_strdup (client_id);
  options->subscribe_qos = 1;
  options->keep_alive_s = 60;
  options->reconnect_max_ms = 1000;
  options->up_timeout_ms = up_timeout_ms;
  fixture->link = cg_mqtt_link_new (options, on_event, fixture);
  cg_mqtt_link_set_topics (fixture->link, topics);
  cg_mqtt_link_start (fixture->link, &error);
  g_assert_no_error (error);
}

static void
start (Fixture *fixture, const char *server, guint up_timeout_ms)
{
  start_as (fixture, "camgate_gw", server, up_timeout_ms);
}

static void
stop (Fixture *fixture)
{
  cg_mqtt_link_stop (fixture->link, 1000);
  cg_test_wait_for_flag (&fixture->is_ended, "the end of the thread");
  cg_mqtt_link_unref (fixture->link);
}

static gboolean
has_all (gpointer user_data)
{
  Fixture *fixture = user_data;

  return fixture->n_messages == 5000;
}

/* A main loop that is late gets everything, in order, and the thread does not pile it up. */
static void
test_flood (void)
{
  const guint16 port = broker_find_free_port ();
  g_autoptr (Broker) broker G_GNUC_UNUSED =
      broker_new (port, "allow_anonymous true\nmax_queued_messages 0");
  g_autoptr (Cloud) cloud = cloud_new (port, NULL, NULL);
  g_autofree char *server = g_strdup_printf ("mqtt://127.0.0.1:%u", port);
  Fixture fixture = {0};
  start (&fixture, server, 5000);
  cg_test_wait_for_flag (&fixture.is_up, "the link");

  for (guint i = 0; i < 5000; i++) {
    g_autofree char *number = g_strdup_printf ("%u", i);
    cloud_publish (cloud, "actions/gw", number, strlen (number), FALSE);
  }
  cg_test_wait_for (has_all, &fixture, "all messages");

  g_assert_true (fixture.is_up);
  stop (&fixture);
}

static GSocket *
make_socket (void)
{
  return g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
}

/* A full backlog swallows connection requests, as a broken IPv6 route does. */
static GPtrArray *
make_black_hole (guint16 port)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  GSocket *listener = make_socket ();

  if (listener == NULL)
    return NULL;
  g_ptr_array_add (sockets, listener);
  g_socket_set_listen_backlog (listener, 0);
  if (!g_socket_bind (listener, address, FALSE, NULL) || !g_socket_listen (listener, NULL))
    return NULL;
  for (guint i = 0; i < 4; i++) {
    GSocket *filler = make_socket ();
    g_ptr_array_add (sockets, filler);
    g_socket_set_blocking (filler, FALSE);
    g_socket_connect (filler, address, NULL, NULL);
  }
  return g_steal_pointer (&sockets);
}

/* As the library looks it up: GLib has its own idea of localhost. */
static gboolean
is_ipv6_first (const char *name)
{
  const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *addresses = NULL;

  if (getaddrinfo (name, NULL, &hints, &addresses) != 0)
    return FALSE;
  const gboolean is_first = addresses->ai_family == AF_INET6 && addresses->ai_next != NULL;
  freeaddrinfo (addresses);
  return is_first;
}

static void
test_ipv6_that_leads_nowhere (void)
{
  const guint16 port = broker_find_free_port ();
  g_autoptr (Broker) broker G_GNUC_UNUSED = broker_new (port, NULL);
  g_autoptr (GPtrArray) hole = make_black_hole (port);
  g_autofree char *server = g_strdup_printf ("mqtt://localhost:%u", port);
  Fixture fixture = {0};
  if (hole == NULL || !is_ipv6_first ("localhost")) {
    g_test_skip ("localhost has no IPv6 address here");
    return;
  }

  start (&fixture, server, 200);
  cg_test_wait_for_flag (&fixture.is_up, "the link by IPv4");

  g_assert_cmpuint (fixture.n_failed, ==, 0);
  stop (&fixture);
}

static gboolean
has_failed (gpointer user_data)
{
  Fixture *fixture = user_data;

  return fixture->n_failed > 0;
}

/* The configuration refuses it; should one come by another way, the daemon goes on. */
static void
test_client_id_that_the_library_refuses (void)
{
  Fixture fixture = {0};

  start_as (&fixture, "act\001ions", "mqtt://127.0.0.1:1", 200);
  cg_test_wait_for (has_failed, &fixture, "the refusal");

  g_assert_false (fixture.is_up);
  stop (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  g_test_add_func ("/link/flood", test_flood);
  g_test_add_func ("/link/ipv6-that-leads-nowhere", test_ipv6_that_leads_nowhere);
  g_test_add_func ("/link/client-id-that-the-library-refuses",
                   test_client_id_that_the_library_refuses);
  return g_test_run ();
}
