/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-pin.h"

#include <gio/gio.h>
#include <gst/rtsp/rtsp.h>

#include "cg-error.h"
#include "cg-fingerprint.h"

/* Used by the source's own thread alone. */
typedef struct {
  char *fingerprint;  /* (owned) (nullable) of the only certificate that is taken */
  gboolean was_shown; /* it was, and nothing is sent before */
} Pin;

static void
pin_clear (gpointer data)
{
  g_free (((Pin *)data)->fingerprint);
}

static void
pin_unref (gpointer data, GClosure *closure)
{
  g_rc_box_release_full (data, pin_clear);
}

/* The source itself only says that it could not connect. */
static void
tell (GstElement *source, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (CG_ERROR, CG_ERROR_PEER_FAULT, text);

  gst_element_post_message (source, gst_message_new_error (GST_OBJECT (source), error, NULL));
}

static gboolean
on_accept_certificate (GstElement *source,
                       GTlsConnection *connection,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer user_data)
{
  Pin *self = user_data;
  g_autofree char *shown = cg_fingerprint_take (certificate);

  self->was_shown = self->fingerprint != NULL && g_strcmp0 (shown, self->fingerprint) == 0;
  if (!self->was_shown)
    tell (source, self->fingerprint != NULL ? "the camera's certificate is not the pinned one"
                                            : "the camera's certificate is not trusted");
  return self->was_shown;
}

static gboolean
is_encrypted (GstElement *source)
{
  g_autofree char *location = NULL;

  g_object_get (source, "location", &location, NULL);
  return location != NULL && g_str_has_prefix (location, "rtsps");
}

/* A certificate that the system trusts is never shown to anybody. */
static gboolean
on_before_send (GstElement *source, GstRTSPMessage *request, gpointer user_data)
{
  Pin *self = user_data;

  if (self->was_shown || !is_encrypted (source))
    return TRUE;
  tell (source, "whether the camera's certificate is the pinned one can be told with RTP over TCP "
                "only: the system trusts it");
  return FALSE;
}

/**
 * cg_rtsp_pin_attach:
 * @source: an rtspsrc that was not started
 * @fingerprint: (nullable): SHA-256 of the only certificate that it takes, in any writing; %NULL:
 *   those that the system trusts
 *
 * Source: Q57, as our own source does it, but that rtspsrc of GStreamer 1.22 asks about
 * certificates that the system does not trust, and about no other: with a pin it sends nothing to
 * those.
 */
void
cg_rtsp_pin_attach (GstElement *source, const char *fingerprint)
{
  Pin *self = g_rc_box_new0 (Pin);

  g_object_set (source, "tls-validation-flags", G_TLS_CERTIFICATE_VALIDATE_ALL, NULL);
  g_signal_connect_data (source, "accept-certificate", G_CALLBACK (on_accept_certificate), self,
                         pin_unref, 0);
  if (fingerprint == NULL)
    return;
  self->fingerprint = cg_fingerprint_normalise (fingerprint);
  g_signal_connect_data (source, "before-send", G_CALLBACK (on_before_send),
                         g_rc_box_acquire (self), pin_unref, 0);
}
