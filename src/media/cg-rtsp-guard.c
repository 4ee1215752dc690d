/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-guard.h"

#include <gst/rtsp/rtsp.h>
#include <string.h>

#include "cg-error.h"
#include "cg-rtsp-login.h"
#include "cg-rtsp-shield.h"
#include "cg-rtsp-trial.h"
#include "cg-rtsp-url.h"

/* Without and with a login, at the address and at a few others that it led to. */
#define MAX_DESCRIBES 12

/* What stands in a source for a login that it never shows itself. */
#define NO_LOGIN "-"

/* What the source sends, in its own thread, which is the only one that comes here. */
typedef struct {
  CgRtspLogin *login; /* (owned) */
  CgRtspTrial trial;
  CgRtspUrl *home;      /* (owned) (nullable) where the login may be shown */
  gboolean is_there;    /* the last request went there */
  gboolean is_accepted; /* the camera has taken the login */
  guint describes;      /* sent so far */
} CgRtspGuard;

static void
guard_clear (gpointer data)
{
  CgRtspGuard *self = data;

  cg_rtsp_login_free (self->login);
  cg_rtsp_trial_clear (&self->trial);
  cg_rtsp_url_free (self->home);
}

static void
guard_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, guard_clear);
}

/* Of the source that has sent the last request in this thread: the answer comes there. */
static GPrivate current = G_PRIVATE_INIT (guard_unref);

static void
on_disconnected (gpointer data, GClosure *closure)
{
  guard_unref (data);
}

/* The source follows redirections without end. An error stops it, but not at once. */
static void
give_up (GstElement *source)
{
  GError *error = g_error_new_literal (CG_ERROR, CG_ERROR_PEER_FAULT,
                                       "the camera redirects from one RTSP address to the next");

  gst_element_post_message (source, gst_message_new_error (GST_OBJECT (source), error, NULL));
  g_error_free (error);
}

/* Whether a request goes to where the first one went: the login is for that alone. GStreamer's
 * library leaves TLS out of the address of a request; that of the source follows redirections. */
static gboolean
is_at_home (CgRtspGuard *self, GstElement *source, const char *uri)
{
  g_autoptr (CgRtspUrl) url = cg_rtsp_url_parse (uri, NULL);
  g_autofree char *location = NULL;

  if (url == NULL)
    return FALSE;
  g_object_get (source, "location", &location, NULL);
  url->is_tls = location != NULL && g_ascii_strncasecmp (location, "rtsps", strlen ("rtsps")) == 0;
  if (self->home != NULL)
    return cg_rtsp_url_may_show_login (self->home, url);
  self->home = g_steal_pointer (&url);
  return TRUE;
}

static void
accept_login (CgRtspGuard *self)
{
  cg_rtsp_login_accept (self->login);
  self->is_accepted = TRUE;
  cg_rtsp_trial_accept (&self->trial);
}

static void
put_login (CgRtspGuard *self, GstRTSPMessage *request, const char *method, const char *uri)
{
  g_autofree char *answer = self->is_there ? cg_rtsp_login_answer (self->login, method, uri) : NULL;

  gst_rtsp_message_remove_header (request, GST_RTSP_HDR_AUTHORIZATION, -1);
  if (answer != NULL)
    gst_rtsp_message_add_header (request, GST_RTSP_HDR_AUTHORIZATION, answer);
}

static gboolean
on_before_send (GstElement *source, GstRTSPMessage *request, gpointer user_data)
{
  CgRtspGuard *self = user_data;
  GstRTSPMethod method = GST_RTSP_INVALID;
  const gchar *uri = NULL;

  if (gst_rtsp_message_parse_request (request, &method, &uri, NULL) != GST_RTSP_OK)
    return TRUE;
  g_private_replace (&current, g_atomic_rc_box_acquire (self));
  self->is_there = is_at_home (self, source, uri);
  if (!self->is_accepted && method != GST_RTSP_OPTIONS && method != GST_RTSP_DESCRIBE)
    accept_login (self);
  self->describes += method == GST_RTSP_DESCRIBE ? 1 : 0;
  if (!self->is_accepted && self->describes > MAX_DESCRIBES) {
    give_up (source);
    return FALSE;
  }
  put_login (self, request, gst_rtsp_method_as_text (method), uri);
  return TRUE;
}

/**
 * cg_rtsp_guard_take_challenge:
 * @headers: (array zero-terminated=1): all headers WWW-Authenticate of an answer 401
 *
 * In the thread of the source that got the answer.
 *
 * Returns: what it is to do
 */
CgRtspGuardVerdict
cg_rtsp_guard_take_challenge (const char *const *headers)
{
  CgRtspGuard *self = g_private_get (&current);

  if (self == NULL)
    return CG_RTSP_GUARD_ABSENT;
  if (!self->is_there)
    return CG_RTSP_GUARD_REFUSED;
  switch (cg_rtsp_login_take_challenge (self->login, headers)) {
  case CG_RTSP_LOGIN_SHOW:
    return CG_RTSP_GUARD_AGAIN;
  case CG_RTSP_LOGIN_SHOW_ONCE_MORE:
    return !self->trial.is_counted && cg_rtsp_trial_may_show_again (&self->trial)
               ? CG_RTSP_GUARD_AGAIN
               : CG_RTSP_GUARD_REFUSED;
  case CG_RTSP_LOGIN_REFUSED:
  case CG_RTSP_LOGIN_MISSING:
  case CG_RTSP_LOGIN_UNKNOWN:
    break;
  }
  return CG_RTSP_GUARD_REFUSED;
}

/**
 * cg_rtsp_guard_attach:
 * @source: an rtspsrc that was not started
 * @username: (nullable)
 * @password: (nullable)
 * @breaker: (nullable): asked before the login is shown a second time; whoever starts the source
 *   has asked it for the first
 *
 * Shows the login for it: left to itself, rtspsrc of GStreamer 1.22 knows MD5 only (Q27), repeats a
 * refused one eight times in a row, where cameras lock the account for less (Q6), and shows it to
 * whatever host it is led to. A camera that redirects in a circle is given up, too.
 */
void
cg_rtsp_guard_attach (GstElement *source,
                      const char *username,
                      const char *password,
                      CgBreaker *breaker)
{
  CgRtspGuard *self;

  cg_rtsp_shield_ensure ();
  if (g_signal_lookup ("before-send", G_OBJECT_TYPE (source)) == 0) {
    g_object_set (source, "user-id", username, "user-pw", password, NULL);
    return;
  }
  if (username != NULL)
    g_object_set (source, "user-id", NO_LOGIN, "user-pw", NO_LOGIN, NULL);
  self = g_atomic_rc_box_new0 (CgRtspGuard);
  self->login = cg_rtsp_login_new (username, password);
  cg_rtsp_trial_init (&self->trial, breaker);
  g_signal_connect_data (source, "before-send", G_CALLBACK (on_before_send), self, on_disconnected,
                         0);
}
