/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-media.h"

#include "cg-error.h"
#include "cg-media-step.h"
#include "cg-stall.h"
#include "cg-stream-stages.h"

#define PUSH_CONNECT_TIMEOUT_MS 10000

/* What the two ends tell of is what a report has room for. */
G_STATIC_ASSERT (CG_N_MEDIA_STEPS == CG_N_STREAM_STAGES);

/**
 * cg_stream_media_clear:
 * @self: what a stream is made of
 *
 * Drops what it holds.
 */
void
cg_stream_media_clear (CgStreamMedia *self)
{
  g_clear_object (&self->transcode);
  g_clear_object (&self->hub);
}

/**
 * cg_stream_media_prepare:
 * @self: what a stream is made of
 *
 * To be called as soon as there is a configuration, and when it has changed: the hub keeps what it
 * may, and what takes long to load is there when it is needed.
 */
void
cg_stream_media_prepare (const CgStreamMedia *self)
{
  cg_hub_set_cache_max_bytes (self->hub, (gsize)self->config->gop_cache_kib * 1024);
  if (self->config->h265 == CG_H265_TRANSCODE)
    cg_transcode_prepare ();
}

/**
 * cg_stream_media_make_pull:
 * @self: what a stream is made of
 * @location: an RTSP address without credentials
 * @breaker: of the camera's login (Q6)
 * @transport: how the pictures are asked for (Q18)
 *
 * Returns: (transfer full): a pull that has not begun
 */
CgPull *
cg_stream_media_make_pull (CgStreamMedia *self,
                           const char *location,
                           CgBreaker *breaker,
                           CgTransport transport)
{
  const CgPullOptions options = {
      .name = self->camera->did,
      .location = location,
      .username = self->camera->username,
      .password = self->camera->password,
      .breaker = breaker,
      .tls = self->camera->tls,
      .tls_fingerprint = self->camera->tls_fingerprint,
      .transport = transport,
      .audio = self->camera->audio,
      .start_timeout_ms = self->config->start_timeout_ms,
      .stall_timeout_ms = self->config->stall_timeout_ms,
      .clock = self->clock,
  };

  return cg_pull_new (self->hub, &options);
}

/**
 * cg_stream_media_make_push:
 * @self: what a stream is made of
 * @url: a checked RTMP URL
 *
 * Returns: (transfer full): a push that has not begun
 */
CgPush *
cg_stream_media_make_push (CgStreamMedia *self, const char *url)
{
  const CgPushOptions options = {
      .url = url,
      .connect_timeout_ms = PUSH_CONNECT_TIMEOUT_MS,
      .stall_timeout_ms = cg_stall_get_timeout_ms (CG_STALL_SERVER, self->config->stall_timeout_ms),
      .insists_on_h265 = self->config->h265 == CG_H265_SEND,
      .clock = self->clock,
  };
  CgHub *hub = self->transcode != NULL ? cg_transcode_get_hub (self->transcode) : self->hub;

  return cg_push_new (hub, &options);
}

/**
 * cg_stream_media_convert:
 * @self: what a stream is made of
 * @error: why a push has failed
 *
 * A server that does not take what the camera sends gets H.264, where the configuration wants it
 * (Q11, Q55).
 *
 * Returns: whether the next push has something else to send
 */
gboolean
cg_stream_media_convert (CgStreamMedia *self, const GError *error)
{
  g_autoptr (GError) reason = NULL;

  if (self->config->h265 != CG_H265_TRANSCODE || self->transcode != NULL ||
      !g_error_matches (error, CG_ERROR, CG_ERROR_STREAM_FORMAT))
    return FALSE;
  self->transcode = cg_transcode_new (self->hub, self->camera->did, &reason);
  if (self->transcode == NULL)
    g_warning ("%s: H.265 stays as it is: %s", self->camera->did, reason->message);
  return self->transcode != NULL;
}

/**
 * cg_stream_media_stop_converting:
 * @self: what a stream is made of
 *
 * The next push gets what the camera sends.
 */
void
cg_stream_media_stop_converting (CgStreamMedia *self)
{
  g_clear_object (&self->transcode);
}
