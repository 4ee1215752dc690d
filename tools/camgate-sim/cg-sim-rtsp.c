/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-rtsp.h"

#include <gst/rtsp-server/rtsp-server.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "cg-sim-clip.h"
#include "cg-sim-doorman.h"
#include "cg-sim-group.h"
#include "cg-sim-stream.h"

#define ROLE "viewer"
/* Where the server may take UDP ports of its own, on the one address it may bind. */
#define UDP_FIRST_PORT 50000
#define UDP_LAST_PORT 59999

struct _CgSimRtsp {
  CgSimState *state; /* (owned) clients end when they like */
  CgSimStream *streams[CG_SIM_N_PROFILES];
  GstRTSPServer *server;
  GSource *source; /* (owned) (nullable) accepts clients */

  GMutex lock;
  GHashTable *sessions; /* (owned) GstRTSPSession, set up → GstRTSPClient, only compared */
  guint ever;
};

/* What a connection can outlive. */
static CgSimRtsp *
rtsp_ref (CgSimRtsp *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
rtsp_clear (gpointer data)
{
  CgSimRtsp *self = data;

  for (gsize i = 0; i < CG_SIM_N_PROFILES; i++)
    g_clear_pointer (&self->streams[i], cg_sim_stream_unref);
  g_hash_table_unref (self->sessions);
  g_mutex_clear (&self->lock);
  cg_sim_state_unref (self->state);
}

static void
rtsp_unref (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, rtsp_clear);
}

static void
connect_holding (gpointer instance, const char *signal, GCallback callback, CgSimRtsp *self)
{
  g_signal_connect_data (instance, signal, callback, rtsp_ref (self), rtsp_unref, 0);
}

/* In the words of Q18. */
static const char *
get_transport (const GstRTSPContext *context)
{
  char *transport = NULL;

  gst_rtsp_message_get_header (context->request, GST_RTSP_HDR_TRANSPORT, &transport, 0);
  if (transport != NULL && strstr (transport, "multicast") != NULL)
    return "multicast";
  if (transport == NULL || strstr (transport, "/TCP") == NULL)
    return "udp";
  return gst_rtsp_connection_is_tunneled (context->conn) ? "http" : "tcp";
}

/* Q18: whether a SETUP asks for what it does not have. */
static gboolean
is_transport_refused (CgSimRtsp *self, const GstRTSPContext *context)
{
  CgSimFaults *faults = self->state->faults;

  if (!cg_sim_faults_is_on (faults, CG_SIM_FAULT_Q18) ||
      cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q18, get_transport (context)))
    return FALSE;
  cg_sim_requests_add (self->state->requests, "SETUP", g_get_real_time () / 1000, NULL);
  return TRUE;
}

/* Q19: before SETUP makes a new session. */
static GstRTSPStatusCode
on_pre_setup (GstRTSPClient *client, GstRTSPContext *context, gpointer user_data)
{
  CgSimRtsp *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (is_transport_refused (self, context))
    return GST_RTSP_STS_UNSUPPORTED_TRANSPORT;
  if (!cg_sim_faults_is_on (self->state->faults, CG_SIM_FAULT_Q19))
    return GST_RTSP_STS_OK;
  if (context->session != NULL && g_hash_table_contains (self->sessions, context->session))
    return GST_RTSP_STS_OK;
  return g_hash_table_size (self->sessions) <
                 cg_sim_faults_get_number (self->state->faults, CG_SIM_FAULT_Q19)
             ? GST_RTSP_STS_OK
             : GST_RTSP_STS_NOT_ENOUGH_BANDWIDTH;
}

/* Q29: its own GetStreamUri gave the query that it now refuses. */
static GstRTSPStatusCode
on_pre_describe (GstRTSPClient *client, GstRTSPContext *context, gpointer user_data)
{
  CgSimRtsp *self = user_data;
  CgSimFaults *faults = self->state->faults;

  if (context->uri == NULL || context->uri->query == NULL)
    return GST_RTSP_STS_OK;
  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q29, "query"))
    return GST_RTSP_STS_NOT_FOUND;
  return cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q29, "query-login") ? GST_RTSP_STS_UNAUTHORIZED
                                                                        : GST_RTSP_STS_OK;
}

/* After a SETUP that worked: the second one, for the sound, adds nothing. */
static void
on_setup (GstRTSPClient *client, GstRTSPContext *context, gpointer user_data)
{
  CgSimRtsp *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (context->session == NULL || g_hash_table_contains (self->sessions, context->session))
    return;
  g_hash_table_insert (self->sessions, g_object_ref (context->session), client);
  self->ever++;
}

static CgSimStream *
find_stream (CgSimRtsp *self, const GstRTSPContext *context)
{
  for (gsize i = 0; i < CG_SIM_N_PROFILES; i++) {
    if (context->uri != NULL &&
        g_str_has_prefix (context->uri->abspath, self->state->profiles[i].path))
      return self->streams[i];
  }
  return NULL;
}

static GstRTSPStatusCode
on_pre_play (GstRTSPClient *client, GstRTSPContext *context, gpointer user_data)
{
  CgSimStream *stream = find_stream (user_data, context);

  if (stream != NULL)
    cg_sim_stream_played (stream);
  return GST_RTSP_STS_OK;
}

/* Who joins others need not wait for their next key frame. */
static void
on_play (GstRTSPClient *client, GstRTSPContext *context, gpointer user_data)
{
  CgSimStream *stream = find_stream (user_data, context);

  if (stream != NULL)
    cg_sim_stream_request_key_frame (stream);
}

static void
on_session_removed (GstRTSPSessionPool *pool, GstRTSPSession *session, gpointer user_data)
{
  CgSimRtsp *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_hash_table_remove (self->sessions, session);
}

static GList *
list_sessions (CgSimRtsp *self, GstRTSPClient *client)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTableIter iter;
  gpointer session, owner;
  GList *found = NULL;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, &session, &owner)) {
    if (owner == client)
      found = g_list_prepend (found, g_object_ref (session));
  }
  return found;
}

/* A client that hangs up without TEARDOWN ends its sessions all the same. */
static void
on_closed (GstRTSPClient *client, gpointer user_data)
{
  g_autoptr (GstRTSPSessionPool) pool = gst_rtsp_client_get_session_pool (client);
  GList *sessions = list_sessions (user_data, client);

  for (GList *next = sessions; next != NULL; next = next->next)
    gst_rtsp_session_pool_remove (pool, next->data);
  g_list_free_full (sessions, g_object_unref);
}

/* A frame's last packet does not wait until the ones before it are acknowledged. */
static void
send_at_once (GstRTSPClient *client)
{
  GstRTSPConnection *connection = gst_rtsp_client_get_connection (client);

  g_socket_set_option (gst_rtsp_connection_get_write_socket (connection), IPPROTO_TCP, TCP_NODELAY,
                       1, NULL);
}

static void
on_client (GstRTSPServer *server, GstRTSPClient *client, gpointer user_data)
{
  CgSimRtsp *self = user_data;

  if (self->state->options.stamp)
    send_at_once (client);
  connect_holding (client, "pre-describe-request", G_CALLBACK (on_pre_describe), self);
  connect_holding (client, "pre-setup-request", G_CALLBACK (on_pre_setup), self);
  connect_holding (client, "setup-request", G_CALLBACK (on_setup), self);
  connect_holding (client, "pre-play-request", G_CALLBACK (on_pre_play), self);
  connect_holding (client, "play-request", G_CALLBACK (on_play), self);
  connect_holding (client, "closed", G_CALLBACK (on_closed), self);
}

static void
add_login (CgSimRtsp *self)
{
  const CgSimOptions *options = &self->state->options;
  g_autoptr (GstRTSPAuth) auth = NULL;
  g_autoptr (GstRTSPToken) token = NULL;

  if (options->auth == CG_SIM_AUTH_NONE)
    return;
  token = gst_rtsp_token_new (GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, ROLE, NULL);
  auth = cg_sim_doorman_new (self->state, token);
  gst_rtsp_server_set_auth (self->server, auth);
}

static void
add_streams (CgSimRtsp *self, GstRTSPAddressPool *pool)
{
  const CgSimOptions *options = &self->state->options;
  g_autoptr (GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points (self->server);

  gst_rtsp_address_pool_add_range (pool, options->listen, options->listen, UDP_FIRST_PORT,
                                   UDP_LAST_PORT, 0);
  for (gsize i = 0; i < CG_SIM_N_PROFILES; i++) {
    GstRTSPMediaFactory *factory = cg_sim_stream_make_factory (self->streams[i]);

    gst_rtsp_media_factory_set_address_pool (factory, pool);
    cg_sim_group_configure (factory);
    if (options->auth != CG_SIM_AUTH_NONE)
      gst_rtsp_media_factory_add_role (factory, ROLE, GST_RTSP_PERM_MEDIA_FACTORY_ACCESS,
                                       G_TYPE_BOOLEAN, TRUE, GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT,
                                       G_TYPE_BOOLEAN, TRUE, NULL);
    gst_rtsp_mount_points_add_factory (mounts, self->state->profiles[i].path, factory);
  }
}

static gboolean
load_clip (CgSimState *state, CgSimClip **clip, GError **error)
{
  guint width, height, fps;

  if (state->options.file == NULL)
    return TRUE;
  *clip = cg_sim_clip_load (state->options.file, error);
  if (*clip == NULL)
    return FALSE;
  cg_sim_clip_get_size (*clip, &width, &height, &fps);
  cg_sim_state_set_video (state, cg_sim_clip_get_codec (*clip), width, height, fps);
  return TRUE;
}

/**
 * cg_sim_rtsp_new:
 * @state: (transfer none): the camera
 *
 * Returns: (transfer full): the RTSP side of a camera, a stream for each profile; %NULL with an
 *   error when the clip cannot be read
 */
CgSimRtsp *
cg_sim_rtsp_new (CgSimState *state, GError **error)
{
  g_autoptr (CgSimClip) clip = NULL;
  CgSimRtsp *self;

  gst_init (NULL, NULL);
  if (!load_clip (state, &clip, error))
    return NULL;
  self = g_atomic_rc_box_new0 (CgSimRtsp);
  g_mutex_init (&self->lock);
  self->state = cg_sim_state_ref (state);
  self->sessions = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  for (gsize i = 0; i < CG_SIM_N_PROFILES; i++)
    self->streams[i] = cg_sim_stream_new (state, &state->profiles[i], clip);
  return self;
}

/**
 * cg_sim_rtsp_free:
 * @self: (transfer full) (nullable): the RTSP side; it is stopped first
 */
void
cg_sim_rtsp_free (CgSimRtsp *self)
{
  if (self == NULL)
    return;
  cg_sim_rtsp_stop (self);
  rtsp_unref (self, NULL);
}

/**
 * cg_sim_rtsp_start:
 * @self: the RTSP side
 * @context: where clients are accepted; they are served by threads of their own
 *
 * The port is then known to the state.
 */
gboolean
cg_sim_rtsp_start (CgSimRtsp *self, GMainContext *context, GError **error)
{
  const CgSimOptions *options = &self->state->options;
  g_autofree char *port = g_strdup_printf ("%u", options->rtsp_port);
  g_autoptr (GstRTSPSessionPool) pool = gst_rtsp_session_pool_new ();
  g_autoptr (GstRTSPAddressPool) addresses = gst_rtsp_address_pool_new ();

  self->server = gst_rtsp_server_new ();
  gst_rtsp_server_set_address (self->server, options->listen);
  gst_rtsp_server_set_service (self->server, port);
  gst_rtsp_server_set_session_pool (self->server, pool);
  connect_holding (pool, "session-removed", G_CALLBACK (on_session_removed), self);
  connect_holding (self->server, "client-connected", G_CALLBACK (on_client), self);
  add_login (self);
  add_streams (self, addresses);
  self->source = gst_rtsp_server_create_source (self->server, NULL, error);
  if (self->source == NULL) {
    g_prefix_error (error, "%s:%s: ", options->listen, port);
    return FALSE;
  }
  self->state->rtsp_port = (guint16)gst_rtsp_server_get_bound_port (self->server);
  cg_sim_group_add_to (addresses, self->state->rtsp_port);
  g_source_attach (self->source, context);
  return TRUE;
}

static GstRTSPFilterResult
drop_client (GstRTSPServer *server, GstRTSPClient *client, gpointer user_data)
{
  return GST_RTSP_FILTER_REMOVE;
}

static GstRTSPFilterResult
drop_session (GstRTSPSessionPool *pool, GstRTSPSession *session, gpointer user_data)
{
  return GST_RTSP_FILTER_REMOVE;
}

/**
 * cg_sim_rtsp_stop:
 * @self: the RTSP side
 *
 * Lets no one in any more and closes all connections.
 */
void
cg_sim_rtsp_stop (CgSimRtsp *self)
{
  if (self->server == NULL)
    return;
  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_clear_pointer (&self->source, g_source_unref);
  }
  g_autoptr (GstRTSPSessionPool) pool = gst_rtsp_server_get_session_pool (self->server);
  gst_rtsp_server_client_filter (self->server, drop_client, NULL);
  gst_rtsp_session_pool_filter (pool, drop_session, NULL);
  g_clear_object (&self->server);
}

/**
 * cg_sim_rtsp_request_key_frame:
 * @self: the RTSP side
 * @profile: the index of a profile
 */
void
cg_sim_rtsp_request_key_frame (CgSimRtsp *self, guint profile)
{
  cg_sim_stream_request_key_frame (self->streams[profile]);
}

/**
 * cg_sim_rtsp_get_sessions:
 * @self: the RTSP side
 * @now: (out): sessions that are set up
 * @ever: (out): sessions that were ever set up
 */
void
cg_sim_rtsp_get_sessions (CgSimRtsp *self, guint *now, guint *ever)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *now = g_hash_table_size (self->sessions);
  *ever = self->ever;
}
