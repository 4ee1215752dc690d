/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-tunnel.h"

#include "cg-pull-error.h"
#include "cg-rtsp-pin.h"

/* A source whose connections are tunnels. */
typedef struct {
  GWeakRef source;
  char *address;          /* (owned) as its connections name it */
  gboolean is_challenged; /* the login, if there is one, was asked for */
} Tunnel;

static GMutex lock;
static GPtrArray *tunnels; /* (owned) (nullable) (element-type Tunnel) */

static void
tunnel_free (gpointer data)
{
  Tunnel *self = data;

  g_weak_ref_clear (&self->source);
  g_free (self->address);
  g_free (self);
}

static char *
get_address (const GstRTSPUrl *url)
{
  char *address = url != NULL ? gst_rtsp_url_get_request_uri (url) : NULL;

  return address != NULL ? address : g_strdup ("");
}

/* With the lock held: those that are no more. */
static void
forget_gone (void)
{
  for (guint i = tunnels->len; i > 0; i--) {
    Tunnel *tunnel = tunnels->pdata[i - 1];
    g_autoptr (GstElement) source = g_weak_ref_get (&tunnel->source);

    if (source == NULL)
      g_ptr_array_remove_index_fast (tunnels, i - 1);
  }
}

/**
 * cg_rtsp_tunnel_attach:
 * @source: an rtspsrc with a location for a tunnel, a guard, and a pin if there is one, not started
 * @username: (nullable)
 * @password: (nullable)
 *
 * The HTTP server may want the login, too. GStreamer 1.22 shows it once, says nothing of a refusal
 * but that it could not connect, and tells no signal of the source what was answered: told here, it
 * counts as a refused login (Q6).
 */
void
cg_rtsp_tunnel_attach (GstElement *source, const char *username, const char *password)
{
  Tunnel *tunnel = g_new0 (Tunnel, 1);
  g_autofree char *location = NULL;
  GstRTSPUrl *url = NULL;

  cg_rtsp_pin_give_login (source, username, password);
  g_object_get (source, "location", &location, NULL);
  if (location != NULL)
    gst_rtsp_url_parse (location, &url);
  g_weak_ref_init (&tunnel->source, source);
  tunnel->address = get_address (url);
  tunnel->is_challenged = username == NULL;
  g_clear_pointer (&url, gst_rtsp_url_free);
  g_mutex_lock (&lock);
  if (tunnels == NULL)
    tunnels = g_ptr_array_new_with_free_func (tunnel_free);
  forget_gone ();
  g_ptr_array_add (tunnels, tunnel);
  g_mutex_unlock (&lock);
}

/* Returns: (transfer full): whom it ends */
static GPtrArray *
list_ended (const char *address, GstRTSPStatusCode status)
{
  GPtrArray *ended = g_ptr_array_new_with_free_func (gst_object_unref);

  g_mutex_lock (&lock);
  for (guint i = 0; tunnels != NULL && i < tunnels->len; i++) {
    Tunnel *tunnel = tunnels->pdata[i];
    GstElement *source =
        g_str_equal (tunnel->address, address) ? g_weak_ref_get (&tunnel->source) : NULL;

    if (source == NULL)
      continue;
    g_autoptr (GError) doubt = cg_rtsp_pin_get_doubt (source);
    if (status == GST_RTSP_STS_UNAUTHORIZED && !tunnel->is_challenged && doubt == NULL) {
      tunnel->is_challenged = TRUE;
      gst_object_unref (source);
      continue;
    }
    g_ptr_array_add (ended, source);
  }
  g_mutex_unlock (&lock);
  return ended;
}

static void
tell (GstElement *source, GstRTSPStatusCode status)
{
  g_autoptr (GError) doubt = cg_rtsp_pin_get_doubt (source);
  g_autoptr (GError) error = cg_pull_error_from_status ((guint)status);
  GstStructure *details =
      gst_structure_new ("details", "rtsp-status-code", G_TYPE_UINT, (guint)status, NULL);

  if (doubt == NULL) {
    gst_element_post_message (
        source, gst_message_new_error_with_details (GST_OBJECT (source), error, NULL, details));
    return;
  }
  gst_structure_free (details);
  gst_element_post_message (source, gst_message_new_error (GST_OBJECT (source), doubt, NULL));
}

/**
 * cg_rtsp_tunnel_take_answer:
 * @connection: that could not be made a tunnel
 * @answer: of the HTTP server
 *
 * In the thread of the source whose connection it is.
 */
void
cg_rtsp_tunnel_take_answer (GstRTSPConnection *connection, GstRTSPMessage *answer)
{
  g_autofree char *address = get_address (gst_rtsp_connection_get_url (connection));
  GstRTSPStatusCode status = GST_RTSP_STS_INVALID;

  if (gst_rtsp_message_parse_response (answer, &status, NULL, NULL) != GST_RTSP_OK)
    return;
  g_autoptr (GPtrArray) ended = list_ended (address, status);
  for (guint i = 0; i < ended->len; i++)
    tell (ended->pdata[i], status);
}
