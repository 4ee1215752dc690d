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
  char *username;     /* (owned) (nullable) for the source itself, once it was */
  char *password;     /* (owned) (nullable) */
} Pin;

#define QUARK (g_quark_from_static_string ("camgate-pin"))

static void
pin_clear (gpointer data)
{
  Pin *self = data;

  g_free (self->fingerprint);
  g_free (self->username);
  g_free (self->password);
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
  if (self->was_shown && self->username != NULL)
    g_object_set (source, "user-id", self->username, "user-pw", self->password, NULL);
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

#define DOUBT                                                                                      \
  "whether the camera's certificate is the pinned one can be told with RTP over TCP only: the "    \
  "system trusts it"

/* A certificate that the system trusts is never shown to anybody. */
static gboolean
on_before_send (GstElement *source, GstRTSPMessage *request, gpointer user_data)
{
  Pin *self = user_data;

  if (self->was_shown || !is_encrypted (source))
    return TRUE;
  tell (source, DOUBT);
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
  g_object_set_qdata (G_OBJECT (source), QUARK, self);
  g_signal_connect_data (source, "before-send", G_CALLBACK (on_before_send),
                         g_rc_box_acquire (self), pin_unref, 0);
}

/**
 * cg_rtsp_pin_give_login:
 * @source: an rtspsrc that was not started, with a pin or without
 * @username: (nullable)
 * @password: (nullable)
 *
 * What the source shows of its own accord, to the HTTP server of a tunnel. Where there is a pin, it
 * gets that once the pinned certificate was shown.
 */
void
cg_rtsp_pin_give_login (GstElement *source, const char *username, const char *password)
{
  Pin *self = g_object_get_qdata (G_OBJECT (source), QUARK);
  const gboolean is_held = self != NULL && is_encrypted (source);

  g_object_set (source, "user-id", is_held ? NULL : username, "user-pw", is_held ? NULL : password,
                NULL);
  if (!is_held)
    return;
  self->username = g_strdup (username);
  self->password = g_strdup (password);
}

/**
 * cg_rtsp_pin_get_doubt:
 * @source: an rtspsrc
 *
 * Returns: (transfer full) (nullable): why a login was not given to it, where that is so
 */
GError *
cg_rtsp_pin_get_doubt (GstElement *source)
{
  const Pin *self = g_object_get_qdata (G_OBJECT (source), QUARK);

  if (self == NULL || self->username == NULL || self->was_shown)
    return NULL;
  return g_error_new_literal (CG_ERROR, CG_ERROR_PEER_FAULT, DOUBT);
}
