/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-media.h"

#include <signal.h>

#include "cg-launch-text.h"
#include "cg-rtmp-url.h"

/**
 * cg_media_prepare:
 * @pipelines_dir: (nullable): folder of the *.launch files; %NULL: `$CAMGATE_PIPELINES_DIR`, or
 *   else where they were installed
 * @error: return location
 *
 * To be called once, before anything else of this room. Ignores SIGPIPE for the whole process:
 * librtmp writes to sockets that servers close.
 *
 * Returns: %TRUE, or %FALSE with #CG_ERROR_INVALID_CONFIG if a pipeline's text is missing
 */
gboolean
cg_media_prepare (const char *pipelines_dir, GError **error)
{
  signal (SIGPIPE, SIG_IGN);
  return cg_launch_read (pipelines_dir, error);
}

/**
 * cg_media_check_rtmp_url:
 * @url: an address from outside
 * @error: return location
 *
 * Returns: %TRUE if @url is rtmp:// or rtmps:// with a host, an application and a stream, or %FALSE
 * with #CG_ERROR_BAD_REQUEST `Invalid RTMP URL` (PROTOCOL.md section 4, play)
 */
gboolean
cg_media_check_rtmp_url (const char *url, GError **error)
{
  g_autoptr (CgRtmpUrl) parsed = cg_rtmp_url_parse (url, error);

  return parsed != NULL;
}
