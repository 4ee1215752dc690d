/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtsp-src.h"

#include <string.h>

#include "cg-error.h"
#include "cg-pull-limit.h"
#include "cg-rtsp-media.h"
#include "cg-rtsp-session.h"
#include "cg-rtsp-stream.h"

/* A TEARDOWN waits so long for its answer (Q19). */
#define GOODBYE_TIMEOUT_MS 1000

/* How often a receiver reports (RFC 3550, 6.2). */
#define REPORT_INTERVAL_US (5 * G_USEC_PER_SEC)

#define DEFAULT_TIMEOUT_US (10 * G_USEC_PER_SEC)

/**
 * CgRtspSrc:
 *
 * The element `cgrtspsrc`: a camera's streams by RTSP over TCP, taken apart in the thread that
 * reads them. One pad for each media, as parsed units: pictures in the form of ISO/IEC 14496-15,
 * raw AAC, G.711. A live source without a clock of its own.
 */
struct _CgRtspSrc {
  GstElement parent_instance;

  char *location;    /* (owned) (nullable) */
  char *username;    /* (owned) (nullable) */
  char *password;    /* (owned) (nullable) */
  char *fingerprint; /* (owned) (nullable) */
  guint64 timeout_us;
  GTlsCertificateFlags tls_flags;
  gboolean drops_query;
  CgBreaker *breaker; /* (owned) (nullable) */
  guint packets;      /* (atomic) */
  gint wants_key;     /* (atomic) the camera is to be asked for a key frame */

  CgRtspSession *session; /* (owned) (nullable) while there is a thread */
  GThread *thread;        /* (owned) (nullable) */

  /* The thread's own. */
  CgRtspStreams streams;
  guint group;
  gint64 start_us; /* of running time, on the monotonic clock */
  gboolean has_start;
  GstFlowReturn flow; /* of the picture */
  gboolean is_endless;
  gboolean is_goodbye;
};

enum {
  PROP_0,
  PROP_LOCATION,
  PROP_USER_ID,
  PROP_USER_PW,
  PROP_TCP_TIMEOUT,
  PROP_TLS_VALIDATION_FLAGS,
  PROP_TLS_FINGERPRINT,
  PROP_RETRY_WITHOUT_QUERY,
  N_PROPS
};

enum { SIGNAL_ON_SDP, SIGNAL_SELECT_STREAM, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static GstStaticPadTemplate pad_template =
    GST_STATIC_PAD_TEMPLATE ("stream_%u",
                             GST_PAD_SRC,
                             GST_PAD_SOMETIMES,
                             GST_STATIC_CAPS ("video/x-h264,stream-format=avc,alignment=au;"
                                              "video/x-h265,stream-format=hvc1,alignment=au;"
                                              "audio/mpeg,mpegversion=4,stream-format=raw;"
                                              "audio/x-alaw;audio/x-mulaw"));

G_DEFINE_FINAL_TYPE (CgRtspSrc, cg_rtsp_src, GST_TYPE_ELEMENT)

/* On the pipeline's running time, which is 0 where there is no clock. */
static gint64
get_running_us (CgRtspSrc *self)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (!self->has_start) {
    GstClockTime running = gst_element_get_current_running_time (GST_ELEMENT (self));

    if (!GST_CLOCK_TIME_IS_VALID (running))
      running = 0;
    self->has_start = TRUE;
    self->start_us = now_us - (gint64)(running / GST_USECOND);
  }
  return now_us - self->start_us;
}

/* Trouble with the sound stays away from the picture (Q12). */
static void
judge_flow (CgRtspSrc *self, CgRtspStream *stream, GstFlowReturn flow)
{
  if (flow >= GST_FLOW_OK)
    return;
  if (!cg_rtsp_track_is_video (stream->track)) {
    stream->is_over = flow != GST_FLOW_NOT_LINKED;
    return;
  }
  if (flow == GST_FLOW_NOT_LINKED && self->streams.n > 1)
    return;
  self->flow = flow;
  cg_rtsp_session_interrupt (self->session);
}

static void
on_buffer (CgRtspTrack *track, GstBuffer *buffer, gpointer user_data)
{
  CgRtspSrc *self = user_data;

  for (guint i = 0; i < self->streams.n; i++) {
    CgRtspStream *stream = &self->streams.list[i];

    if (stream->track != track)
      continue;
    stream->pending = 0;
    if (stream->is_over || self->flow != GST_FLOW_OK)
      break;
    judge_flow (self, stream,
                cg_rtsp_pad_push (&stream->pad, cg_rtsp_track_get_caps (track), buffer));
    return;
  }
  gst_buffer_unref (buffer);
}

static void
take_report (CgRtspSrc *self, CgRtspStream *stream, const guint8 *data, gsize size)
{
  const CgRtspStream *leader = cg_rtsp_streams_find_video (&self->streams);

  if (cg_rtsp_track_take_report (stream->track, data, size, g_get_monotonic_time ()))
    self->is_goodbye = self->is_goodbye || leader == stream || leader == NULL;
  if (self->is_goodbye)
    cg_rtsp_session_interrupt (self->session);
}

/* A camera that begins with a key frame, or brings one by itself, need not be asked. */
static void
look_for_key (CgRtspSrc *self, const CgRtspStream *stream)
{
  if (!g_atomic_int_get (&self->wants_key) || !cg_rtsp_track_can_be_asked (stream->track))
    return;
  switch (cg_rtsp_track_get_place (stream->track)) {
  case CG_RTSP_TRACK_AHEAD:
    break;
  case CG_RTSP_TRACK_KEY:
    g_atomic_int_set (&self->wants_key, FALSE);
    break;
  case CG_RTSP_TRACK_DELTA:
    cg_rtsp_session_pause (self->session);
    break;
  }
}

static void
on_packet (guint channel, const guint8 *data, gsize size, gpointer user_data)
{
  CgRtspSrc *self = user_data;
  CgRtspStream *stream = NULL;

  for (guint i = 0; i < self->streams.n && stream == NULL; i++) {
    if (self->streams.list[i].transport.rtcp_channel == channel) {
      take_report (self, &self->streams.list[i], data, size);
      return;
    }
    if (self->streams.list[i].transport.rtp_channel == channel)
      stream = &self->streams.list[i];
  }
  if (stream == NULL)
    stream = cg_rtsp_streams_adopt_channel (&self->streams, channel, data, size);
  if (stream == NULL)
    return;
  stream->pending += size;
  g_atomic_int_inc (&self->packets);
  cg_rtsp_track_receive (stream->track, data, size, get_running_us (self));
  look_for_key (self, stream);
  if (stream->pending <= CG_PULL_LIMIT_BYTES)
    return;
  self->is_endless = TRUE;
  cg_rtsp_session_interrupt (self->session);
}

/* With the status where an RTSP source puts it, for those who look there. */
static void
post_error (CgRtspSrc *self, GError *error)
{
  const guint status = cg_rtsp_session_get_status (self->session);
  GstStructure *details =
      status != 0 ? gst_structure_new ("details", "rtsp-status-code", G_TYPE_UINT, status, NULL)
                  : NULL;

  gst_element_post_message (GST_ELEMENT (self), gst_message_new_error_with_details (
                                                    GST_OBJECT (self), error, NULL, details));
}

/* Without anybody who chooses, all that we can take is wanted. */
static gboolean
is_wanted (CgRtspSrc *self, guint number, GstCaps *caps)
{
  gboolean wanted = TRUE;

  if (g_signal_has_handler_pending (self, signals[SIGNAL_SELECT_STREAM], 0, TRUE))
    g_signal_emit (self, signals[SIGNAL_SELECT_STREAM], 0, number, caps, &wanted);
  return wanted;
}

/* Returns: %FALSE: the picture, or everything, was refused */
static gboolean
set_up (CgRtspSrc *self, CgRtspStream *stream, const GstSDPMedia *described, GError **error)
{
  const char *control = cg_rtsp_media_get_control (described);
  g_autoptr (GError) cause = NULL;

  stream->transport = (CgRtspTransport){.rtp_channel = 2 * self->streams.n,
                                        .rtcp_channel = 2 * self->streams.n + 1};
  stream->pad =
      (CgRtspPad){.element = GST_ELEMENT (self), .number = self->streams.n, .group = self->group};
  if (cg_rtsp_session_setup_in_thread (self->session, control, &stream->transport, &cause)) {
    self->streams.n++;
    return TRUE;
  }
  const gboolean is_fatal =
      cg_rtsp_track_is_video (stream->track) || cg_rtsp_session_get_status (self->session) == 0;
  g_clear_pointer (&stream->track, cg_rtsp_track_free);
  if (!is_fatal) {
    g_warning ("no sound: %s", cause->message);
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/* Wanted media only; the rest is never set up (Q47). */
static gboolean
set_up_wanted (CgRtspSrc *self, const GstSDPMessage *description, GError **error)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (description); i++) {
    const GstSDPMedia *described = gst_sdp_message_get_media (description, i);
    g_autoptr (GstCaps) caps = cg_rtsp_media_get_caps (described);
    CgRtspStream *stream = &self->streams.list[self->streams.n];

    if (self->streams.n >= CG_RTSP_MAX_STREAMS || caps == NULL ||
        cg_rtsp_media_is_back_channel (described, description))
      continue;
    g_autoptr (CgRtspTrack) track = cg_rtsp_track_new (caps, on_buffer, self);
    if (track == NULL || !is_wanted (self, i, caps))
      continue;
    stream->track = g_steal_pointer (&track);
    if (!set_up (self, stream, described, error))
      return FALSE;
  }
  if (self->streams.n > 0)
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_STREAM_FORMAT,
                       "camera offers nothing that is wanted");
  return FALSE;
}

static gboolean
begin (CgRtspSrc *self, GError **error)
{
  g_autofree char *text = cg_rtsp_session_describe_in_thread (self->session, error);
  g_autoptr (GstSDPMessage) description = NULL;
  if (text == NULL)
    return FALSE;

  gst_sdp_message_new (&description);
  if (gst_sdp_message_parse_buffer ((const guint8 *)text, (guint)strlen (text), description) !=
      GST_SDP_OK) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT, "camera describes nonsense");
    return FALSE;
  }
  g_signal_emit (self, signals[SIGNAL_ON_SDP], 0, description);
  if (!set_up_wanted (self, description, error) ||
      !cg_rtsp_session_play_in_thread (
          self->session, gst_sdp_message_get_attribute_val (description, "control"), error))
    return FALSE;
  cg_rtsp_streams_put_in_step (&self->streams, self->session);
  return TRUE;
}

static gboolean
send_reports (CgRtspSrc *self, GError **error)
{
  const gboolean wants_key = g_atomic_int_compare_and_exchange (&self->wants_key, TRUE, FALSE);

  return cg_rtsp_streams_send_reports_in_thread (&self->streams, self->session, wants_key, error);
}

static void
play (CgRtspSrc *self, GError **error)
{
  gst_element_post_message (GST_ELEMENT (self),
                            gst_message_new_progress (GST_OBJECT (self), GST_PROGRESS_TYPE_COMPLETE,
                                                      "request", "camera plays"));
  do {
    const gint64 until_us = g_get_monotonic_time () + REPORT_INTERVAL_US;

    if (!cg_rtsp_session_receive_in_thread (self->session, until_us, error))
      return;
  } while (send_reports (self, error));
}

static void
tell_end (CgRtspSrc *self, GError *cause)
{
  g_autoptr (GError) error = cause;

  if (self->is_goodbye) {
    for (guint i = 0; i < self->streams.n; i++)
      cg_rtsp_pad_end (&self->streams.list[i].pad);
    return;
  }
  if (self->is_endless) {
    g_clear_error (&error);
    error = g_error_new (CG_ERROR, CG_ERROR_PEER_FAULT,
                         "camera sends %d MiB without a whole picture, or sound",
                         CG_PULL_LIMIT_BYTES / (1024 * 1024));
  }
  if (self->flow < GST_FLOW_EOS)
    GST_ELEMENT_FLOW_ERROR (self, self->flow);
  else if (!g_error_matches (error, CG_ERROR, CG_ERROR_CANCELLED))
    post_error (self, error);
}

static void
log_oddities (CgRtspSrc *self)
{
  const guint64 skipped = cg_rtsp_session_get_skipped (self->session);
  guint dropped = 0, jumps = 0;

  for (guint i = 0; i < self->streams.n; i++) {
    dropped += cg_rtsp_track_get_dropped (self->streams.list[i].track);
    jumps += cg_rtsp_track_get_jumps (self->streams.list[i].track);
  }
  if (skipped + dropped + jumps > 0)
    g_info ("camera sent %" G_GUINT64_FORMAT " bytes between packets, %u damaged pictures, "
            "%u jumps of time",
            skipped, dropped, jumps);
}

static gpointer
run_in_thread (gpointer data)
{
  CgRtspSrc *self = data;
  g_autoptr (GError) error = NULL;

  if (begin (self, &error))
    play (self, &error);
  tell_end (self, g_steal_pointer (&error));
  log_oddities (self);
  cg_rtsp_session_close_in_thread (self->session, GOODBYE_TIMEOUT_MS);
  return NULL;
}

static gboolean
start (CgRtspSrc *self)
{
  g_autoptr (GError) error = NULL;
  const CgRtspOptions options = {
      .location = self->location != NULL ? self->location : "",
      .username = self->username,
      .password = self->password,
      .breaker = self->breaker,
      .timeout_ms = (guint)CLAMP (self->timeout_us / 1000, 1, G_MAXINT),
      .tls_flags = self->tls_flags,
      .tls_fingerprint = self->fingerprint,
      .drops_query = self->drops_query,
  };

  self->session = cg_rtsp_session_new (&options, on_packet, self);
  self->group = gst_util_group_id_next ();
  self->has_start = FALSE;
  self->flow = GST_FLOW_OK;
  self->is_goodbye = FALSE;
  self->is_endless = FALSE;
  g_atomic_int_set (&self->wants_key, FALSE);
  self->thread = g_thread_try_new ("rtsp", run_in_thread, self, &error);
  if (self->thread != NULL)
    return TRUE;
  GST_ELEMENT_ERROR (self, RESOURCE, FAILED, ("no thread can be had: %s", error->message), (NULL));
  g_clear_pointer (&self->session, cg_rtsp_session_free);
  return FALSE;
}

static void
stop (CgRtspSrc *self)
{
  if (self->thread == NULL)
    return;
  cg_rtsp_session_interrupt (self->session);
  g_thread_join (g_steal_pointer (&self->thread));
  g_clear_pointer (&self->session, cg_rtsp_session_free);
  cg_rtsp_streams_clear (&self->streams);
}

static GstStateChangeReturn
cg_rtsp_src_change_state (GstElement *element, GstStateChange transition)
{
  CgRtspSrc *self = CG_RTSP_SRC (element);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && self->session != NULL)
    cg_rtsp_session_interrupt (self->session);
  GstStateChangeReturn result =
      GST_ELEMENT_CLASS (cg_rtsp_src_parent_class)->change_state (element, transition);
  if (result == GST_STATE_CHANGE_FAILURE)
    return result;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED ||
      transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    return GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

static void
replace_string (char **place, const GValue *value)
{
  g_free (*place);
  *place = g_value_dup_string (value);
}

static void
cg_rtsp_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CgRtspSrc *self = CG_RTSP_SRC (object);

  switch (id) {
  case PROP_LOCATION:
    replace_string (&self->location, value);
    break;
  case PROP_USER_ID:
    replace_string (&self->username, value);
    break;
  case PROP_USER_PW:
    replace_string (&self->password, value);
    break;
  case PROP_TCP_TIMEOUT:
    self->timeout_us = g_value_get_uint64 (value);
    break;
  case PROP_TLS_VALIDATION_FLAGS:
    self->tls_flags = g_value_get_flags (value);
    break;
  case PROP_TLS_FINGERPRINT:
    replace_string (&self->fingerprint, value);
    break;
  case PROP_RETRY_WITHOUT_QUERY:
    self->drops_query = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
}

static void
cg_rtsp_src_finalize (GObject *object)
{
  CgRtspSrc *self = CG_RTSP_SRC (object);

  g_free (self->location);
  g_free (self->username);
  g_free (self->password);
  g_free (self->fingerprint);
  g_clear_pointer (&self->breaker, cg_breaker_unref);
  G_OBJECT_CLASS (cg_rtsp_src_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  props[PROP_LOCATION] =
      g_param_spec_string ("location", NULL, "Address, without a login", NULL, flags);
  props[PROP_USER_ID] = g_param_spec_string ("user-id", NULL, "Login name", NULL, flags);
  props[PROP_USER_PW] = g_param_spec_string ("user-pw", NULL, "Password", NULL, flags);
  props[PROP_TCP_TIMEOUT] =
      g_param_spec_uint64 ("tcp-timeout", NULL, "Longest wait for an answer, in microseconds", 0,
                           G_MAXUINT64, DEFAULT_TIMEOUT_US, flags);
  props[PROP_TLS_VALIDATION_FLAGS] =
      g_param_spec_flags ("tls-validation-flags", NULL, "What must not be wrong with a certificate",
                          G_TYPE_TLS_CERTIFICATE_FLAGS, G_TLS_CERTIFICATE_VALIDATE_ALL, flags);
  props[PROP_TLS_FINGERPRINT] = g_param_spec_string (
      "tls-fingerprint", NULL, "SHA-256 of the only certificate that is taken", NULL, flags);
  props[PROP_RETRY_WITHOUT_QUERY] = g_param_spec_boolean (
      "retry-without-query", NULL, "Drop the query of an address that is refused", TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
cg_rtsp_src_class_init (CgRtspSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  object_class->set_property = cg_rtsp_src_set_property;
  object_class->finalize = cg_rtsp_src_finalize;
  element_class->change_state = cg_rtsp_src_change_state;
  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &pad_template);
  gst_element_class_set_static_metadata (element_class, "RTSP over TCP", "Source/Network",
                                         "A camera's streams as parsed units", "camgate");

  /**
   * CgRtspSrc::on-sdp:
   * @description: a #GstSDPMessage
   *
   * What the camera offers. In a thread of the element, as the others.
   */
  signals[SIGNAL_ON_SDP] =
      g_signal_new ("on-sdp", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    GST_TYPE_SDP_MESSAGE | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * CgRtspSrc::select-stream:
   * @number: of a media in the description
   * @caps: what the description says of it
   *
   * Returns: whether it is to be set up
   */
  signals[SIGNAL_SELECT_STREAM] =
      g_signal_new ("select-stream", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_BOOLEAN,
                    2, G_TYPE_UINT, GST_TYPE_CAPS | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
cg_rtsp_src_init (CgRtspSrc *self)
{
  self->timeout_us = DEFAULT_TIMEOUT_US;
  self->tls_flags = G_TLS_CERTIFICATE_VALIDATE_ALL;
  self->drops_query = TRUE;
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

/**
 * cg_rtsp_src_set_breaker:
 * @self: a source that was not started
 * @breaker: (nullable): asked before the login is shown a second time (Q6); who starts the source
 *   has asked for the first
 */
void
cg_rtsp_src_set_breaker (CgRtspSrc *self, CgBreaker *breaker)
{
  g_return_if_fail (CG_IS_RTSP_SRC (self));

  g_clear_pointer (&self->breaker, cg_breaker_unref);
  self->breaker = breaker != NULL ? cg_breaker_ref (breaker) : NULL;
}

/**
 * cg_rtsp_src_request_key:
 * @self: a source
 *
 * Asks the camera for a key frame by RTCP, unless it brings one now anyway; any thread. Without
 * effect where the camera has not offered that.
 */
void
cg_rtsp_src_request_key (CgRtspSrc *self)
{
  g_return_if_fail (CG_IS_RTSP_SRC (self));

  g_atomic_int_set (&self->wants_key, TRUE);
}

/**
 * cg_rtsp_src_get_packets:
 * @self: a source
 *
 * Returns: RTP packets of wanted media that came so far; wraps; any thread
 */
guint
cg_rtsp_src_get_packets (CgRtspSrc *self)
{
  g_return_val_if_fail (CG_IS_RTSP_SRC (self), 0);

  return (guint)g_atomic_int_get (&self->packets);
}
