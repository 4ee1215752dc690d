/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is no SOAP: the snapshot, and where firmware goes. */
#include "cg-sim-files.h"

#include <string.h>

#include "cg-sim-soap.h"

/* Q58: who asks sooner after the last picture gets none. */
#define SNAPSHOT_PAUSE_US (G_USEC_PER_SEC / 2)

/* A grey square of 16×16. */
static const char picture[] =
    "/9j/4AAQSkZJRgABAgAAAQABAAD/2wBDAAgEBAQEBAUFBQUFBQYGBgYGBgYGBgYGBgYHBwcICAgHBwcGBgcH"
    "CAgICAkJCQgICAgJCQoKCgwMCwsODg4RERT/xABKAAEAAAAAAAAAAAAAAAAAAAAAAQEAAAAAAAAAAAAAAAAA"
    "AAAAEAEAAAAAAAAAAAAAAAAAAAAAEQEAAAAAAAAAAAAAAAAAAAAA/8AAEQgAEAAQAwESAAISAAMSAP/aAAwD"
    "AQACEQMRAD8AAAAA/9k=";

static void
record (CgSimState *state, const char *op, JsonObject *args)
{
  cg_sim_requests_add (state->requests, op, g_get_real_time () / 1000, args);
}

static gboolean
is_basic_login (const CgSimState *state, const char *authorization)
{
  g_autofree char *pair =
      g_strconcat (state->options.user, ":",
                   state->options.password != NULL ? state->options.password : "", NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *)pair, strlen (pair));
  g_autofree char *wanted = g_strconcat ("Basic ", encoded, NULL);

  return g_strcmp0 (authorization, wanted) == 0;
}

static gboolean
check_basic (CgSimState *state, SoupServerMessage *message, const char *authorization)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (is_basic_login (state, authorization))
    return TRUE;
  soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
  soup_message_headers_append (headers, "WWW-Authenticate", "Basic realm=\"camgate-sim\"");
  return FALSE;
}

static gboolean
check_digest (CgSimState *state,
              CgSimLogin *login,
              SoupServerMessage *message,
              const char *path,
              const char *authorization)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *method = soup_server_message_get_method (message);
  const gint64 now_ms = g_get_monotonic_time () / 1000;
  const gboolean is_always_stale = cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q3, "stale");
  const CgSimLoginResult result =
      authorization != NULL && !is_always_stale
          ? cg_sim_login_check_digest (login, now_ms, method, path, authorization)
          : CG_SIM_LOGIN_REFUSED;
  g_autofree char *challenge = NULL;

  if (result == CG_SIM_LOGIN_OK)
    return TRUE;
  if (result == CG_SIM_LOGIN_REFUSED && authorization != NULL)
    cg_sim_state_note_refusal (state, "digest", path);
  challenge =
      cg_sim_login_challenge (login, now_ms, result == CG_SIM_LOGIN_STALE || is_always_stale);
  soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
  soup_message_headers_append (headers, "WWW-Authenticate", challenge);
  return FALSE;
}

/* The login of pictures is digest, whatever that of SOAP is; or another one (Q58). */
static gboolean
is_admitted (CgSimState *state, CgSimLogin *login, SoupServerMessage *message, const char *path)
{
  const char *authorization = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Authorization");

  if (login == NULL || cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q58, "none"))
    return TRUE;
  if (cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q58, "basic"))
    return check_basic (state, message, authorization);
  return check_digest (state, login, message, path, authorization);
}

static void
serve_snapshot (CgSimState *state, SoupServerMessage *message)
{
  const gint64 now_us = g_get_monotonic_time ();
  gsize length;
  guchar *bytes;

  record (state, "Snapshot", NULL);
  if (cg_sim_faults_is_arg (state->faults, CG_SIM_FAULT_Q58, "busy") &&
      state->last_snapshot_us > 0 && now_us - state->last_snapshot_us < SNAPSHOT_PAUSE_US) {
    soup_server_message_set_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
    return;
  }
  state->last_snapshot_us = now_us;
  bytes = g_base64_decode (picture, &length);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "image/jpeg", SOUP_MEMORY_TAKE, (char *)bytes, length);
}

/* The camera checks nothing and starts anew. */
static void
serve_firmware (CgSimState *state, SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autofree char *checksum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes);
  JsonObject *args = json_object_new ();

  json_object_set_int_member (args, "length", (gint64)g_bytes_get_size (bytes));
  json_object_set_string_member (args, "md5", checksum);
  record (state, "Firmware", args);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  cg_sim_state_reboot (state);
}

static const struct {
  const char *path;
  const char *method;
  void (*serve) (CgSimState *state, SoupServerMessage *message);
} files[] = {
    {CG_SIM_SNAPSHOT_PATH, "GET", serve_snapshot},
    {CG_SIM_FIRMWARE_PATH, "POST", serve_firmware},
};

/**
 * cg_sim_files_serve:
 * @state: the camera
 * @login: (nullable): its doorkeeper
 * @message: what came
 * @path: of it
 *
 * Returns: whether there is a file of that name, and so an answer
 */
gboolean
cg_sim_files_serve (CgSimState *state,
                    CgSimLogin *login,
                    SoupServerMessage *message,
                    const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    if (g_strcmp0 (files[i].path, path) != 0)
      continue;
    if (g_strcmp0 (soup_server_message_get_method (message), files[i].method) != 0)
      soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
    else if (is_admitted (state, login, message, path))
      files[i].serve (state, message);
    return TRUE;
  }
  return FALSE;
}
