/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-pull-login.h"

#include "cg-rtsp-guard.h"
#include "cg-rtsp-pin.h"
#include "cg-rtsp-src.h"
#include "cg-rtsp-tunnel.h"

/**
 * cg_pull_login_init:
 * @self: (out caller-allocates): a login
 * @options: what it needs is copied
 */
void
cg_pull_login_init (CgPullLogin *self, const CgPullOptions *options)
{
  *self = (CgPullLogin){
      .username = g_strdup (options->username),
      .password = g_strdup (options->password),
      .breaker = options->breaker != NULL ? cg_breaker_ref (options->breaker) : NULL,
      .tls = options->tls,
      .tls_fingerprint = g_strdup (options->tls_fingerprint),
  };
}

/**
 * cg_pull_login_clear:
 * @self: a login; empty afterwards
 */
void
cg_pull_login_clear (CgPullLogin *self)
{
  g_clear_pointer (&self->username, g_free);
  g_clear_pointer (&self->password, g_free);
  g_clear_pointer (&self->breaker, cg_breaker_unref);
  g_clear_pointer (&self->tls_fingerprint, g_free);
}

/**
 * cg_pull_login_is_empty:
 * @self: a login
 *
 * Returns: whether there is nothing to show
 */
gboolean
cg_pull_login_is_empty (const CgPullLogin *self)
{
  return self->username == NULL;
}

/* Shows the login once, or asks before it does so again (Q6). An address that is refused with its
 * query is left to the pull. */
static void
apply_to_ours (const CgPullLogin *self, CgRtspSrc *source)
{
  g_object_set (source, "user-id", self->username, "user-pw", self->password, "tls-fingerprint",
                self->tls_fingerprint, "retry-without-query", FALSE, NULL);
  cg_rtsp_src_set_breaker (source, self->breaker);
}

/**
 * cg_pull_login_apply:
 * @self: a login
 * @source: ours or GStreamer's, not started
 * @is_tunnel: an HTTP server comes first
 *
 * Credentials are properties, never part of an address (Q26). The certificate is judged as the
 * camera's settings say (Q57).
 */
void
cg_pull_login_apply (const CgPullLogin *self, GstElement *source, gboolean is_tunnel)
{
  const gboolean accepts = self->tls == CG_TLS_ACCEPT && self->tls_fingerprint == NULL;

  g_object_set (source, "tls-validation-flags", accepts ? 0 : G_TLS_CERTIFICATE_VALIDATE_ALL, NULL);
  if (CG_IS_RTSP_SRC (source)) {
    apply_to_ours (self, CG_RTSP_SRC (source));
    return;
  }
  if (!accepts)
    cg_rtsp_pin_attach (source, self->tls_fingerprint);
  cg_rtsp_guard_attach (source, self->username, self->password, self->breaker);
  if (is_tunnel)
    cg_rtsp_tunnel_attach (source, self->username, self->password);
}
