/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim-client.h"

#define OASIS "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"

typedef struct {
  const char *prefix;
  const char *namespace;
  const char *path;
} ServiceRow;

static const ServiceRow services[] = {
    {"tds", "http://www.onvif.org/ver10/device/wsdl", "/onvif/device_service"},
    {"trt", "http://www.onvif.org/ver10/media/wsdl", "/onvif/media_service"},
    {"tr2", "http://www.onvif.org/ver20/media/wsdl", "/onvif/media2_service"},
    {"tptz", "http://www.onvif.org/ver20/ptz/wsdl", "/onvif/ptz_service"},
};

static gboolean
on_authenticate (SoupMessage *message, SoupAuth *auth, gboolean retrying, gpointer user_data)
{
  const SimClient *self = user_data;

  if (retrying)
    return FALSE;
  soup_auth_authenticate (auth, SIM_USER, self->password);
  return TRUE;
}

/* Starts a camera that asks for SIM_USER and SIM_PASSWORD, unless @options say otherwise. */
void
sim_client_start (SimClient *self, const CgSimOptions *options, SimLogin login)
{
  g_autoptr (GError) error = NULL;

  self->sim = cg_sim_new (options);
  cg_sim_start (self->sim, &error);
  g_assert_no_error (error);
  self->session = soup_session_new ();
  soup_session_set_timeout (self->session, 10);
  self->login = login;
  self->password = SIM_PASSWORD;
}

void
sim_client_clear (SimClient *self)
{
  soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_pointer (&self->sim, cg_sim_free);
}

static char *
make_security (const char *password)
{
  g_autofree char *nonce = g_uuid_string_random ();
  g_autofree char *nonce_text = g_base64_encode ((const guchar *)nonce, strlen (nonce));
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *created = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char *secret = g_strconcat (nonce, created, password, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *)secret, -1);
  g_checksum_get_digest (checksum, digest, &length);
  g_autofree char *digest_text = g_base64_encode (digest, length);
  return g_strdup_printf (
      "<w:Security s:mustUnderstand=\"1\" xmlns:w=\"" OASIS "wssecurity-secext-1.0.xsd\" "
      "xmlns:u=\"" OASIS "wssecurity-utility-1.0.xsd\"><w:UsernameToken><w:Username>" SIM_USER
      "</w:Username><w:Password Type=\"" OASIS
      "username-token-profile-1.0#PasswordDigest\">%s</w:Password><w:Nonce>%s</w:Nonce>"
      "<u:Created>%s</u:Created></w:UsernameToken></w:Security>",
      digest_text, nonce_text, created);
}

static char *
make_envelope (const SimClient *self, const ServiceRow *service, const char *op, const char *body)
{
  g_autofree char *security =
      self->login == SIM_LOGIN_TOKEN ? make_security (self->password) : g_strdup ("");

  return g_strdup_printf (
      "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
      " xmlns:tt=\"http://www.onvif.org/ver10/schema\"><s:Header>%s</s:Header><s:Body>"
      "<%s xmlns:%s=\"%s\">%s</%s></s:Body></s:Envelope>",
      security, op, service->prefix, service->namespace, body, op);
}

static void
set_body (SoupMessage *message, gpointer user_data)
{
  soup_message_set_request_body_from_bytes (message, "application/soap+xml; charset=utf-8",
                                            user_data);
}

static SoupMessage *
make_message (SimClient *self, const ServiceRow *service, GBytes *body)
{
  g_autoptr (GUri) base = g_uri_parse (cg_sim_get_onvif_url (self->sim), G_URI_FLAGS_NONE, NULL);
  g_autoptr (GUri) uri = g_uri_parse_relative (base, service->path, G_URI_FLAGS_NONE, NULL);
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_POST, uri);

  set_body (message, body);
  /* After a challenge libsoup 3.2 has forgotten the body. */
  g_signal_connect (message, "restarted", G_CALLBACK (set_body), body);
  if (self->login == SIM_LOGIN_DIGEST)
    g_signal_connect (message, "authenticate", G_CALLBACK (on_authenticate), self);
  return message;
}

/* Calls `prefix:Operation` at the address of its service and waits for the answer. */
SimAnswer *
sim_client_call (SimClient *self, const char *op, const char *body)
{
  const ServiceRow *service = NULL;
  SimAnswer *answer = g_new0 (SimAnswer, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (services); i++) {
    g_autofree char *start = g_strconcat (services[i].prefix, ":", NULL);

    if (g_str_has_prefix (op, start))
      service = &services[i];
  }
  g_assert_nonnull (service);
  g_autofree char *text = make_envelope (self, service, op, body);
  g_autoptr (GBytes) request = g_bytes_new (text, strlen (text));
  g_autoptr (SoupMessage) message = make_message (self, service, request);
  g_autoptr (GBytes) bytes = soup_session_send_and_read (self->session, message, NULL, NULL);
  answer->status = bytes != NULL ? soup_message_get_status (message) : 0;
  answer->text = bytes != NULL && g_bytes_get_size (bytes) > 0
                     ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                     : g_strdup ("");
  return answer;
}

/* Calls, and finds @part in the answer. */
void
sim_client_expect (SimClient *self, const char *op, const char *body, const char *part)
{
  g_autoptr (SimAnswer) answer = sim_client_call (self, op, body);

  if (strstr (answer->text, part) == NULL)
    g_error ("%s: no %s in %u %s", op, part, answer->status, answer->text);
}

void
sim_client_set_fault (SimClient *self, const char *name, const char *arg)
{
  g_autoptr (GError) error = NULL;

  cg_sim_set_fault (self->sim, name, arg, &error);
  g_assert_no_error (error);
}

gboolean
sim_client_is_moving (SimClient *self)
{
  CgSimPosition position;

  cg_sim_get_position (self->sim, &position);
  return position.moving_pan_tilt || position.moving_zoom;
}

static gboolean
is_at_rest (gpointer user_data)
{
  return !sim_client_is_moving (user_data);
}

/* Where it comes to rest. */
CgSimPosition
sim_client_get_rest (SimClient *self)
{
  CgSimPosition position;

  sim_wait_for (is_at_rest, self, "the camera to come to rest");
  cg_sim_get_position (self->sim, &position);
  return position;
}

/* Switches its fault on, asks, and looks at the answer. */
void
sim_client_check_row (SimClient *self, const SimRow *row)
{
  if (row->fault != NULL)
    sim_client_set_fault (self, row->fault, row->arg);

  g_autoptr (SimAnswer) answer = sim_client_call (self, row->op, row->body);

  if (strstr (answer->text, row->part) == NULL ||
      (row->absent != NULL && strstr (answer->text, row->absent) != NULL))
    g_error ("%s: %u %s", row->path, answer->status, answer->text);
}

void
sim_add_rows (const char *prefix, const SimRow *rows, gsize n_rows, GTestDataFunc test)
{
  for (gsize i = 0; i < n_rows; i++) {
    g_autofree char *path = g_strconcat (prefix, rows[i].path, NULL);

    g_test_add_data_func (path, &rows[i], test);
  }
}

void
sim_answer_free (SimAnswer *self)
{
  g_free (self->text);
  g_free (self);
}

static gboolean
tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Waits until @is_so says yes. The camera lives in another thread, which wakes nobody here: it is
 * asked again and again. */
void
sim_wait_for (gboolean (*is_so) (gpointer user_data), gpointer user_data, const char *what)
{
  const gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  const guint ticker = g_timeout_add (2, tick, NULL);

  while (!is_so (user_data)) {
    if (g_get_monotonic_time () > deadline)
      g_error ("waited in vain for %s", what);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (ticker);
}
