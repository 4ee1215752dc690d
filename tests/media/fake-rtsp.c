/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-rtsp.h"

#include <gst/rtsp-server/rtsp-server.h>

struct _FakeRtsp {
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  GstRTSPServer *server;
  GstRTSPMediaFactory *factory;
  guint source;
  int port;
  GMutex mutex;
  GstElement *valve;  /* (owned) (nullable) of the media that runs */
  char *transport;    /* (owned) (nullable) of the last SETUP */
  gboolean tunnelled; /* the last SETUP came through HTTP */
  gint query_status;  /* (atomic) for a DESCRIBE with a query; 0: as without */
};

static void
fake_rtsp_clear (gpointer data)
{
  FakeRtsp *self = data;

  gst_clear_object (&self->valve);
  g_mutex_clear (&self->mutex);
  g_free (self->transport);
}

static void
release_closure (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, fake_rtsp_clear);
}

/* Threads of the server may be on their way out when the fake is freed. */
static void
connect_signal (FakeRtsp *self, gpointer object, const char *signal, GCallback callback)
{
  g_signal_connect_data (object, signal, callback, g_atomic_rc_box_acquire (self), release_closure,
                         0);
}

static gpointer
run (gpointer data)
{
  FakeRtsp *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static void
on_media_configure (GstRTSPMediaFactory *factory, GstRTSPMedia *media, FakeRtsp *self)
{
  g_autoptr (GstElement) element = gst_rtsp_media_get_element (media);

  g_mutex_lock (&self->mutex);
  gst_clear_object (&self->valve);
  self->valve = gst_bin_get_by_name (GST_BIN (element), "valve");
  g_mutex_unlock (&self->mutex);
}

static void
on_setup_request (GstRTSPClient *client, GstRTSPContext *context, FakeRtsp *self)
{
  char *transport = NULL;

  gst_rtsp_message_get_header (context->request, GST_RTSP_HDR_TRANSPORT, &transport, 0);
  g_mutex_lock (&self->mutex);
  g_free (self->transport);
  self->transport = g_strdup (transport);
  self->tunnelled = gst_rtsp_connection_is_tunneled (gst_rtsp_client_get_connection (client));
  g_mutex_unlock (&self->mutex);
}

static GstRTSPStatusCode
on_pre_describe (GstRTSPClient *client, GstRTSPContext *context, FakeRtsp *self)
{
  const int status = g_atomic_int_get (&self->query_status);

  return status != 0 && context->uri->query != NULL ? (GstRTSPStatusCode)status : GST_RTSP_STS_OK;
}

static void
on_client_connected (GstRTSPServer *server, GstRTSPClient *client, FakeRtsp *self)
{
  connect_signal (self, client, "setup-request", G_CALLBACK (on_setup_request));
  connect_signal (self, client, "pre-describe-request", G_CALLBACK (on_pre_describe));
}

static GstRTSPMediaFactory *
make_factory (const char *description)
{
  g_autofree char *launch = g_strdup_printf ("( %s )", description);
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();

  gst_rtsp_media_factory_set_launch (factory, launch);
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  return factory;
}

FakeRtsp *
fake_rtsp_new (const char *description)
{
  return fake_rtsp_new_with_login (description, NULL, NULL);
}

static void
set_login (FakeRtsp *self, const char *user, const char *password)
{
  g_autoptr (GstRTSPAuth) auth = gst_rtsp_auth_new ();
  GstRTSPToken *token =
      gst_rtsp_token_new (GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, "user", NULL);

  gst_rtsp_auth_set_supported_methods (auth, GST_RTSP_AUTH_DIGEST);
  gst_rtsp_auth_add_digest (auth, user, password, token);
  gst_rtsp_token_unref (token);
  gst_rtsp_media_factory_add_role (self->factory, "user", GST_RTSP_PERM_MEDIA_FACTORY_ACCESS,
                                   G_TYPE_BOOLEAN, TRUE, GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT,
                                   G_TYPE_BOOLEAN, TRUE, NULL);
  gst_rtsp_server_set_auth (self->server, auth);
}

FakeRtsp *
fake_rtsp_new_with_login (const char *description, const char *user, const char *pw)
{
  FakeRtsp *self = g_atomic_rc_box_new0 (FakeRtsp);
  g_autoptr (GstRTSPMountPoints) mounts = gst_rtsp_mount_points_new ();

  g_mutex_init (&self->mutex);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->server = gst_rtsp_server_new ();
  self->factory = make_factory (description);
  gst_rtsp_server_set_address (self->server, "127.0.0.1");
  gst_rtsp_server_set_service (self->server, "0");
  gst_rtsp_server_set_mount_points (self->server, mounts);
  gst_rtsp_mount_points_add_factory (mounts, "/stream", g_object_ref (self->factory));
  connect_signal (self, self->factory, "media-configure", G_CALLBACK (on_media_configure));
  connect_signal (self, self->server, "client-connected", G_CALLBACK (on_client_connected));
  if (user != NULL)
    set_login (self, user, pw);
  self->source = gst_rtsp_server_attach (self->server, self->context);
  self->port = gst_rtsp_server_get_bound_port (self->server);
  self->thread = g_thread_new ("fake-rtsp", run, self);
  return self;
}

static GstRTSPFilterResult
remove_client (GstRTSPServer *server, GstRTSPClient *client, gpointer user_data)
{
  return GST_RTSP_FILTER_REMOVE;
}

/* Closes all connections without a word. */
void
fake_rtsp_hang_up (FakeRtsp *self)
{
  gst_rtsp_server_client_filter (self->server, remove_client, NULL);
}

void
fake_rtsp_free (FakeRtsp *self)
{
  GSource *source = g_main_context_find_source_by_id (self->context, self->source);

  if (source != NULL)
    g_source_destroy (source);
  fake_rtsp_hang_up (self);
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_object_unref (self->factory);
  g_object_unref (self->server);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_atomic_rc_box_release_full (self, fake_rtsp_clear);
}

char *
fake_rtsp_get_uri (FakeRtsp *self)
{
  return g_strdup_printf ("rtsp://127.0.0.1:%d/stream", self->port);
}

/* Does not know an address with a query. */
void
fake_rtsp_refuse_query (FakeRtsp *self, guint status)
{
  g_atomic_int_set (&self->query_status, (int)status);
}

/* Refuses TCP with 461. Not shared: while a shared media is being put away the server says 503. */
void
fake_rtsp_only_udp (FakeRtsp *self)
{
  gst_rtsp_media_factory_set_shared (self->factory, FALSE);
  gst_rtsp_media_factory_set_protocols (self->factory, GST_RTSP_LOWER_TRANS_UDP);
}

/* From here on the connection stays and nothing comes (Q8). */
void
fake_rtsp_freeze (FakeRtsp *self)
{
  g_mutex_lock (&self->mutex);
  if (self->valve != NULL)
    g_object_set (self->valve, "drop", TRUE, NULL);
  g_mutex_unlock (&self->mutex);
}

guint
fake_rtsp_count_sessions (FakeRtsp *self)
{
  g_autoptr (GstRTSPSessionPool) pool = gst_rtsp_server_get_session_pool (self->server);

  return gst_rtsp_session_pool_get_n_sessions (pool);
}

/* Returns: (transfer full) (nullable): what the last SETUP asked for */
char *
fake_rtsp_get_transport (FakeRtsp *self)
{
  g_mutex_lock (&self->mutex);
  char *transport = g_strdup (self->transport);
  g_mutex_unlock (&self->mutex);
  return transport;
}

gboolean
fake_rtsp_was_tunnelled (FakeRtsp *self)
{
  g_mutex_lock (&self->mutex);
  const gboolean tunnelled = self->tunnelled;
  g_mutex_unlock (&self->mutex);
  return tunnelled;
}
