/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Three functions of GStreamer's RTSP library, each standing before the library's own of its name,
 * which it calls, for all of this process: rtspsrc of GStreamer 1.22 trusts cameras where that ends
 * or fills the bridge, and offers no other place to look first. */
#include "cg-rtsp-shield.h"

#include <dlfcn.h>
#include <gst/rtsp/rtsp.h>

#include "cg-rtsp-guard.h"
#include "cg-rtsp-tunnel.h"

/* Descriptions are a few hundred bytes long. */
#define MAX_BODY (1024 * 1024)

typedef GstRTSPAuthCredential **(*ParseFunc) (GstRTSPMessage *message, GstRTSPHeaderField field);
typedef GstRTSPResult (*ConnectFunc) (GstRTSPConnection *connection,
                                      gint64 timeout,
                                      GstRTSPMessage *response);
typedef GstRTSPResult (*CreateFunc) (const GstRTSPUrl *url, GstRTSPConnection **connection);

static gpointer
find_theirs (gsize *theirs, const char *name)
{
  if (g_once_init_enter (theirs))
    g_once_init_leave (theirs, (gsize)dlsym (RTLD_NEXT, name));
  return (gpointer)*theirs;
}

/**
 * cg_rtsp_shield_ensure:
 *
 * Does nothing; whoever calls it has the functions of this file linked in.
 */
void
cg_rtsp_shield_ensure (void)
{
}

static const char *
find_param (const GstRTSPAuthCredential *challenge, const char *name)
{
  for (GstRTSPAuthParam **param = challenge->params; *param != NULL; param++) {
    if (g_ascii_strcasecmp ((*param)->name, name) == 0)
      return (*param)->value;
  }
  return NULL;
}

static gboolean
is_whole (const GstRTSPAuthCredential *challenge)
{
  if (challenge->params == NULL)
    return FALSE;
  for (GstRTSPAuthParam **param = challenge->params; *param != NULL; param++) {
    if ((*param)->name == NULL || (*param)->value == NULL)
      return FALSE;
  }
  return find_param (challenge, "realm") != NULL && find_param (challenge, "nonce") != NULL;
}

/* A challenge of a kind that nobody knows, or a digest without realm and nonce: with it rtspsrc
 * asks again, and GStreamer's library puts no login of its own beside that of the guard. */
static GstRTSPAuthCredential **
make_challenge (gboolean again)
{
  GstRTSPAuthCredential **challenges = g_new0 (GstRTSPAuthCredential *, 2);

  challenges[0] = g_new0 (GstRTSPAuthCredential, 1);
  challenges[0]->scheme = again ? GST_RTSP_AUTH_DIGEST : GST_RTSP_AUTH_NONE;
  challenges[0]->params = g_new0 (GstRTSPAuthParam *, 2);
  challenges[0]->params[0] = g_new0 (GstRTSPAuthParam, 1);
  challenges[0]->params[0]->name = g_strdup ("stale");
  challenges[0]->params[0]->value = g_strdup ("TRUE");
  return challenges;
}

static char **
list_headers (const GstRTSPMessage *message, GstRTSPHeaderField field)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gchar *value = NULL;

  for (int i = 0; gst_rtsp_message_get_header (message, field, &value, i) == GST_RTSP_OK; i++)
    g_strv_builder_add (builder, value);
  return g_strv_builder_end (builder);
}

/* The HTTP server before an RTSP server is asked by GStreamer's library, before any source has sent
 * a request of its own that a guard could have seen. */
static gboolean
is_from_tunnel (GstRTSPMessage *message)
{
  return gst_rtsp_message_get_type (message) == GST_RTSP_MESSAGE_HTTP_RESPONSE;
}

/**
 * gst_rtsp_message_parse_auth_credentials: (skip)
 * @message: an answer
 * @field: the header that holds the challenges
 *
 * What a guarded source makes of a challenge is the guard's affair; that of an HTTP tunnel is
 * answered by GStreamer, once. Any other reads through a null
 * pointer when a digest challenge has no parameters, or one of them no value: such a challenge is
 * made one of a kind that nobody knows.
 *
 * Returns: (transfer full): the challenges
 */
GstRTSPAuthCredential **
gst_rtsp_message_parse_auth_credentials (GstRTSPMessage *message, GstRTSPHeaderField field)
{
  static gsize theirs;
  const ParseFunc parse = (ParseFunc)find_theirs (&theirs, G_STRFUNC);
  g_auto (GStrv) headers = list_headers (message, field);
  const CgRtspGuardVerdict verdict =
      field == GST_RTSP_HDR_WWW_AUTHENTICATE && !is_from_tunnel (message)
          ? cg_rtsp_guard_take_challenge ((const char *const *)headers)
          : CG_RTSP_GUARD_ABSENT;

  if (verdict != CG_RTSP_GUARD_ABSENT)
    return make_challenge (verdict == CG_RTSP_GUARD_AGAIN);
  GstRTSPAuthCredential **challenges = parse (message, field);
  for (guint i = 0; challenges != NULL && challenges[i] != NULL; i++) {
    if (challenges[i]->scheme == GST_RTSP_AUTH_DIGEST && !is_whole (challenges[i]))
      challenges[i]->scheme = GST_RTSP_AUTH_NONE;
  }
  return challenges;
}

/**
 * gst_rtsp_connection_create: (skip)
 * @url: whom to talk to
 * @connection: (out): not connected yet
 *
 * rtspsrc takes an answer of any length.
 *
 * Returns: as GStreamer's own
 */
GstRTSPResult
gst_rtsp_connection_create (const GstRTSPUrl *url, GstRTSPConnection **connection)
{
  static gsize theirs;
  const CreateFunc create = (CreateFunc)find_theirs (&theirs, G_STRFUNC);
  const GstRTSPResult result = create (url, connection);

  if (result == GST_RTSP_OK)
    gst_rtsp_connection_set_content_length_limit (*connection, MAX_BODY);
  return result;
}

/**
 * gst_rtsp_connection_connect_with_response_usec: (skip)
 * @connection: one that is created
 * @timeout: in microseconds
 * @response: (out caller-allocates): of the HTTP server, for a tunnel
 *
 * Why a tunnel could not be made is told; rtspsrc says only that it could not.
 *
 * Returns: as GStreamer's own
 */
GstRTSPResult
gst_rtsp_connection_connect_with_response_usec (GstRTSPConnection *connection,
                                                gint64 timeout,
                                                GstRTSPMessage *response)
{
  static gsize theirs;
  const ConnectFunc connect = (ConnectFunc)find_theirs (&theirs, G_STRFUNC);
  const GstRTSPResult result = connect (connection, timeout, response);

  if (result != GST_RTSP_OK && is_from_tunnel (response))
    cg_rtsp_tunnel_take_answer (connection, response);
  return result;
}
