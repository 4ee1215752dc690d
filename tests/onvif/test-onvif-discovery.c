/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <string.h>
#include <sys/resource.h>

#include "cg-onvif-discovery.h"
#include "cg-onvif-listener.h"

/* Long enough for both rounds of questions on loopback. */
#define TIMEOUT_MS 400

/* Out of the block for private use. */
#define GROUP "239.255.77.77"

/* A camera that answers probes on loopback with whatever it is given. */
typedef struct {
  GSocket *socket;
  GThread *thread;
  GCancellable *quit;
  guint16 port_number;
  char *port;
  const char *const *answers; /* %s is the MessageID of the probe */
  guint n_typed;              /* probes for dn:NetworkVideoTransmitter */
  guint n_device;             /* for tds:Device */
  guint n_any;
  gboolean has_line_break;
} Responder;

static char *
between (const char *text, const char *before, const char *after)
{
  const char *start = strstr (text, before);
  const char *end = start != NULL ? strstr (start + strlen (before), after) : NULL;

  return end != NULL ? g_strndup (start + strlen (before), end - start - strlen (before)) : NULL;
}

static void
count_probe (Responder *self, const char *text)
{
  if (strstr (text, "dn:NetworkVideoTransmitter") != NULL)
    self->n_typed++;
  else if (strstr (text, "tds:Device") != NULL)
    self->n_device++;
  else if (strstr (text, "Types") == NULL)
    self->n_any++;
  g_assert_nonnull (strstr (text, "\"http://www.onvif.org/ver10/network/wsdl\""));
  const char *body = strstr (text, "Body>");
  self->has_line_break |=
      strchr (body, '\n') < strstr (body, "/SOAP-ENV:Body") && strchr (body, '\n') != NULL;
}

static gpointer
respond (gpointer data)
{
  Responder *self = data;
  char buffer[65536];

  for (;;) {
    g_autoptr (GSocketAddress) from = NULL;
    const gssize n =
        g_socket_receive_from (self->socket, &from, buffer, sizeof buffer - 1, self->quit, NULL);

    if (n < 0)
      return NULL;
    buffer[n] = '\0';
    count_probe (self, buffer);
    g_autofree char *id = between (buffer, "MessageID>", "</");
    for (guint i = 0; self->answers[i] != NULL; i++)
      g_socket_send_to (self->socket, from, self->answers[i], strlen (self->answers[i]), NULL,
                        NULL);
    g_assert_true (g_str_has_prefix (id, "uuid:"));
  }
}

static Responder *
responder_new_at (const char *const *answers, GInetAddress *address)
{
  Responder *self = g_new0 (Responder, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (address, 0);

  self->answers = answers;
  self->quit = g_cancellable_new ();
  self->socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_assert_true (g_socket_bind (self->socket, any, TRUE, NULL));
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (self->socket, NULL);
  self->port_number = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->port = g_strdup_printf ("127.0.0.1:%u", self->port_number);
  self->thread = g_thread_new ("responder", respond, self);
  return self;
}

static Responder *
responder_new (const char *const *answers)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  return responder_new_at (answers, loopback);
}

static void
responder_stop (Responder *self)
{
  g_cancellable_cancel (self->quit);
  g_thread_join (self->thread);
}

static void
responder_free (Responder *self)
{
  g_object_unref (self->socket);
  g_object_unref (self->quit);
  g_free (self->port);
  g_free (self);
}

#define HEAD                                                                                       \
  "<?xml version=\"1.0\"?><e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" "        \
  "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "                                  \
  "xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><e:Header>"                         \
  "<a:RelatesTo>uuid:1</a:RelatesTo><x:App xmlns:x=\"urn:x\" e:mustUnderstand=\"1\"/></e:Header>"  \
  "<e:Body><d:ProbeMatches>"
#define TAIL "</d:ProbeMatches></e:Body></e:Envelope>"
#define MATCH(endpoint, rest)                                                                      \
  "<d:ProbeMatch><a:EndpointReference><a:Address>" endpoint                                        \
  "</a:Address></a:EndpointReference>" rest                                                        \
  "<d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch>"

static GPtrArray *
probe (const Responder *responder, GError **error)
{
  const char *const hosts[] = {responder->port, NULL};
  const CgOnvifProbe options = {.hosts = hosts, .group = "", .timeout_ms = TIMEOUT_MS};

  return cg_onvif_discovery_probe_in_thread (&options, NULL, error);
}

/* Each camera once, with all that it has told in several answers. */
static void
test_merge (void)
{
  static const char *const answers[] = {
      HEAD MATCH ("urn:uuid:1",
                  "<d:Types>\n dn:NetworkVideoTransmitter\n tds:Device </d:Types><d:Scopes>"
                  "onvif://www.onvif.org/name/Front%20Gate onvif://www.onvif.org/hardware/X-1\n"
                  "onvif://www.onvif.org/Profile/T</d:Scopes><d:XAddrs>http://192.0.2.1/onvif/"
                  "device_service "
                  "http://[fe80::1]/onvif/device_service</d:XAddrs>") TAIL,
      HEAD MATCH ("urn:uuid:1", "<d:XAddrs>http://127.0.0.1:81/x</d:XAddrs>")
          MATCH ("urn:uuid:2", "") TAIL,
      "garbage",
      "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\"><e:Body/></e:Envelope>",
      HEAD TAIL,
      NULL,
  };
  g_autoptr (GError) error = NULL;
  Responder *responder = responder_new (answers);

  g_autoptr (GPtrArray) found = probe (responder, &error);

  responder_stop (responder);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  const CgOnvifDiscovered *first = g_ptr_array_index (found, 0);
  g_assert_cmpstr (first->endpoint, ==, "urn:uuid:1");
  g_assert_cmpstr (first->address, ==, "127.0.0.1");
  g_assert_cmpstr (first->name, ==, "Front Gate");
  g_assert_cmpstr (first->hardware, ==, "X-1");
  g_assert_cmpuint (g_strv_length (first->types), ==, 2);
  g_assert_cmpuint (g_strv_length (first->scopes), ==, 3);
  g_assert_cmpuint (g_strv_length (first->xaddrs), ==, 3);
  g_autofree char *url = cg_onvif_discovered_get_service_address (first);
  g_assert_cmpstr (url, ==, "http://127.0.0.1:81/x");
  const CgOnvifDiscovered *second = g_ptr_array_index (found, 1);
  g_autofree char *fallback = cg_onvif_discovered_get_service_address (second);
  g_assert_cmpstr (fallback, ==, "http://127.0.0.1/onvif/device_service");
  responder_free (responder);
}

/* Q15: all three questions, each said twice. */
static void
test_questions (void)
{
  static const char *const answers[] = {NULL};
  g_autoptr (GError) error = NULL;
  Responder *responder = responder_new (answers);

  g_autoptr (GPtrArray) found = probe (responder, &error);

  responder_stop (responder);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 0);
  g_assert_cmpuint (responder->n_typed, ==, 2);
  g_assert_cmpuint (responder->n_device, ==, 2);
  g_assert_cmpuint (responder->n_any, ==, 2);
  g_assert_false (responder->has_line_break);
  responder_free (responder);
}

/* The same through a multicast group, as on a LAN, but on loopback. */
static void
test_multicast (void)
{
  static const char *const answers[] = {HEAD MATCH ("urn:uuid:1", "") TAIL, NULL};
  static const char *const addresses[] = {"127.0.0.1", NULL};
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (GROUP);
  g_autoptr (GError) error = NULL;
  Responder *responder = responder_new_at (answers, group);
  const CgOnvifProbe options = {.addresses = addresses,
                                .group = GROUP,
                                .port = responder->port_number,
                                .timeout_ms = TIMEOUT_MS};

  if (!g_socket_join_multicast_group (responder->socket, group, FALSE, "lo", &error)) {
    g_test_skip (error->message);
  } else {
    g_autoptr (GPtrArray) found = cg_onvif_discovery_probe_in_thread (&options, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (found->len, ==, 1);
  }
  responder_stop (responder);
  responder_free (responder);
}

/* Q16: a stale XAddr; the datagram tells where the camera is. */
static void
test_service_address (void)
{
  static const struct {
    const char *first;
    const char *second;
    const char *url;
  } rows[] = {
      {"http://10.0.0.9:8000/onvif/x", NULL, "http://192.0.2.5:8000/onvif/x"},
      {"http://10.0.0.9/a", "http://192.0.2.5:81/b", "http://192.0.2.5:81/b"},
      {"http://a:b@192.0.2.5/c", NULL, "http://192.0.2.5/c"},
      {"javascript:x", "http://10.0.0.9/d", "http://192.0.2.5/d"},
      {"httpx://192.0.2.5/", NULL, "http://192.0.2.5/onvif/device_service"},
      {NULL, NULL, "http://192.0.2.5/onvif/device_service"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    char *xaddrs[] = {(char *)rows[i].first, (char *)rows[i].second, NULL};
    const CgOnvifDiscovered discovered = {.address = (char *)"192.0.2.5", .xaddrs = xaddrs};

    g_autofree char *url = cg_onvif_discovered_get_service_address (&discovered);

    g_assert_cmpstr (url, ==, rows[i].url);
  }
}

static void
test_cancel (void)
{
  static const char *const hosts[] = {NULL};
  const CgOnvifProbe options = {.hosts = hosts, .group = "", .timeout_ms = 60000};
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_cancellable_cancel (cancellable);

  g_autoptr (GPtrArray) found = cg_onvif_discovery_probe_in_thread (&options, cancellable, &error);

  g_assert_null (found);
  g_assert_error (error, CG_ERROR, CG_ERROR_CANCELLED);
}

static void
test_bad_options (void)
{
  static const char *const addresses[] = {"not-an-address", NULL};
  const CgOnvifProbe bad_group = {.group = "nowhere", .timeout_ms = 1};
  const CgOnvifProbe bad_address = {.addresses = addresses, .timeout_ms = 1};
  g_autoptr (GError) error = NULL;

  g_autoptr (GPtrArray) none = cg_onvif_discovery_probe_in_thread (&bad_group, NULL, &error);
  g_autoptr (GPtrArray) nobody = cg_onvif_discovery_probe_in_thread (&bad_address, NULL, NULL);

  g_assert_null (none);
  g_assert_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST);
  g_assert_cmpuint (nobody->len, ==, 0); /* the others are asked all the same */
}

/* What the kernel says is told as an error of ours. */
static void
test_no_socket (void)
{
  const char *const hosts[] = {"127.0.0.1", NULL};
  const CgOnvifProbe probe = {.hosts = hosts, .group = "", .timeout_ms = TIMEOUT_MS};
  const CgOnvifProbe elsewhere = {.group = "203.0.113.77"};
  g_autoptr (GError) error = NULL;
  struct rlimit limit;

  g_assert_null (cg_onvif_listener_new (&elsewhere, NULL, NULL, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
  g_clear_error (&error);

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  const struct rlimit none = {0, limit.rlim_max};
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_assert_null (cg_onvif_discovery_probe_in_thread (&probe, NULL, &error));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_error (error, CG_ERROR, CG_ERROR_UNREACHABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/discovery/merge", test_merge);
  g_test_add_func ("/onvif/discovery/questions", test_questions);
  g_test_add_func ("/onvif/discovery/multicast", test_multicast);
  g_test_add_func ("/onvif/discovery/service-address", test_service_address);
  g_test_add_func ("/onvif/discovery/cancel", test_cancel);
  g_test_add_func ("/onvif/discovery/bad-options", test_bad_options);
  g_test_add_func ("/onvif/discovery/no-socket", test_no_socket);
  return g_test_run ();
}
