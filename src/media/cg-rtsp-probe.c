/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-probe.h"

#include <gst/rtsp/rtsp.h>

#include "cg-pull-error.h"

/* One dialogue; GStreamer's objects are freed together. */
typedef struct {
  GstRTSPUrl *url;
  GstRTSPConnection *connection;
  GstRTSPMessage request;
  GstRTSPMessage response;
  gint64 timeout_us;
} Dialogue;

static void
dialogue_clear (Dialogue *self)
{
  gst_rtsp_message_unset (&self->request);
  gst_rtsp_message_unset (&self->response);
  if (self->connection != NULL)
    gst_rtsp_connection_free (self->connection);
  if (self->url != NULL)
    gst_rtsp_url_free (self->url);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Dialogue, dialogue_clear)

static gboolean
check (GstRTSPResult result, const char *step, GError **error)
{
  g_autofree char *text = NULL;

  if (result == GST_RTSP_OK)
    return TRUE;
  text = gst_rtsp_strresult (result);
  g_set_error (error, CG_ERROR,
               result == GST_RTSP_ETIMEOUT ? CG_ERROR_TIMED_OUT : CG_ERROR_UNREACHABLE,
               "RTSP %s: %s", step, text);
  return FALSE;
}

static gboolean
describe (Dialogue *self, const char *location, GError **error)
{
  gst_rtsp_message_unset (&self->request);
  gst_rtsp_message_unset (&self->response);
  gst_rtsp_message_init_request (&self->request, GST_RTSP_DESCRIBE, location);
  gst_rtsp_message_add_header (&self->request, GST_RTSP_HDR_ACCEPT, "application/sdp");
  gst_rtsp_message_add_header (&self->request, GST_RTSP_HDR_USER_AGENT, "camgate");
  return check (gst_rtsp_connection_send_usec (self->connection, &self->request, self->timeout_us),
                "request", error) &&
         check (
             gst_rtsp_connection_receive_usec (self->connection, &self->response, self->timeout_us),
             "answer", error);
}

/* Takes the first challenge that can be met; digest comes before basic, as it hides the password.
 */
static gboolean
take_challenge (Dialogue *self, const char *username, const char *password)
{
  static const GstRTSPAuthMethod methods[] = {GST_RTSP_AUTH_DIGEST, GST_RTSP_AUTH_BASIC};
  GstRTSPAuthCredential **challenges =
      gst_rtsp_message_parse_auth_credentials (&self->response, GST_RTSP_HDR_WWW_AUTHENTICATE);
  gboolean taken = FALSE;

  for (gsize m = 0; m < G_N_ELEMENTS (methods) && !taken; m++) {
    for (guint i = 0; challenges != NULL && challenges[i] != NULL && !taken; i++) {
      GstRTSPAuthParam **params = challenges[i]->params;

      if (challenges[i]->scheme != methods[m])
        continue;
      gst_rtsp_connection_clear_auth_params (self->connection);
      for (guint p = 0; params != NULL && params[p] != NULL; p++)
        gst_rtsp_connection_set_auth_param (self->connection, params[p]->name, params[p]->value);
      taken = gst_rtsp_connection_set_auth (self->connection, methods[m], username, password) ==
              GST_RTSP_OK;
    }
  }
  gst_rtsp_auth_credentials_free (challenges);
  return taken;
}

static gboolean
open_dialogue (Dialogue *self, const char *location, GError **error)
{
  return check (gst_rtsp_url_parse (location, &self->url), "address", error) &&
         check (gst_rtsp_connection_create (self->url, &self->connection), "address", error) &&
         check (gst_rtsp_connection_connect_usec (self->connection, self->timeout_us), "connection",
                error);
}

/**
 * cg_rtsp_describe_in_thread:
 * @location: RTSP address without credentials (Q26)
 * @username: (nullable)
 * @password: (nullable)
 * @timeout_ms: for each step of the dialogue
 * @error: return location: %CG_ERROR_UNREACHABLE, %CG_ERROR_TIMED_OUT, %CG_ERROR_LOGIN_REFUSED, or
 *   what the status means
 *
 * Asks for the description of a stream and nothing more: no session is opened (Q19). The login is
 * tried once. Source: RFC 2326 section 10.2.
 *
 * Returns: (transfer full): the description
 */
char *
cg_rtsp_describe_in_thread (const char *location,
                            const char *username,
                            const char *password,
                            guint timeout_ms,
                            GError **error)
{
  g_auto (Dialogue) dialogue = {.timeout_us = timeout_ms * G_GINT64_CONSTANT (1000)};
  GstRTSPStatusCode status;
  guint8 *body = NULL;
  guint size = 0;

  if (!open_dialogue (&dialogue, location, error) || !describe (&dialogue, location, error))
    return NULL;
  status = dialogue.response.type_data.response.code;
  if (status == GST_RTSP_STS_UNAUTHORIZED && username != NULL &&
      take_challenge (&dialogue, username, password != NULL ? password : "")) {
    if (!describe (&dialogue, location, error))
      return NULL;
    status = dialogue.response.type_data.response.code;
  }
  if (status != GST_RTSP_STS_OK) {
    g_propagate_error (error, cg_pull_error_from_status (status));
    return NULL;
  }
  gst_rtsp_message_get_body (&dialogue.response, &body, &size);
  return g_strndup (body != NULL ? (const char *)body : "", size);
}

/**
 * cg_rtsp_probe_in_thread:
 * @location: RTSP address without credentials (Q26)
 * @username: (nullable)
 * @password: (nullable)
 * @timeout_ms: for each step of the dialogue
 * @error: return location: as cg_rtsp_describe_in_thread()
 *
 * Returns: whether the camera would play it
 */
gboolean
cg_rtsp_probe_in_thread (const char *location,
                         const char *username,
                         const char *password,
                         guint timeout_ms,
                         GError **error)
{
  g_autofree char *description =
      cg_rtsp_describe_in_thread (location, username, password, timeout_ms, error);

  return description != NULL;
}
