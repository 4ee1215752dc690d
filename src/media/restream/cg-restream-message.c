/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-message.h"

#include <string.h>

#include "cg-access-unit.h"
#include "cg-restream-sdp.h"

/**
 * cg_restream_message_get_base:
 * @request: a request
 *
 * Returns: (transfer full): its address, without query and last slash
 */
char *
cg_restream_message_get_base (const GstRTSPMessage *request)
{
  const char *uri = request->type_data.request.uri;
  gsize length = strcspn (uri, "?");

  while (length > 0 && uri[length - 1] == '/')
    length--;
  return g_strndup (uri, length);
}

/* Returns: (nullable): the slash before the part of @base that names a track */
static char *
find_track (char *base, guint *number)
{
  char *slash = strrchr (base, '/');

  for (guint i = 0; slash != NULL && i < CG_N_TRACKS; i++) {
    g_autofree char *name = g_strdup_printf ("/" CG_RESTREAM_CONTROL "%u", i);

    *number = i;
    if (g_str_equal (slash, name))
      return slash;
  }
  return NULL;
}

/**
 * cg_restream_message_get_track:
 * @request: a request
 * @number: (out): of the track that its address names
 *
 * Returns: whether it names one
 */
gboolean
cg_restream_message_get_track (const GstRTSPMessage *request, guint *number)
{
  g_autofree char *base = cg_restream_message_get_base (request);

  return find_track (base, number) != NULL;
}

/**
 * cg_restream_message_get_stream:
 * @request: a request
 *
 * Returns: (transfer full): address of the stream, also where that of @request names one track
 */
char *
cg_restream_message_get_stream (const GstRTSPMessage *request)
{
  char *base = cg_restream_message_get_base (request);
  guint number;
  char *slash = find_track (base, &number);

  if (slash != NULL)
    *slash = '\0';
  return base;
}

/**
 * cg_restream_message_get_did:
 * @request: a request
 *
 * Returns: (transfer full) (nullable): the first part of the path
 */
char *
cg_restream_message_get_did (const GstRTSPMessage *request)
{
  g_autofree char *base = cg_restream_message_get_base (request);
  const char *host = strstr (base, "://");
  const char *path = host != NULL ? strchr (host + 3, '/') : NULL;

  if (path == NULL)
    return NULL;
  g_autofree char *part = g_strndup (path + 1, strcspn (path + 1, "/"));
  return g_uri_unescape_string (part, NULL);
}

/**
 * cg_restream_message_get_ways:
 * @request: a SETUP
 *
 * The parser of GStreamer makes a header of each way that is offered: all in one again.
 *
 * Returns: (transfer full): its Transport
 */
char *
cg_restream_message_get_ways (const GstRTSPMessage *request)
{
  GString *ways = g_string_new (NULL);
  char *way = NULL;

  for (int i = 0;
       gst_rtsp_message_get_header (request, GST_RTSP_HDR_TRANSPORT, &way, i) == GST_RTSP_OK; i++)
    g_string_append_printf (ways, "%s%s", i > 0 ? "," : "", way);
  return g_string_free (ways, FALSE);
}

/**
 * cg_restream_message_init_answer:
 * @answer: (out caller-allocates): to be unset
 * @request: what it answers
 * @status: how
 */
void
cg_restream_message_init_answer (GstRTSPMessage *answer,
                                 const GstRTSPMessage *request,
                                 GstRTSPStatusCode status)
{
  memset (answer, 0, sizeof *answer);
  gst_rtsp_message_init_response (answer, status, gst_rtsp_status_as_text (status), request);
  gst_rtsp_message_remove_header (answer, GST_RTSP_HDR_SESSION, -1);
  gst_rtsp_message_add_header (answer, GST_RTSP_HDR_SERVER, "camgate");
}

/**
 * cg_restream_message_to_bytes:
 * @answer: an answer
 *
 * Returns: (transfer full): as it goes out
 */
GBytes *
cg_restream_message_to_bytes (const GstRTSPMessage *answer)
{
  GString *text = g_string_new (NULL);
  guint8 *body = NULL;
  guint size = 0;

  g_string_append_printf (text, "RTSP/1.0 %d %s\r\n", answer->type_data.response.code,
                          answer->type_data.response.reason);
  gst_rtsp_message_append_headers (answer, text);
  if (gst_rtsp_message_get_body (answer, &body, &size) == GST_RTSP_OK && size > 0)
    g_string_append_printf (text, "Content-Length: %u\r\n", size);
  g_string_append (text, "\r\n");
  g_string_append_len (text, (const char *)body, size);
  return g_string_free_to_bytes (text);
}
