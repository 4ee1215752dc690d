/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-probe.h"

#include <string.h>

#include "cg-error.h"
#include "cg-rtsp-session.h"

/* Nothing was set up: closing is all there is to say. */
#define GOODBYE_TIMEOUT_MS 200

/* Nothing is played. */
static void
ignore_packet (guint channel, const guint8 *data, gsize size, gpointer user_data)
{
}

static char *
describe (const CgRtspProbeOptions *options, gsize *length, GError **error)
{
  const gboolean accepts = options->tls == CG_TLS_ACCEPT && options->tls_fingerprint == NULL;
  const CgRtspOptions session_options = {
      .location = options->location,
      .username = options->username,
      .password = options->password,
      .breaker = options->breaker,
      .timeout_ms = options->timeout_ms,
      .tls_flags = accepts ? 0 : G_TLS_CERTIFICATE_VALIDATE_ALL,
      .tls_fingerprint = options->tls_fingerprint,
      .drops_query = options->drops_query,
  };
  g_autoptr (CgRtspSession) session = cg_rtsp_session_new (&session_options, ignore_packet, NULL);
  char *description = cg_rtsp_session_describe_in_thread (session, error);

  if (cg_rtsp_session_has_dropped_query (session))
    *length = strcspn (options->location, "?");
  cg_rtsp_session_close_in_thread (session, GOODBYE_TIMEOUT_MS);
  return description;
}

static CgBreakerOutcome
get_outcome (const GError *error)
{
  if (error == NULL)
    return CG_BREAKER_ACCEPTED;
  return g_error_matches (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED) ? CG_BREAKER_REFUSED
                                                                   : CG_BREAKER_UNKNOWN;
}

/**
 * cg_rtsp_describe_in_thread:
 * @options: whom to ask, and how
 * @location: (out) (optional): under which it was found: without its query where the camera does
 *   not know that (Q29)
 * @error: return location: %CG_ERROR_UNREACHABLE, %CG_ERROR_TIMED_OUT, %CG_ERROR_LOGIN_REFUSED, or
 *   what the status means
 *
 * Asks for the description of a stream and nothing more: no session is opened (Q19). It is the
 * dialogue of a pull, with whatever login the camera wants. Source: RFC 2326 section 10.2.
 *
 * Returns: (transfer full): the description
 */
char *
cg_rtsp_describe_in_thread (const CgRtspProbeOptions *options, char **location, GError **error)
{
  const gboolean counts = options->breaker != NULL && options->username != NULL;
  g_autoptr (GError) trouble = NULL;
  gsize length = strlen (options->location);

  if (counts && !cg_breaker_begin (options->breaker, CG_BREAKER_RTSP, error))
    return NULL;
  char *description = describe (options, &length, &trouble);
  if (counts)
    cg_breaker_end (options->breaker, CG_BREAKER_RTSP, get_outcome (trouble));
  if (description != NULL && location != NULL)
    *location = g_strndup (options->location, length);
  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  return description;
}
