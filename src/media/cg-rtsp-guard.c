/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-guard.h"

#include <gst/rtsp/rtsp.h>

#include "cg-error.h"
#include "cg-rtsp-shield.h"

/* Without and with a login, at the address and at a few others that it led to. */
#define MAX_DESCRIBES 12

/* What the source sends, in its own thread, which is the only one that comes here. */
typedef struct {
  char *username; /* (nullable) */
  char *password;
  GstRTSPMethod method; /* of the last request */
  char *uri;            /* (nullable) of the last request */
  gboolean is_over;     /* the camera has taken the login */
  guint describes;      /* sent so far */
} CgRtspGuard;

static void
guard_free (gpointer data, GClosure *closure)
{
  CgRtspGuard *self = data;

  g_free (self->username);
  g_free (self->password);
  g_free (self->uri);
  g_free (self);
}

static gboolean
is_repeated (CgRtspGuard *self, GstRTSPMethod method, const char *uri)
{
  const gboolean is_same = self->method == method && g_strcmp0 (self->uri, uri) == 0;

  self->method = method;
  g_free (self->uri);
  self->uri = g_strdup (uri);
  return is_same;
}

/* The source follows redirections without end. An error stops it, but not at once. */
static void
give_up (CgRtspGuard *self, GstElement *source)
{
  GError *error = g_error_new_literal (CG_ERROR, CG_ERROR_PEER_FAULT,
                                       "the camera redirects from one RTSP address to the next");

  self->is_over = TRUE;
  gst_element_post_message (source, gst_message_new_error (GST_OBJECT (source), error, NULL));
  g_error_free (error);
}

static void
set_login (GstElement *source, const char *username, const char *password)
{
  g_object_set (source, "user-id", username, "user-pw", password, NULL);
}

/* A request that goes out again goes out with a login. If that is refused, the source must find
 * none to try another time with; what it needs for this request it holds already. */
static gboolean
on_before_send (GstElement *source, GstRTSPMessage *request, gpointer user_data)
{
  CgRtspGuard *self = user_data;
  GstRTSPMethod method = GST_RTSP_INVALID;
  const gchar *uri = NULL;

  if (self->is_over || gst_rtsp_message_parse_request (request, &method, &uri, NULL) != GST_RTSP_OK)
    return TRUE;
  self->is_over = method != GST_RTSP_OPTIONS && method != GST_RTSP_DESCRIBE;
  self->describes += method == GST_RTSP_DESCRIBE ? 1 : 0;
  if (self->describes > MAX_DESCRIBES) {
    give_up (self, source);
    return FALSE;
  }
  const gboolean is_last = !self->is_over && is_repeated (self, method, uri);
  if (self->username != NULL)
    set_login (source, is_last ? NULL : self->username, is_last ? NULL : self->password);
  return TRUE;
}

/**
 * cg_rtsp_guard_attach:
 * @source: an rtspsrc that was not started
 * @username: (nullable)
 * @password: (nullable)
 *
 * Gives it the login, to be shown once: left to itself, rtspsrc of GStreamer 1.22 repeats a refused
 * one eight times in a row, and cameras lock the account for less (Q6). From SETUP on, when the
 * camera has taken it, the source has it back for nonces that grow old. A camera that redirects in
 * a circle is given up, too.
 */
void
cg_rtsp_guard_attach (GstElement *source, const char *username, const char *password)
{
  CgRtspGuard *self;

  cg_rtsp_shield_ensure ();
  set_login (source, username, password);
  if (g_signal_lookup ("before-send", G_OBJECT_TYPE (source)) == 0)
    return;
  self = g_new0 (CgRtspGuard, 1);
  self->username = g_strdup (username);
  self->password = g_strdup (password);
  g_signal_connect_data (source, "before-send", G_CALLBACK (on_before_send), self, guard_free, 0);
}
