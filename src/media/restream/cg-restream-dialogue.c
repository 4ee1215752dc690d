/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-viewer-private.h"

#include <string.h>

#include "cg-restream-login.h"
#include "cg-restream-message.h"
#include "cg-restream-sdp.h"

/* Who shows a wrong login so often on one connection is not asked again. */
#define MAX_REFUSALS 4

/* How long the first sound may come after the first picture, where the camera has any. */
#define SOUND_WAIT_US (2 * G_USEC_PER_SEC)

#define PUBLIC "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER"

/**
 * cg_restream_dialogue_leave:
 * @self: a viewer
 *
 * It watches nothing any more, and no question of it is open.
 */
void
cg_restream_dialogue_leave (CgRestreamViewer *self)
{
  cg_restream_flow_close (self);
  for (guint i = 0; i < CG_N_TRACKS; i++)
    cg_restream_track_clear (&self->tracks[i]);
  if (self->question != NULL)
    gst_rtsp_message_free (g_steal_pointer (&self->question));
  if (self->place != NULL)
    self->idle_us = g_get_monotonic_time ();
  self->has_played = FALSE;
  self->sent_at_us = 0;
  g_clear_pointer (&self->place, cg_restream_place_leave);
}

static void
send_answer (CgRestreamViewer *self, GstRTSPMessage *answer)
{
  g_autofree char *session =
      self->session != NULL ? g_strdup_printf ("%s;timeout=%u", self->session,
                                               MAX (self->options->session_timeout_ms / 1000, 1))
                            : NULL;

  if (session != NULL)
    gst_rtsp_message_add_header (answer, GST_RTSP_HDR_SESSION, session);
  cg_restream_wire_write (self->wire, cg_restream_message_to_bytes (answer));
  gst_rtsp_message_unset (answer);
}

static void
answer_with (CgRestreamViewer *self,
             const GstRTSPMessage *request,
             GstRTSPStatusCode status,
             GstRTSPHeaderField field,
             const char *value)
{
  GstRTSPMessage answer;

  cg_restream_message_init_answer (&answer, request, status);
  if (value != NULL)
    gst_rtsp_message_add_header (&answer, field, value);
  send_answer (self, &answer);
}

static void
answer_status (CgRestreamViewer *self, const GstRTSPMessage *request, GstRTSPStatusCode status)
{
  answer_with (self, request, status, GST_RTSP_HDR_INVALID, NULL);
}

/* DESCRIBE: answered when the first picture, and the sound, have said what they are. */

static void
describe (CgRestreamViewer *self)
{
  const char *did = cg_restream_place_get_did (self->place);
  CgFormat *const formats[CG_N_TRACKS] = {
      [CG_TRACK_VIDEO] = self->tracks[CG_TRACK_VIDEO].format,
      [CG_TRACK_AUDIO] = self->tracks[CG_TRACK_AUDIO].format,
  };
  g_autofree char *description = cg_restream_sdp_make (did, formats);
  g_autofree char *base = cg_restream_message_get_base (self->question);
  g_autofree char *content_base = g_strconcat (base, "/", NULL);
  GstRTSPMessage answer;

  for (guint i = 0; i < CG_N_TRACKS; i++) {
    if (formats[i] != NULL)
      cg_restream_sdp_init_packer ((CgTrack)i, formats[i], &self->tracks[i].packer);
  }
  cg_restream_message_init_answer (&answer, self->question, GST_RTSP_STS_OK);
  gst_rtsp_message_add_header (&answer, GST_RTSP_HDR_CONTENT_TYPE, "application/sdp");
  gst_rtsp_message_add_header (&answer, GST_RTSP_HDR_CONTENT_BASE, content_base);
  gst_rtsp_message_set_body (&answer, (const guint8 *)description, (guint)strlen (description));
  send_answer (self, &answer);
  gst_rtsp_message_free (g_steal_pointer (&self->question));
  cg_restream_flow_close (self);
  self->idle_us = g_get_monotonic_time ();
}

static gboolean
knows_formats (CgRestreamViewer *self, gint64 now_us)
{
  if (self->tracks[CG_TRACK_VIDEO].format == NULL)
    return FALSE;
  if (self->picture_us == 0)
    self->picture_us = now_us;
  return self->tracks[CG_TRACK_AUDIO].format != NULL ||
         !cg_hub_expects_sound (cg_restream_place_get_hub (self->place)) ||
         now_us - self->picture_us > SOUND_WAIT_US;
}

static void
look_at_formats (CgRestreamViewer *self, gint64 now_us)
{
  gint64 dts_us, pts_us;
  CgAccessUnit *unit;

  while ((unit = cg_hub_output_pop (self->output, &dts_us, &pts_us)) != NULL) {
    CgRestreamTrack *track = &self->tracks[unit->track];

    if (track->format == NULL)
      track->format = cg_format_ref (unit->format);
    cg_access_unit_unref (unit);
  }
  if (knows_formats (self, now_us))
    describe (self);
}

static void
give_up_question (CgRestreamViewer *self)
{
  answer_status (self, self->question, GST_RTSP_STS_SERVICE_UNAVAILABLE);
  cg_restream_dialogue_leave (self);
}

static void
on_describe (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  g_autofree char *did = cg_restream_message_get_did (request);

  cg_restream_dialogue_leave (self);
  self->picture_us = 0;
  self->place = did != NULL ? cg_restream_places_enter (self->options->places, did) : NULL;
  if (self->place == NULL) {
    answer_status (self, request, GST_RTSP_STS_NOT_FOUND);
    return;
  }
  gst_rtsp_message_copy (request, &self->question);
  self->asked_us = g_get_monotonic_time ();
  if (cg_restream_place_get_hub (self->place) != NULL)
    cg_restream_flow_open (self);
  else
    give_up_question (self);
}

/* The other requests */

static void
on_options (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  answer_with (self, request, GST_RTSP_STS_OK, GST_RTSP_HDR_PUBLIC, PUBLIC);
}

static void
on_setup (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  guint number = 0;
  CgRestreamTrack *track =
      cg_restream_message_get_track (request, &number) ? &self->tracks[number] : NULL;

  if (self->place == NULL || self->question != NULL || self->is_playing) {
    answer_status (self, request, GST_RTSP_STS_METHOD_NOT_VALID_IN_THIS_STATE);
    return;
  }
  if (track == NULL || track->format == NULL) {
    answer_status (self, request, GST_RTSP_STS_NOT_FOUND);
    return;
  }
  g_autofree char *wanted = cg_restream_message_get_ways (request);
  g_autofree char *way = cg_restream_track_set_up (track, wanted, number, self->socket);
  if (way == NULL) {
    answer_status (self, request, GST_RTSP_STS_UNSUPPORTED_TRANSPORT);
    return;
  }
  if (self->session == NULL)
    self->session = g_strdup_printf ("%08X%08X", g_random_int (), g_random_int ());
  answer_with (self, request, GST_RTSP_STS_OK, GST_RTSP_HDR_TRANSPORT, way);
}

static char *
make_rtp_info (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  g_autofree char *base = cg_restream_message_get_stream (request);
  GString *info = g_string_new (NULL);

  for (guint i = 0; i < CG_N_TRACKS; i++) {
    const CgRtpPacker *packer = &self->tracks[i].packer;

    if (self->tracks[i].is_set_up)
      g_string_append_printf (info, "%surl=%s/" CG_RESTREAM_CONTROL "%u;seq=%u;rtptime=%u",
                              info->len > 0 ? "," : "", base, i, packer->number,
                              cg_rtp_packer_get_time (packer, self->begin_us));
  }
  return g_string_free (info, FALSE);
}

static gboolean
has_session (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  char *session = NULL;

  gst_rtsp_message_get_header (request, GST_RTSP_HDR_SESSION, &session, 0);
  return session != NULL && self->session != NULL &&
         strlen (self->session) == strcspn (session, ";") &&
         g_str_has_prefix (session, self->session);
}

static gboolean
check_session (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  if (has_session (self, request) && self->place != NULL)
    return TRUE;
  answer_status (self, request, GST_RTSP_STS_SESSION_NOT_FOUND);
  return FALSE;
}

/* While a DESCRIBE waits, what it looks at must not be taken away. */
static gboolean
check_ready (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  if (!check_session (self, request))
    return FALSE;
  if (self->question == NULL)
    return TRUE;
  answer_status (self, request, GST_RTSP_STS_METHOD_NOT_VALID_IN_THIS_STATE);
  return FALSE;
}

static void
begin_play (CgRestreamViewer *self)
{
  g_info ("%s: watched by %s", cg_restream_place_get_did (self->place), self->host);
  cg_restream_flow_begin (self);
  self->has_played = TRUE;
  self->is_playing = TRUE;
}

/* The group of pictures that is under way goes first: the viewer has a picture at once. */
static void
on_play (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  GstRTSPMessage answer;

  if (!check_ready (self, request))
    return;
  if (!self->is_playing)
    begin_play (self);
  g_autofree char *info = make_rtp_info (self, request);
  cg_restream_message_init_answer (&answer, request, GST_RTSP_STS_OK);
  gst_rtsp_message_add_header (&answer, GST_RTSP_HDR_RANGE, "npt=now-");
  gst_rtsp_message_add_header (&answer, GST_RTSP_HDR_RTP_INFO, info);
  send_answer (self, &answer);
}

static void
on_pause (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  if (!check_ready (self, request))
    return;
  cg_restream_flow_close (self);
  answer_status (self, request, GST_RTSP_STS_OK);
}

static void
on_teardown (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  if (!check_session (self, request))
    return;
  cg_restream_dialogue_leave (self);
  g_clear_pointer (&self->session, g_free);
  answer_status (self, request, GST_RTSP_STS_OK);
}

/* A sign of life. */
static void
on_parameter (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  answer_status (self, request, GST_RTSP_STS_OK);
}

static gboolean
is_let_in (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  const CgRestreamViewerOptions *options = self->options;

  if (options->username == NULL ||
      cg_restream_login_check (request, self->nonce, options->username, options->password)) {
    self->refusals = 0;
    self->is_known = TRUE;
    return TRUE;
  }
  if (cg_restream_login_is_shown (request, self->nonce))
    cg_login_throttle_refuse (options->throttle, self->host, g_get_monotonic_time ());
  g_autofree char *challenge = cg_restream_login_make_challenge (self->nonce);
  answer_with (self, request, GST_RTSP_STS_UNAUTHORIZED, GST_RTSP_HDR_WWW_AUTHENTICATE, challenge);
  if (++self->refusals > MAX_REFUSALS)
    cg_restream_viewer_end (self, "does not know the login");
  return FALSE;
}

/* Whose host has shown a wrong login waits before another one is looked at. */
static gboolean
must_wait (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  const CgRestreamViewerOptions *options = self->options;
  const gint64 now_us = g_get_monotonic_time ();

  if (options->username == NULL || self->is_known ||
      !cg_restream_login_is_shown (request, self->nonce))
    return FALSE;
  self->delayed_until_us = cg_login_throttle_reserve (options->throttle, self->host, now_us);
  if (self->delayed_until_us <= now_us)
    return FALSE;
  gst_rtsp_message_copy (request, &self->delayed);
  return TRUE;
}

static void
handle (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  static const struct {
    GstRTSPMethod method;
    gboolean is_open; /* to those without the login */
    void (*handle) (CgRestreamViewer *self, const GstRTSPMessage *request);
  } methods[] = {
      {GST_RTSP_OPTIONS, TRUE, on_options},
      {GST_RTSP_DESCRIBE, FALSE, on_describe},
      {GST_RTSP_SETUP, FALSE, on_setup},
      {GST_RTSP_PLAY, FALSE, on_play},
      {GST_RTSP_PAUSE, FALSE, on_pause},
      {GST_RTSP_TEARDOWN, FALSE, on_teardown},
      {GST_RTSP_GET_PARAMETER, FALSE, on_parameter},
      {GST_RTSP_SET_PARAMETER, FALSE, on_parameter},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    if (methods[i].method != request->type_data.request.method)
      continue;
    if (methods[i].is_open || is_let_in (self, request))
      methods[i].handle (self, request);
    return;
  }
  answer_status (self, request, GST_RTSP_STS_NOT_IMPLEMENTED);
}

/**
 * cg_restream_dialogue_take:
 * @self: a viewer
 * @request: of it
 *
 * Answers it, now, or when the camera's picture has come, or when its login may be looked at.
 */
void
cg_restream_dialogue_take (CgRestreamViewer *self, const GstRTSPMessage *request)
{
  if (self->delayed != NULL)
    cg_restream_viewer_end (self, "asks on before it is answered");
  else if (!must_wait (self, request))
    handle (self, request);
}

static void
handle_delayed (CgRestreamViewer *self)
{
  GstRTSPMessage *request = g_steal_pointer (&self->delayed);

  handle (self, request);
  gst_rtsp_message_free (request);
}

/**
 * cg_restream_dialogue_check:
 * @self: a viewer
 * @now_us: monotonic
 *
 * Looks at whether what it has asked for can be answered now, or must be.
 */
void
cg_restream_dialogue_check (CgRestreamViewer *self, gint64 now_us)
{
  if (self->delayed != NULL && now_us >= self->delayed_until_us)
    handle_delayed (self);
  if (self->question != NULL)
    look_at_formats (self, now_us);
  if (self->question != NULL &&
      now_us - self->asked_us > (gint64)self->options->answer_timeout_ms * 1000)
    give_up_question (self);
}
