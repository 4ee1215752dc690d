/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-http.h"

#include <libsoup/soup.h>

#include "cg-sim-certificate.h"
#include "cg-sim-files.h"
#include "cg-sim-login.h"
#include "cg-sim-record.h"
#include "cg-sim-soap.h"
#include "cg-sim-spoil.h"

/* What a camera serves to a browser (Q30). */
#define WEB_PAGE "<!DOCTYPE html><html><head><title>Login</title></head><body></body></html>"

/* How often a call that waits is looked at. */
#define WAIT_STEP_MS 20
#define SOAP_TYPE "application/soap+xml; charset=utf-8"

struct _CgSimHttp {
  CgSimState *state; /* (unowned) */
  CgSimRtsp *rtsp;   /* (unowned) */
  CgSimLogin *login; /* (owned) (nullable) */
  SoupServer *server;
  guint n_calls;    /* since every second one is closed (Q46) */
  GHashTable *late; /* (owned) SoupServerMessage → GSource: answers held back */
};

/* Gives the connection up without a word, as some cameras do (Q46). */
static void
close_connection (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
late_source_free (gpointer data)
{
  GSource *source = data;

  g_source_destroy (source);
  g_source_unref (source);
}

typedef struct {
  CgSimHttp *http;
  SoupServerMessage *message; /* (unowned) the table of late answers holds it */
} LateAnswer;

static gboolean
late_answer (gpointer user_data)
{
  const LateAnswer *late = user_data;
  g_autoptr (SoupServerMessage) message = g_object_ref (late->message);
  CgSimHttp *self = late->http;

  g_hash_table_remove (self->late, message);
  soup_server_message_unpause (message);
  return G_SOURCE_REMOVE;
}

static void
hold_back (CgSimHttp *self, SoupServerMessage *message, gint64 delay_ms)
{
  GSource *source = g_timeout_source_new ((guint)MIN (delay_ms, G_MAXINT));
  LateAnswer *late = g_new (LateAnswer, 1);

  *late = (LateAnswer){self, message};
  g_source_set_callback (source, late_answer, late, g_free);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_hash_table_insert (self->late, g_object_ref (message), source);
  soup_server_message_pause (message);
}

static void
send_answer (CgSimHttp *self, SoupServerMessage *message, CgSimCall *call)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, call->status, NULL);
  if (call->challenge != NULL)
    soup_message_headers_append (headers, "WWW-Authenticate", call->challenge);
  if (call->second_challenge != NULL)
    soup_message_headers_append (headers, "WWW-Authenticate", call->second_challenge);
  if (call->answer != NULL)
    soup_server_message_set_response (message, SOAP_TYPE, SOUP_MEMORY_COPY, call->answer,
                                      strlen (call->answer));
  if (call->delay_ms > 0)
    hold_back (self, message, call->delay_ms);
}

static void serve_soap (CgSimHttp *self, SoupServerMessage *message, gint64 since_us);

typedef struct {
  CgSimHttp *http;
  SoupServerMessage *message; /* (unowned) the table of late answers holds it */
  gint64 since_us;
} WaitingCall;

static gboolean
look_again (gpointer user_data)
{
  const WaitingCall *waiting = user_data;
  g_autoptr (SoupServerMessage) message = g_object_ref (waiting->message);
  CgSimHttp *self = waiting->http;
  const gint64 since_us = waiting->since_us;

  g_hash_table_remove (self->late, message);
  soup_server_message_unpause (message);
  serve_soap (self, message, since_us);
  return G_SOURCE_REMOVE;
}

/* There is nothing to answer yet (PullMessages). */
static void
wait_with_answer (CgSimHttp *self, SoupServerMessage *message, gint64 since_us)
{
  GSource *source = g_timeout_source_new (WAIT_STEP_MS);
  WaitingCall *waiting = g_new (WaitingCall, 1);

  *waiting = (WaitingCall){self, message, since_us};
  g_source_set_callback (source, look_again, waiting, g_free);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_hash_table_insert (self->late, g_object_ref (message), source);
  soup_server_message_pause (message);
}

/* A camera that closes instead of saying that it refuses the login it was shown (Q3, Q6). */
static gboolean
hides_refusal (const CgSimCall *call)
{
  const gboolean is_shown = call->authorization != NULL || strstr (call->body, "UsernameToken");

  return is_shown && !SOUP_STATUS_IS_SUCCESSFUL (call->status) &&
         cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q3, "closes");
}

/* @since_us: monotonic, since when it waits; 0: it has just come. */
static void
serve_soap (CgSimHttp *self, SoupServerMessage *message, gint64 since_us)
{
  const char *path = g_uri_get_path (soup_server_message_get_uri (message));
  const gint64 now_us = g_get_monotonic_time ();
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  CgSimFaults *faults = self->state->faults;
  CgSimCall call = {
      .state = self->state,
      .login = self->login,
      .rtsp = self->rtsp,
      .path = path,
      .host = g_uri_get_host (soup_server_message_get_uri (message)),
      .authorization = soup_message_headers_get_one (headers, "Authorization"),
      .body = text,
      .waited_ms = since_us > 0 ? MAX ((now_us - since_us) / 1000, 1) : 0,
      .delay_ms = (gint64)cg_sim_faults_get_number (faults, CG_SIM_FAULT_HANG),
  };

  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q46, "instead") ||
      (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q46, "second") && self->n_calls++ % 2 != 0)) {
    close_connection (message);
    return;
  }
  if (!cg_sim_spoil_request (&call, soup_message_headers_get_one (headers, "Content-Type"),
                             soup_message_headers_get_one (headers, "SOAPAction")))
    cg_sim_soap_serve (&call);
  if (call.is_waiting) {
    cg_sim_call_clear (&call);
    wait_with_answer (self, message, since_us > 0 ? since_us : now_us);
    return;
  }
  cg_sim_spoil_answer (&call);
  cg_sim_record (&call);
  if (call.is_lost || hides_refusal (&call) ||
      (call.status == SOUP_STATUS_OK && cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q46, "lost") &&
       self->n_calls++ % 2 == 0)) {
    cg_sim_call_clear (&call);
    close_connection (message);
    return;
  }
  send_answer (self, message, &call);
  cg_sim_call_clear (&call);
  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q46, "after"))
    g_signal_connect (message, "finished", G_CALLBACK (close_connection), NULL);
}

static void
send_web_page (SoupServerMessage *message)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, WEB_PAGE,
                                    strlen (WEB_PAGE));
}

static gboolean
is_service (const char *path)
{
  const char *const paths[] = {CG_SIM_DEVICE_PATH, CG_SIM_MEDIA_PATH,  CG_SIM_MEDIA2_PATH,
                               CG_SIM_PTZ_PATH,    CG_SIM_EVENTS_PATH, NULL};

  return g_strv_contains (paths, path) || g_str_has_prefix (path, CG_SIM_SUBSCRIPTION_PATH);
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  CgSimHttp *self = user_data;

  if (cg_sim_faults_is_on (self->state->faults, CG_SIM_FAULT_Q30))
    send_web_page (message);
  else if (cg_sim_files_serve (self->state, self->login, message, path))
    return;
  else if (!is_service (path))
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else if (soup_server_message_get_method (message) != SOUP_METHOD_POST)
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
  else
    serve_soap (self, message, 0);
}

/**
 * cg_sim_http_new:
 * @state: (transfer none): the camera; outlives this
 * @rtsp: (transfer none): its streams; outlive this
 *
 * Returns: (transfer full): the HTTP side of a camera. Start and free it in one thread
 */
CgSimHttp *
cg_sim_http_new (CgSimState *state, CgSimRtsp *rtsp)
{
  CgSimHttp *self = g_new0 (CgSimHttp, 1);

  self->state = state;
  self->rtsp = rtsp;
  if (state->options.auth != CG_SIM_AUTH_NONE)
    self->login = cg_sim_login_new (state->options.user, state->options.password);
  self->late = g_hash_table_new_full (NULL, NULL, g_object_unref, late_source_free);
  return self;
}

/* Closes all connections, answered or not. */
static void
stop (CgSimHttp *self)
{
  if (self->server == NULL)
    return;
  g_hash_table_remove_all (self->late);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
}

/**
 * cg_sim_http_free:
 * @self: (transfer full) (nullable): the HTTP side; it is stopped first
 */
void
cg_sim_http_free (CgSimHttp *self)
{
  if (self == NULL)
    return;
  stop (self);
  g_hash_table_unref (self->late);
  cg_sim_login_free (self->login);
  g_free (self);
}

static gboolean
secure (CgSimHttp *self, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = cg_sim_certificate_new (error);

  if (certificate == NULL)
    return FALSE;
  soup_server_set_tls_certificate (self->server, certificate);
  return TRUE;
}

/**
 * cg_sim_http_start:
 * @self: the HTTP side
 *
 * Serves on the thread-default context from now on; the port is then known to the state.
 */
gboolean
cg_sim_http_start (CgSimHttp *self, GError **error)
{
  const CgSimOptions *options = &self->state->options;
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string (options->listen, options->port);
  g_autoslist (GUri) uris = NULL;

  self->server = soup_server_new ("server-header", "camgate-sim", NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  if (cg_sim_faults_is_on (self->state->faults, CG_SIM_FAULT_Q57) && !secure (self, error))
    return FALSE;
  const SoupServerListenOptions secured =
      soup_server_get_tls_certificate (self->server) != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0;
  if (!soup_server_listen (self->server, address, secured, error)) {
    g_prefix_error (error, "%s:%u: ", options->listen, options->port);
    return FALSE;
  }
  uris = soup_server_get_uris (self->server);
  self->state->onvif_port = (guint16)g_uri_get_port (uris->data);
  return TRUE;
}
