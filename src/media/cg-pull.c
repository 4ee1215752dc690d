/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-pull.h"

#include <gst/gst.h>
#include <gst/rtsp/gstrtspdefs.h>
#include <string.h>

#include "cg-main.h"
#include "cg-media-step.h"
#include "cg-pull-error.h"
#include "cg-pull-feed.h"
#include "cg-pull-login.h"
#include "cg-pull-watch.h"
#include "cg-pull-way.h"
#include "cg-reaper.h"
#include "cg-rtsp-url.h"

/* A TEARDOWN waits one second for its answer (pipelines/); after three nobody waits for it. */
#define STOP_TIMEOUT_MS 3000

/* A camera may count the first try for a moment after it has ended (Q19). */
#define SECOND_TRY_PAUSE_MS 300

struct _CgPull {
  GObject parent;

  CgHub *hub;     /* (owned) */
  CgClock *clock; /* (owned) */
  char *name;     /* (owned) for the log */
  char *location; /* (owned) */
  CgPullLogin login;
  CgTransport wanted; /* as configured */
  CgTransport transport;
  CgAudioPolicy audio;
  CgPullWatch deadlines;

  CgPullFeed *feed;     /* (owned) (nullable) */
  GstElement *pipeline; /* (owned) (nullable) */
  GstElement *source;   /* (owned) (nullable) of the camera: branches have one of that name, too */
  GSource *bus;         /* (owned) (nullable) */
  GSource *watch;       /* (owned) (nullable) looks at the deadlines */
  GSource *failure;     /* (owned) (nullable) tells of a failure on the next turn */
  GError *error;        /* (owned) (nullable) what `failure` tells */
  GSource *second_try;  /* (owned) (nullable) by UDP */
  gboolean is_running;
  gboolean is_live;
  gboolean is_over;   /* failed or stopped */
  gboolean wants_key; /* and it is not certain that the camera was asked for it */

  GTask *stop_task;    /* (owned) (nullable) */
  GSource *stop_timer; /* (owned) (nullable) */
};

enum { SIGNAL_RUNNING, SIGNAL_LIVE, SIGNAL_FAILED, SIGNAL_LOGIN_AGAIN, SIGNAL_STEP, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgPull, cg_pull, G_TYPE_OBJECT)

static void
finish_stop (CgPull *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  cg_clear_source (&self->stop_timer);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
drop_pipeline (CgPull *self, GAsyncReadyCallback callback, gpointer user_data)
{
  cg_clear_source (&self->bus);
  if (self->feed != NULL)
    cg_pull_feed_close (self->feed);
  g_clear_pointer (&self->feed, cg_pull_feed_unref);
  gst_clear_object (&self->source);
  if (self->pipeline != NULL)
    cg_reaper_release_async (g_steal_pointer (&self->pipeline), callback, user_data);
}

static void
clear_sources (CgPull *self)
{
  cg_clear_source (&self->watch);
  cg_clear_source (&self->failure);
  cg_clear_source (&self->second_try);
  cg_clear_source (&self->stop_timer);
}

static void
cg_pull_dispose (GObject *object)
{
  CgPull *self = CG_PULL (object);

  self->is_over = TRUE;
  clear_sources (self);
  drop_pipeline (self, NULL, NULL);
  g_clear_object (&self->hub);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (cg_pull_parent_class)->dispose (object);
}

static void
cg_pull_finalize (GObject *object)
{
  CgPull *self = CG_PULL (object);

  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self->location);
  cg_pull_login_clear (&self->login);
  G_OBJECT_CLASS (cg_pull_parent_class)->finalize (object);
}

static void
cg_pull_class_init (CgPullClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = cg_pull_dispose;
  object_class->finalize = cg_pull_finalize;

  /**
   * CgPull::running:
   *
   * The camera has been told to play; nothing has come yet. The moment to ask it for a key frame
   * (Q13).
   */
  signals[SIGNAL_RUNNING] =
      g_signal_new ("running", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * CgPull::live:
   *
   * The first key frame is in the hub.
   */
  signals[SIGNAL_LIVE] =
      g_signal_new ("live", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * CgPull::failed:
   * @error: of domain CG_ERROR
   *
   * It is over: the pull is only good for cg_pull_stop_async() and for being dropped (Q9).
   */
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * CgPull::login-again:
   *
   * The login was refused, perhaps for the address only (Q29): may it be shown once more (Q6)?
   *
   * Returns: whether it may; not, if nobody is connected
   */
  signals[SIGNAL_LOGIN_AGAIN] =
      g_signal_new ("login-again", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_BOOLEAN, 0);
  /**
   * CgPull::step:
   * @step: a #CgMediaStep that is done
   */
  signals[SIGNAL_STEP] = g_signal_new ("step", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
cg_pull_init (CgPull *self)
{
}

static gboolean
on_failure (gpointer user_data)
{
  g_autoptr (CgPull) self = g_object_ref (CG_PULL (user_data));

  cg_clear_source (&self->failure);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, self->error);
  return G_SOURCE_REMOVE;
}

/* Told on the next turn of the loop, so that nobody is called back from within cg_pull_start(). */
static void
fail (CgPull *self, GError *error)
{
  if (self->is_over) {
    g_error_free (error);
    return;
  }
  self->is_over = TRUE;
  self->is_live = FALSE;
  self->error = error;
  cg_clear_source (&self->watch);
  cg_clear_source (&self->second_try);
  if (self->feed != NULL)
    cg_pull_feed_close (self->feed);
  self->failure = cg_clock_add_timeout (self->clock, 0, on_failure, self);
}

static void start_pipeline (CgPull *self);

static gboolean
is_from_audio (CgPull *self, GstMessage *message)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "audio");
  g_autoptr (GstObject) branch = sink != NULL ? gst_object_get_parent (GST_OBJECT (sink)) : NULL;

  if (branch == NULL || branch == GST_OBJECT (self->pipeline))
    return FALSE;
  return gst_object_has_as_ancestor (GST_MESSAGE_SRC (message), branch);
}

/* The stream was offered and chosen, but could not be set up: 461 (Q18). */
static gboolean
is_transport_refused (CgPull *self, GstMessage *message)
{
  return cg_pull_feed_has_video (self->feed) && cg_pull_error_is_nothing_set_up (message);
}

static GError *
explain (CgPull *self, GstMessage *message)
{
  g_autofree char *refused = cg_pull_feed_get_refused (self->feed);

  if (refused != NULL)
    return g_error_new (CG_ERROR, CG_ERROR_STREAM_FORMAT, "camera sends %s, neither H264 nor H265",
                        refused);
  if (is_transport_refused (self, message))
    return g_error_new (CG_ERROR, CG_ERROR_PEER_FAULT, "camera refuses RTP over %s",
                        cg_pull_way_get_name (self->transport));
  return cg_pull_error_from_message (message);
}

static gboolean
may_try_udp (CgPull *self)
{
  return self->wanted == CG_TRANSPORT_AUTO && self->transport == CG_TRANSPORT_TCP;
}

static gboolean
on_second_try (gpointer user_data)
{
  CgPull *self = user_data;

  cg_clear_source (&self->second_try);
  start_pipeline (self);
  return G_SOURCE_REMOVE;
}

static void
on_try_released (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPull) self = user_data;

  cg_reaper_release_finish (result, NULL);
  if (!self->is_over)
    self->second_try = cg_clock_add_timeout (self->clock, SECOND_TRY_PAUSE_MS, on_second_try, self);
}

static void
try_udp (CgPull *self)
{
  g_info ("%s: camera refuses RTP over TCP; trying UDP", self->name);
  self->transport = CG_TRANSPORT_UDP;
  drop_pipeline (self, on_try_released, g_object_ref (self));
}

/* The refused login counts; another dialogue is another login. */
static gboolean
may_show_login_again (CgPull *self)
{
  gboolean may = cg_pull_login_is_empty (&self->login);

  if (!may)
    g_signal_emit (self, signals[SIGNAL_LOGIN_AGAIN], 0, &may);
  return may;
}

/* Some cameras give an address with a query that they do not know themselves (Q29). */
static gboolean
may_try_without_query (CgPull *self, GstMessage *message)
{
  const guint status = cg_pull_error_get_status (message);

  if (self->is_running || !cg_rtsp_url_is_query_refused (self->location, status))
    return FALSE;
  return status != GST_RTSP_STS_UNAUTHORIZED || may_show_login_again (self);
}

static void
try_without_query (CgPull *self)
{
  g_info ("%s: camera refuses its own address; trying it without the query", self->name);
  *strchr (self->location, '?') = '\0';
  drop_pipeline (self, on_try_released, g_object_ref (self));
}

static void
on_error_message (CgPull *self, GstMessage *message)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *debug = NULL;

  gst_message_parse_error (message, &cause, &debug);
  g_debug ("%s: %s: %s (%s)", self->name, GST_MESSAGE_SRC_NAME (message), cause->message, debug);
  if (is_from_audio (self, message)) {
    g_warning ("%s: no sound: %s", self->name, cause->message);
    return;
  }
  if (may_try_udp (self) && is_transport_refused (self, message)) {
    try_udp (self);
    return;
  }
  if (may_try_without_query (self, message)) {
    try_without_query (self);
    return;
  }
  fail (self, explain (self, message));
}

static void
on_progress_message (CgPull *self, GstMessage *message)
{
  g_autofree char *code = NULL;
  GstProgressType type;

  gst_message_parse_progress (message, &type, &code, NULL);
  if (self->is_running || type != GST_PROGRESS_TYPE_COMPLETE || g_strcmp0 (code, "request") != 0)
    return;
  self->is_running = TRUE;
  g_signal_emit (self, signals[SIGNAL_RUNNING], 0);
}

static void
on_application_message (CgPull *self, GstMessage *message)
{
  if (gst_message_has_name (message, CG_PULL_FEED_DESCRIBED))
    g_signal_emit (self, signals[SIGNAL_STEP], 0, CG_MEDIA_STEP_DESCRIBED);
  if (gst_message_has_name (message, CG_PULL_FEED_DATA))
    g_signal_emit (self, signals[SIGNAL_STEP], 0, CG_MEDIA_STEP_DATA);
  if (self->is_over || self->is_live || !gst_message_has_name (message, CG_PULL_FEED_LIVE))
    return;
  self->is_live = TRUE;
  self->wants_key = FALSE;
  cg_pull_watch_go_live (&self->deadlines, cg_clock_get_monotonic_ms (self->clock));
  g_signal_emit (self, signals[SIGNAL_STEP], 0, CG_MEDIA_STEP_KEY);
  g_signal_emit (self, signals[SIGNAL_LIVE], 0);
}

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  g_autoptr (CgPull) self = g_object_ref (CG_PULL (user_data));

  if (self->is_over)
    return G_SOURCE_CONTINUE;
  switch ((int)GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
    on_error_message (self, message);
    break;
  case GST_MESSAGE_EOS:
    fail (self, g_error_new (CG_ERROR, CG_ERROR_UNREACHABLE, "camera ended the stream"));
    break;
  case GST_MESSAGE_PROGRESS:
    on_progress_message (self, message);
    break;
  case GST_MESSAGE_APPLICATION:
    on_application_message (self, message);
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_watch (gpointer user_data)
{
  CgPull *self = user_data;
  CgPullCount count = {0};

  if (self->feed != NULL)
    cg_pull_feed_count (self->feed, self->source, &count);
  if (self->wants_key && self->source != NULL)
    self->wants_key = !cg_pull_way_request_key (self->source) && !self->is_live;
  GError *error =
      cg_pull_watch_look (&self->deadlines, cg_clock_get_monotonic_ms (self->clock), &count);
  if (error != NULL)
    fail (self, error);
  return self->is_over ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
attach_bus (CgPull *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  self->bus = gst_bus_create_watch (bus);
  g_source_set_callback (self->bus, G_SOURCE_FUNC (on_bus_message), self, NULL);
  g_source_attach (self->bus, g_main_context_get_thread_default ());
}

static gboolean
set_properties (CgPull *self)
{
  self->source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  if (self->source == NULL)
    return FALSE;
  cg_pull_way_apply (self->transport, self->source, self->location);
  g_object_set (self->source, "tcp-timeout", (guint64)self->deadlines.start_timeout_ms * 1000,
                NULL);
  cg_pull_login_apply (&self->login, self->source, cg_pull_way_is_tunnel (self->transport));
  return TRUE;
}

static void
start_pipeline (CgPull *self)
{
  GError *error = NULL;

  self->pipeline = cg_pull_way_build (self->transport, &error);
  if (self->pipeline == NULL) {
    fail (self, error);
    return;
  }
  if (!set_properties (self)) {
    fail (self, g_error_new (CG_ERROR, CG_ERROR_INVALID_CONFIG, "pull pipeline has no `source`"));
    return;
  }
  self->feed = cg_pull_feed_new (self->hub, self->audio, self->name);
  cg_pull_feed_attach (self->feed, self->pipeline);
  attach_bus (self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

static void
on_released (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgPull) self = user_data;

  cg_reaper_release_finish (result, NULL);
  finish_stop (self);
}

static gboolean
on_stop_timeout (gpointer user_data)
{
  g_autoptr (CgPull) self = g_object_ref (CG_PULL (user_data));

  finish_stop (self);
  return G_SOURCE_REMOVE;
}

/**
 * cg_pull_new:
 * @hub: where the pictures go
 * @options: all is copied
 *
 * One RTSP session with one camera, good for one start.
 *
 * Returns: (transfer full): a pull that has not begun
 */
CgPull *
cg_pull_new (CgHub *hub, const CgPullOptions *options)
{
  g_return_val_if_fail (CG_IS_HUB (hub), NULL);
  g_return_val_if_fail (options != NULL && options->location != NULL, NULL);
  g_return_val_if_fail (CG_IS_CLOCK (options->clock), NULL);

  CgPull *self = g_object_new (CG_TYPE_PULL, NULL);
  self->hub = g_object_ref (hub);
  self->clock = g_object_ref (options->clock);
  self->name = g_strdup (options->name != NULL ? options->name : "camera");
  self->location = g_strdup (options->location);
  cg_pull_login_init (&self->login, options);
  self->wanted = options->transport;
  self->transport = options->transport == CG_TRANSPORT_AUTO ? CG_TRANSPORT_TCP : options->transport;
  self->audio = options->audio;
  cg_pull_watch_init (&self->deadlines, options->start_timeout_ms, options->stall_timeout_ms);
  return self;
}

/**
 * cg_pull_start:
 * @self: a fresh pull
 *
 * Begins; returns at once. What becomes of it is told by #CgPull::running, #CgPull::live and
 * #CgPull::failed in the thread-default main context of the caller.
 */
void
cg_pull_start (CgPull *self)
{
  g_return_if_fail (CG_IS_PULL (self));
  g_return_if_fail (self->pipeline == NULL && !self->is_over);
  CG_ON_MAIN ();

  cg_pull_watch_begin (&self->deadlines, cg_clock_get_monotonic_ms (self->clock));
  self->watch = cg_clock_add_look (self->clock, cg_pull_watch_get_pause_ms (&self->deadlines),
                                   on_watch, self);
  start_pipeline (self);
}

/**
 * cg_pull_stop_async:
 * @self: a pull
 * @callback: (nullable): called when the camera was told, or after three seconds
 * @user_data: for @callback
 *
 * Ends the session with a TEARDOWN (Q19). The hub gets nothing more from here on. Dropping the
 * last reference does the same without telling.
 */
void
cg_pull_stop_async (CgPull *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CG_IS_PULL (self));
  g_return_if_fail (self->stop_task == NULL);
  CG_ON_MAIN ();

  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, cg_pull_stop_async);
  self->is_over = TRUE;
  self->is_live = FALSE;
  clear_sources (self);
  if (self->pipeline == NULL) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  self->stop_task = g_steal_pointer (&task);
  self->stop_timer = cg_clock_add_timeout (self->clock, STOP_TIMEOUT_MS, on_stop_timeout, self);
  drop_pipeline (self, on_released, g_object_ref (self));
}

/**
 * cg_pull_stop_finish:
 * @self: a pull
 * @result: from the callback
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
cg_pull_stop_finish (CgPull *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cg_pull_request_key:
 * @self: a pull
 *
 * Asks the camera for a key frame by RTCP, where it has offered that (Q13).
 */
void
cg_pull_request_key (CgPull *self)
{
  g_return_if_fail (CG_IS_PULL (self));
  CG_ON_MAIN ();

  self->wants_key = self->source != NULL && !cg_pull_way_request_key (self->source);
}

/**
 * cg_pull_get_transport:
 * @self: a pull
 *
 * Returns: the transport in use: worth remembering once the pull is live (Q18)
 */
CgTransport
cg_pull_get_transport (CgPull *self)
{
  g_return_val_if_fail (CG_IS_PULL (self), CG_TRANSPORT_TCP);

  return self->transport;
}
