/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-login.h"

#define REALM "camgate"

/**
 * cg_restream_login_make_nonce:
 *
 * Returns: (transfer full): good for one connection
 */
char *
cg_restream_login_make_nonce (void)
{
  return g_uuid_string_random ();
}

/**
 * cg_restream_login_make_challenge:
 * @nonce: of the connection
 *
 * MD5 and nothing else: it is what every viewer knows. RFC 2617, 3.2.1.
 *
 * Returns: (transfer full): a WWW-Authenticate header
 */
char *
cg_restream_login_make_challenge (const char *nonce)
{
  return g_strdup_printf ("Digest realm=\"" REALM "\", nonce=\"%s\"", nonce);
}

static const char *
get_param (const GstRTSPAuthCredential *credential, const char *name)
{
  for (GstRTSPAuthParam **param = credential->params; param != NULL && *param != NULL; param++) {
    if (g_ascii_strcasecmp ((*param)->name, name) == 0)
      return (*param)->value;
  }
  return NULL;
}

/**
 * cg_restream_login_is_shown:
 * @request: of a viewer
 * @nonce: of its connection
 *
 * Returns: whether the request shows a login, right or wrong
 */
gboolean
cg_restream_login_is_shown (const GstRTSPMessage *request, const char *nonce)
{
  GstRTSPAuthCredential **credentials = gst_rtsp_message_parse_auth_credentials (
      (GstRTSPMessage *)request, GST_RTSP_HDR_AUTHORIZATION);
  gboolean is_shown = FALSE;

  for (GstRTSPAuthCredential **next = credentials; next != NULL && *next != NULL; next++)
    is_shown = is_shown || g_strcmp0 (get_param (*next, "nonce"), nonce) == 0;
  if (credentials != NULL)
    gst_rtsp_auth_credentials_free (credentials);
  return is_shown;
}

static gboolean
is_right (const GstRTSPAuthCredential *credential,
          GstRTSPMethod method,
          const char *nonce,
          const char *username,
          const char *password)
{
  const char *uri = get_param (credential, "uri");
  const char *given = get_param (credential, "response");

  if (credential->scheme != GST_RTSP_AUTH_DIGEST || uri == NULL || given == NULL ||
      g_strcmp0 (get_param (credential, "username"), username) != 0 ||
      g_strcmp0 (get_param (credential, "realm"), REALM) != 0 ||
      g_strcmp0 (get_param (credential, "nonce"), nonce) != 0)
    return FALSE;
  g_autofree char *right = gst_rtsp_generate_digest_auth_response (
      NULL, gst_rtsp_method_as_text (method), REALM, username, password, uri, nonce);
  return g_strcmp0 (given, right) == 0;
}

/**
 * cg_restream_login_check:
 * @request: of a viewer
 * @nonce: of its connection
 * @username: that is let in
 * @password: that goes with it
 *
 * Returns: whether the request shows the login
 */
gboolean
cg_restream_login_check (const GstRTSPMessage *request,
                         const char *nonce,
                         const char *username,
                         const char *password)
{
  GstRTSPAuthCredential **credentials = gst_rtsp_message_parse_auth_credentials (
      (GstRTSPMessage *)request, GST_RTSP_HDR_AUTHORIZATION);
  gboolean right = FALSE;

  for (GstRTSPAuthCredential **next = credentials; next != NULL && *next != NULL; next++)
    right = right || is_right (*next, request->type_data.request.method, nonce, username, password);
  if (credentials != NULL)
    gst_rtsp_auth_credentials_free (credentials);
  return right;
}
