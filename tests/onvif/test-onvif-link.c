/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hellos and goodbyes by IPv6: in a network of our own, where there is a link with addresses. */
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cg-test.h"
#include "listener-fixture.h"

#define LINK "camera0"
#define OTHER_END "camera1"
#define LATER "camera2"
#define PORT 3702
#define ENDPOINT "urn:uuid:6"

#define ANNOUNCEMENT                                                                               \
  "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\""                                \
  " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""                                  \
  " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><e:Body><d:%s>"                    \
  "<a:EndpointReference><a:Address>" ENDPOINT "</a:Address></a:EndpointReference>"                 \
  "<d:XAddrs>http://[fe80::bad]/onvif/device_service</d:XAddrs>"                                   \
  "<d:MetadataVersion>1</d:MetadataVersion></d:%s></e:Body></e:Envelope>"

static const char *why_not;

static gboolean
run_ip (const char *arguments)
{
  g_autofree char *line = g_strconcat ("ip ", arguments, NULL);
  int status = 1;

  return g_spawn_command_line_sync (line, NULL, NULL, &status, NULL) && status == 0;
}

static gboolean
add_link (const char *name, const char *other_end)
{
  g_autofree char *add = g_strdup_printf ("link add %s type veth peer name %s", name, other_end);
  g_autofree char *up = g_strdup_printf ("link set %s up", name);
  g_autofree char *other_up = g_strdup_printf ("link set %s up", other_end);

  return run_ip (add) && run_ip (other_up) && run_ip (up);
}

/* Without multicast to one's own listeners: what is heard has come over the link. */
static void
announce (const char *interface, const char *kind)
{
  g_autofree char *text = g_strdup_printf (ANNOUNCEMENT, kind, kind);
  const guint index = if_nametoindex (interface);
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (CG_ONVIF_DISCOVERY_GROUP_V6);
  g_autoptr (GSocketAddress) target = g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", group,
                                                    "port", PORT, "scope-id", index, NULL);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (socket);
  g_socket_set_multicast_loopback (socket, FALSE);
  g_socket_send_to (socket, target, text, strlen (text), NULL, &error);
  g_assert_no_error (error);
}

/* An address is not spoken from until it is known that nobody else has it (RFC 4862). */
static gboolean
can_speak (gpointer interface)
{
  g_autofree char *table = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents ("/proc/net/if_inet6", &table, NULL, NULL));
  lines = g_strsplit (table, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    char name[IF_NAMESIZE];
    unsigned flags;

    if (sscanf (lines[i], "%*s %*x %*x %*x %x %15s", &flags, name) == 2 &&
        strcmp (name, interface) == 0 && (flags & 0x40) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_until_it_speaks (const char *interface)
{
  const guint timer = g_timeout_add (20, look_again, NULL);

  cg_test_wait_for (can_speak, (gpointer)interface, "an address of the link");
  g_source_remove (timer);
}

static gboolean
is_skipped (void)
{
  if (why_not != NULL)
    g_test_skip (why_not);
  return why_not != NULL;
}

/* Q16: the zone is part of where it is; the chosen interface is heard, and no other. */
static void
test_hello (void)
{
  if (is_skipped ())
    return;
  g_auto (ListenerFixture) fixture;
  listener_fixture_init (&fixture, LINK, PORT);
  fixture.endpoint = ENDPOINT;
  wait_until_it_speaks (OTHER_END);
  wait_until_it_speaks (LINK);

  announce (LINK, "Hello"); /* arrives at the other end */
  announce (OTHER_END, "Hello");
  announce (OTHER_END, "Bye");
  listener_fixture_await_both (&fixture);

  g_assert_true (g_str_has_prefix (fixture.address, "fe80::"));
  g_assert_true (g_str_has_suffix (fixture.address, "%" LINK));
}

/* A link that comes later is heard, and goes without a trace. */
static void
test_links_come_and_go (void)
{
  if (is_skipped ())
    return;
  g_auto (ListenerFixture) fixture;
  listener_fixture_init (&fixture, LATER, PORT);
  fixture.endpoint = ENDPOINT;

  for (guint i = 1; i <= 2; i++) {
    g_assert_true (add_link (LATER, "camera3"));
    wait_until_it_speaks ("camera3");
    cg_onvif_listener_join (fixture.listener);
    cg_onvif_listener_join (fixture.listener);
    announce ("camera3", "Hello");
    announce ("camera3", "Bye");
    listener_fixture_await_both (&fixture);
    g_assert_true (run_ip ("link del " LATER));
    cg_onvif_listener_join (fixture.listener);
    fixture.n_hello = fixture.n_bye = 0;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (unshare (CLONE_NEWNET) != 0)
    why_not = "no network of our own";
  else if (!run_ip ("link set lo up") || !add_link (LINK, OTHER_END))
    why_not = "no link of our own";
  else if (!g_file_test ("/proc/net/if_inet6", G_FILE_TEST_EXISTS))
    why_not = "no IPv6";

  g_test_add_func ("/onvif/link/q16-hello-by-ipv6", test_hello);
  g_test_add_func ("/onvif/link/q16-links-come-and-go", test_links_come_and_go);
  return g_test_run ();
}
