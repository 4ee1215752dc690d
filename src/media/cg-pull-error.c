/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-pull-error.h"

#include <gst/rtsp/gstrtspdefs.h>
#include <string.h>

typedef struct {
  int from; /* GstResourceError or RTSP status */
  CgError to;
} CgErrorMap;

/* RFC 2326 section 7.1.1. Others below 500 are the camera's own opinion: PEER_FAULT. */
static const CgErrorMap by_status[] = {
    {GST_RTSP_STS_UNAUTHORIZED, CG_ERROR_LOGIN_REFUSED},
    {GST_RTSP_STS_FORBIDDEN, CG_ERROR_LOGIN_REFUSED},
    {GST_RTSP_STS_REQUEST_TIMEOUT, CG_ERROR_TIMED_OUT},
    {GST_RTSP_STS_UNSUPPORTED_MEDIA_TYPE, CG_ERROR_STREAM_FORMAT},
    {GST_RTSP_STS_NOT_ENOUGH_BANDWIDTH, CG_ERROR_TOO_MANY_STREAMS},
    {GST_RTSP_STS_SERVICE_UNAVAILABLE, CG_ERROR_TOO_MANY_STREAMS},
    {GST_RTSP_STS_GATEWAY_TIMEOUT, CG_ERROR_TIMED_OUT},
};

/* What rtspsrc of GStreamer 1.22 says where there is no status. */
static const CgErrorMap by_resource[] = {
    {GST_RESOURCE_ERROR_NOT_AUTHORIZED, CG_ERROR_LOGIN_REFUSED},
    {GST_RESOURCE_ERROR_OPEN_READ, CG_ERROR_UNREACHABLE},
    {GST_RESOURCE_ERROR_OPEN_WRITE, CG_ERROR_UNREACHABLE},
    {GST_RESOURCE_ERROR_OPEN_READ_WRITE, CG_ERROR_UNREACHABLE},
    {GST_RESOURCE_ERROR_READ, CG_ERROR_UNREACHABLE},
    {GST_RESOURCE_ERROR_WRITE, CG_ERROR_UNREACHABLE},
    {GST_RESOURCE_ERROR_CLOSE, CG_ERROR_UNREACHABLE},
};

static gboolean
find_in (const CgErrorMap *map, gsize length, int from, CgError *to)
{
  for (gsize i = 0; i < length; i++) {
    if (map[i].from != from)
      continue;
    *to = map[i].to;
    return TRUE;
  }
  return FALSE;
}

/* rtspsrc of GStreamer 1.22 tells a refused SETUP in words only: `Error (453): …`. */
static guint
read_status (const char *debug)
{
  const char *words = debug != NULL ? strstr (debug, "Error (") : NULL;

  return words != NULL ? (guint)g_ascii_strtoull (words + strlen ("Error ("), NULL, 10) : 0;
}

/**
 * cg_pull_error_get_status:
 * @message: an error message of the pipeline
 *
 * Returns: the RTSP status behind it; 0: none
 */
guint
cg_pull_error_get_status (GstMessage *message)
{
  const GstStructure *details = NULL;
  guint status = 0;
  g_autofree char *debug = NULL;

  gst_message_parse_error_details (message, &details);
  if (details != NULL && gst_structure_get_uint (details, "rtsp-status-code", &status))
    return status;
  gst_message_parse_error (message, NULL, &debug);
  return read_status (debug);
}

static CgError
classify (const GError *cause, const char *debug)
{
  CgError code = CG_ERROR_PEER_FAULT;

  if (debug != NULL && strstr (debug, "imeout") != NULL)
    return CG_ERROR_TIMED_OUT;
  if (debug != NULL && strstr (debug, "No supported authentication") != NULL)
    return CG_ERROR_PEER_FAULT;
  if (cause->domain == GST_RESOURCE_ERROR)
    find_in (by_resource, G_N_ELEMENTS (by_resource), cause->code, &code);
  if (cause->domain == GST_STREAM_ERROR)
    code = CG_ERROR_STREAM_FORMAT;
  if (cause->domain == GST_CORE_ERROR)
    code = CG_ERROR_INTERNAL;
  return code;
}

/**
 * cg_pull_error_is_nothing_set_up:
 * @message: an error message of the pipeline
 *
 * Returns: %TRUE if the camera let none of the streams be set up: with a stream that we asked for,
 *   this is its answer 461 to our transport
 */
gboolean
cg_pull_error_is_nothing_set_up (GstMessage *message)
{
  g_autoptr (GError) cause = NULL;

  if (cg_pull_error_get_status (message) == GST_RTSP_STS_UNSUPPORTED_TRANSPORT)
    return TRUE;
  gst_message_parse_error (message, &cause, NULL);
  return g_error_matches (cause, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND);
}

/**
 * cg_pull_error_from_status:
 * @status: an RTSP status other than 200; any number, as the camera sent it
 *
 * Returns: (transfer full): an error of domain CG_ERROR
 */
GError *
cg_pull_error_from_status (guint status)
{
  CgError code = CG_ERROR_PEER_FAULT;
  GError *error;

  find_in (by_status, G_N_ELEMENTS (by_status), (int)status, &code);
  error = g_error_new (CG_ERROR, (int)code, "camera answers RTSP %u %s", status,
                       gst_rtsp_status_as_text (status));
  if (status == GST_RTSP_STS_NOT_FOUND || status == GST_RTSP_STS_GONE)
    cg_error_set_cause (&error, CG_ERROR_CAUSE_NO_STREAM);
  return error;
}

/**
 * cg_pull_error_from_message:
 * @message: an error message of the pipeline
 *
 * The one place where GStreamer's errors become ours.
 *
 * Returns: (transfer full): an error of domain CG_ERROR
 */
GError *
cg_pull_error_from_message (GstMessage *message)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *debug = NULL;

  gst_message_parse_error (message, &cause, &debug);
  if (cause->domain == CG_ERROR)
    return g_steal_pointer (&cause);
  const guint status = cg_pull_error_get_status (message);
  if (status != 0)
    return cg_pull_error_from_status (status);
  const CgError code = classify (cause, debug);
  const char *detail = debug != NULL ? strrchr (debug, '\n') : NULL;
  return g_error_new (CG_ERROR, code, "%s%s%s", cause->message, detail != NULL ? " " : "",
                      detail != NULL ? detail + 1 : "");
}
