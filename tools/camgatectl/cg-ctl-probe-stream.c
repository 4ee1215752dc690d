/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a probe that measures what the camera's streams are. */
#include <string.h>

#include "cg-ctl-measure.h"
#include "cg-ctl-probe-private.h"
#include "cg-log.h"
#include "cg-rtsp-probe.h"
#include "cg-stream-offer.h"

/* Who begins to look waits for a key frame: up to so long nobody minds. */
#define GOOD_GOP_MS 4500
/* Pictures later than this are felt (Q13). */
#define SLOW_START_MS 4000

/* The stream that is played is looked at until two whole groups of pictures have ended, or as long
 * as shows that there are none: smart codec (Q14). The others are only glanced at. */
#define PLAYED_GROUPS 2
#define PLAYED_MIN_MS 3000
#define PLAYED_MAX_MS 12000
#define OTHER_GROUPS 1
#define OTHER_MIN_MS 1500
#define OTHER_MAX_MS 5000
/* Cameras have two or three; an NVR has dozens. */
#define MAX_PROFILES 4
/* A camera that holds a session that has gone lets go of it after a moment (Q19). */
#define BUSY_PAUSE_MS 1500

/* What was found out about one profile. */
typedef struct {
  const CgOnvifProfile *profile;
  char *location;       /* (nullable) */
  CgStreamOffer *offer; /* (owned) (nullable) */
  CgCtlMeasured measured;
  gboolean is_measured;
  GError *error; /* (owned) (nullable) why it was not */
} Stream;

static void
stream_clear (Stream *self)
{
  g_free (self->location);
  g_clear_pointer (&self->offer, cg_stream_offer_free);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stream, stream_clear)

/* `H265` → `H.265`, as it stands in the menus of cameras. */
static char *
get_codec_label (const char *codec)
{
  if (codec == NULL)
    return g_strdup ("no picture");
  if (codec[0] == 'H' && g_ascii_isdigit (codec[1]))
    return g_strconcat ("H.", codec + 1, NULL);
  return g_strdup (codec);
}

static const char *
get_codec (const Stream *stream)
{
  return stream->offer != NULL ? stream->offer->video : stream->profile->encoding;
}

static gboolean
is_h264 (const Stream *stream)
{
  return g_strcmp0 (get_codec (stream), "H264") == 0;
}

static gboolean
is_h265 (const Stream *stream)
{
  return g_strcmp0 (get_codec (stream), "H265") == 0;
}

/* What the bridge takes from a camera; H.265 not every media server takes from the bridge (Q11). */
static gboolean
is_taken (const Stream *stream)
{
  return is_h264 (stream) || is_h265 (stream);
}

static char *
format_rate (guint kbps)
{
  return kbps >= 1000 ? g_strdup_printf ("%.1f Mbit/s", kbps / 1000.0)
                      : g_strdup_printf ("%u kbit/s", kbps);
}

/* Some cameras refuse the query of the address that they give themselves (Q29). */
static char *
describe (CgCtlProbe *self, Stream *stream)
{
  const CgRtspProbeOptions options = {
      .location = stream->location,
      .username = self->options->username,
      .password = self->options->password,
      .breaker = cg_onvif_session_get_breaker (self->session),
      .tls = CG_TLS_ACCEPT,
      .timeout_ms = self->options->timeout_ms,
      .drops_query = TRUE,
  };
  char *found = NULL;
  char *description = cg_rtsp_describe_in_thread (&options, &found, &stream->error);

  if (found != NULL) {
    g_free (stream->location);
    stream->location = found;
  }
  return description;
}

/* As camgated does: the picture is there sooner (Q13). */
static void
on_running (gpointer user_data)
{
  CgCtlProbe *self = user_data;

  cg_onvif_media_set_synchronization_point_in_thread (self->session, self->played->token, NULL);
}

static void
measure (CgCtlProbe *self, Stream *stream, gboolean is_played)
{
  const CgCtlMeasureOptions options = {
      .location = stream->location,
      .username = self->options->username,
      .password = self->options->password,
      .breaker = cg_onvif_session_get_breaker (self->session),
      .groups = is_played ? PLAYED_GROUPS : OTHER_GROUPS,
      .min_ms = is_played ? PLAYED_MIN_MS : OTHER_MIN_MS,
      .max_ms = is_played ? PLAYED_MAX_MS : OTHER_MAX_MS,
      .running = is_played && !self->is_rtsp ? on_running : NULL,
      .user_data = self,
      .cancellable = self->options->cancellable,
  };

  cg_ctl_probe_step (self, "measuring the picture of %s", stream->profile->token);
  cg_ctl_measure_in_thread (&options, &stream->measured, &stream->error);
  if (g_error_matches (stream->error, CG_ERROR, CG_ERROR_TOO_MANY_STREAMS) &&
      cg_ctl_probe_pause (self, BUSY_PAUSE_MS)) {
    g_clear_error (&stream->error);
    cg_ctl_measure_in_thread (&options, &stream->measured, &stream->error);
  }
  stream->is_measured = stream->measured.findings.frames > 0;
}

static void
look_at (CgCtlProbe *self, Stream *stream, gboolean is_played)
{
  g_autofree char *description = NULL;

  stream->location = is_played ? g_strdup (self->location)
                               : cg_onvif_media_get_stream_uri_in_thread (
                                     self->session, stream->profile->token, &stream->error);
  if (self->options->no_media != NULL && stream->error == NULL)
    stream->error = g_error_copy (self->options->no_media);
  if (stream->location == NULL || stream->error != NULL)
    return;
  description = describe (self, stream);
  if (description == NULL)
    return;
  stream->offer = cg_stream_offer_parse (description, &stream->error);
  if (is_taken (stream))
    measure (self, stream, is_played);
}

static void
set_number (JsonObject *object, const char *member, double number)
{
  if (number > 0)
    json_object_set_double_member (object, member, number);
  else
    json_object_set_null_member (object, member);
}

static void
set_count (JsonObject *object, const char *member, guint count)
{
  if (count > 0)
    json_object_set_int_member (object, member, count);
  else
    json_object_set_null_member (object, member);
}

/* Whether the group under way is longer than any that has ended: how long nobody knows (Q14). */
static gboolean
is_open (const CgStreamFindings *findings)
{
  return findings->open_ms > findings->gop_ms + findings->gop_ms / 4;
}

static double
round_to (double number, double step)
{
  return (double)(gint64)(number / step + 0.5) * step;
}

/* The members of section `stream`, for whatever profile. */
static void
fill_facts (JsonObject *object, const Stream *stream)
{
  const CgStreamFindings *findings = &stream->measured.findings;
  g_autofree char *shown = stream->location != NULL ? cg_log_uri (stream->location) : NULL;

  cg_ctl_probe_set_text (object, "profile", stream->profile->token);
  cg_ctl_probe_set_text (object, "location", shown);
  cg_ctl_probe_set_text (object, "codec", get_codec (stream));
  cg_ctl_probe_set_text (object, "audio", stream->offer != NULL ? stream->offer->audio : NULL);
  set_count (object, "audio_rate", stream->offer != NULL ? stream->offer->audio_rate : 0);
  if (!stream->is_measured)
    return;
  cg_ctl_probe_set_text (object, "transport", stream->measured.is_udp ? "udp" : "tcp");
  set_count (object, "width", findings->width);
  set_count (object, "height", findings->height);
  set_number (object, "fps", round_to (findings->fps, 0.01));
  set_count (object, "bitrate_kbps", findings->bitrate_kbps);
  set_number (object, "gop_s", is_open (findings) ? 0 : (double)findings->gop_ms / 1000);
  set_count (object, "gop_frames", is_open (findings) ? 0 : findings->gop_frames);
  set_number (object, "gop_at_least_s", (double)MAX (findings->open_ms, findings->gop_ms) / 1000);
  json_object_set_boolean_member (object, "b_frames",
                                  findings->b_frames > 0 || findings->reordered);
  set_number (object, "first_picture_s", (double)stream->measured.first_ms / 1000);
  set_number (object, "measured_s", (double)findings->span_ms / 1000);
}

static JsonObject *
make_told (const CgOnvifProfile *profile)
{
  JsonObject *told = json_object_new ();

  json_object_set_string_member (told, "codec", profile->encoding != NULL ? profile->encoding : "");
  set_count (told, "width", profile->width);
  set_count (told, "height", profile->height);
  set_number (told, "fps", profile->fps);
  set_count (told, "bitrate_kbps", profile->bitrate_kbps);
  set_count (told, "gop_frames", profile->gop);
  json_object_set_null_member (told, "audio");
  cg_ctl_probe_set_text (told, "audio", profile->audio_encoding);
  return told;
}

/* Each profile: what the camera says of it, and what it was measured to be, if it was. */
static void
add_profile (CgCtlProbe *self, const Stream *stream, gboolean is_played)
{
  JsonObject *facts = cg_ctl_report_get_section (self->report, NULL);
  JsonObject *stream_facts = cg_ctl_report_get_section (self->report, "stream");
  JsonObject *object = json_object_new ();
  JsonObject *measured = NULL;

  json_object_set_null_member (object, "token");
  json_object_set_null_member (object, "name");
  cg_ctl_probe_set_text (object, "token", stream->profile->token);
  cg_ctl_probe_set_text (object, "name", stream->profile->name);
  json_object_set_boolean_member (object, "played", is_played);
  json_object_set_boolean_member (object, "ptz", stream->profile->ptz_configuration != NULL);
  json_object_set_object_member (object, "told", make_told (stream->profile));
  if (stream->is_measured || stream->offer != NULL) {
    g_autoptr (GList) members = json_object_get_members (stream_facts);

    measured = json_object_new ();
    for (GList *l = members; l != NULL; l = l->next)
      json_object_set_null_member (measured, l->data);
    fill_facts (measured, stream);
    json_object_set_object_member (object, "measured", measured);
  } else {
    json_object_set_null_member (object, "measured");
  }
  if (is_played)
    fill_facts (stream_facts, stream);
  json_array_add_object_element (json_object_get_array_member (facts, "profiles"), object);
}

static void
tell_stream (CgCtlProbe *self, const Stream *stream)
{
  const CgCtlMeasured *measured = &stream->measured;
  g_autofree char *shown = cg_log_uri (stream->location);
  const double first_s = measured->first_ms / 1000.0;

  if (stream->error != NULL && !(stream->offer != NULL && !is_taken (stream)))
    cg_ctl_report_tell_error (self->report, "stream", CG_CTL_VERDICT_FAIL, stream->error);
  else if (!stream->is_measured)
    cg_ctl_report_tell (self->report, "stream", CG_CTL_VERDICT_OK, NULL, "%s", shown);
  else if (measured->first_ms > SLOW_START_MS)
    cg_ctl_report_tell (self->report, "stream", CG_CTL_VERDICT_WARNING,
                        "the camera is slow to start: viewers wait so long, each time",
                        "%s, first picture after %.1f s", shown, first_s);
  else if (measured->is_udp)
    cg_ctl_report_tell (self->report, "stream", CG_CTL_VERDICT_WARNING,
                        "the camera refuses TCP: on a bad network pictures will be damaged",
                        "%s, over UDP, first picture after %.1f s", shown, first_s);
  else
    cg_ctl_report_tell (self->report, "stream", CG_CTL_VERDICT_OK, NULL,
                        "%s, first picture after %.1f s", shown, first_s);
}

static char *
format_told_picture (const CgOnvifProfile *profile, const char *codec)
{
  g_autofree char *label = get_codec_label (codec);

  if (profile->width == 0)
    return g_steal_pointer (&label);
  return g_strdup_printf ("%s %ux%u", label, profile->width, profile->height);
}

static char *
format_picture (const Stream *stream)
{
  const CgStreamFindings *findings = &stream->measured.findings;
  g_autofree char *rate = format_rate (findings->bitrate_kbps);

  return g_strdup_printf ("%s %ux%u, %.1f pictures/s, %s",
                          findings->codec == CG_CODEC_H265 ? "H.265" : "H.264", findings->width,
                          findings->height, findings->fps, rate);
}

static void
tell_picture (CgCtlProbe *self, const Stream *stream)
{
  const CgOnvifProfile *profile = stream->profile;
  g_autofree char *told = format_told_picture (profile, get_codec (stream));
  g_autofree char *seen = stream->is_measured ? format_picture (stream) : NULL;
  const double fps = stream->measured.findings.fps;

  if (!is_taken (stream))
    cg_ctl_report_tell (self->report, "picture", CG_CTL_VERDICT_FAIL,
                        "RTMP does not carry it: switch one profile to H.264 in the camera's "
                        "video settings",
                        "%s: %s", profile->token, told);
  else if (is_h265 (stream))
    cg_ctl_report_tell (self->report, "picture", CG_CTL_VERDICT_WARNING,
                        "few media servers take H.265 (enhanced RTMP): switch one profile to "
                        "H.264 in the camera's video settings, or see setting h265=",
                        "%s: %s", profile->token, seen != NULL ? seen : told);
  else if (!stream->is_measured)
    cg_ctl_report_tell (self->report, "picture", CG_CTL_VERDICT_WARNING,
                        "see the line before: probe again when that is done",
                        "%s: %s as told; it could not be measured", profile->token, told);
  else if (stream->measured.findings.formats > 1)
    cg_ctl_report_tell (self->report, "picture", CG_CTL_VERDICT_WARNING,
                        "fix size and rate in the camera's video settings",
                        "%s: %s; it changed while it was measured", profile->token, seen);
  else if (profile->fps > 0 && fps > 0 && fps < 0.7 * profile->fps)
    cg_ctl_report_tell (self->report, "picture", CG_CTL_VERDICT_WARNING,
                        "the camera or its network is overloaded, or it is dark: ask for less",
                        "%s: %s; told are %g", profile->token, seen, profile->fps);
  else
    cg_ctl_report_tell (self->report, "picture", CG_CTL_VERDICT_OK, NULL, "%s: %s", profile->token,
                        seen);
}

/* Where the camera tells a short distance, and does not keep to it, that is its smart codec. */
static const char *
get_gop_advice (const Stream *stream)
{
  const CgOnvifProfile *profile = stream->profile;

  if (profile->fps > 0 && profile->gop * 1000 > GOOD_GOP_MS * profile->fps)
    return "set the key frame interval to 2 s in the camera's video settings: viewers wait so long "
           "for a picture";
  return "switch smart codec (H.264+, Zipstream, dynamic GOP) off in the camera, and set the key "
         "frame interval to 2 s: viewers wait so long for a picture";
}

/* The longest time without a key frame counts, the one under way too. */
static void
tell_key_frames (CgCtlProbe *self, const Stream *stream)
{
  const CgStreamFindings *findings = &stream->measured.findings;
  const char *advice = get_gop_advice (stream);

  if (is_open (findings) && findings->open_ms > GOOD_GOP_MS)
    cg_ctl_report_tell (self->report, "keyframes", CG_CTL_VERDICT_WARNING, advice,
                        "more than %.0f s apart", (double)findings->open_ms / 1000);
  else if (findings->gop_ms > GOOD_GOP_MS)
    cg_ctl_report_tell (self->report, "keyframes", CG_CTL_VERDICT_WARNING, advice,
                        "%.1f s apart (%u pictures)", (double)findings->gop_ms / 1000,
                        findings->gop_frames);
  else if (!is_open (findings) && findings->gop_ms > 0)
    cg_ctl_report_tell (self->report, "keyframes", CG_CTL_VERDICT_OK, NULL,
                        "%.1f s apart (%u pictures)", (double)findings->gop_ms / 1000,
                        findings->gop_frames);
  else
    cg_ctl_report_tell (self->report, "keyframes", CG_CTL_VERDICT_WARNING, "probe again",
                        "not measured: the stream was too short");
}

static void
tell_b_frames (CgCtlProbe *self, const Stream *stream)
{
  const CgStreamFindings *findings = &stream->measured.findings;

  if (findings->b_frames == 0 && !findings->reordered)
    cg_ctl_report_tell (self->report, "b-frames", CG_CTL_VERDICT_OK, NULL, "none");
  else
    cg_ctl_report_tell (self->report, "b-frames", CG_CTL_VERDICT_WARNING,
                        "choose profile Baseline, or switch B-frames off, in the camera: they "
                        "delay the picture, and some viewers show it jerky",
                        "%u of %u pictures", findings->b_frames, findings->frames);
}

static void
tell_audio (CgCtlProbe *self, const Stream *stream)
{
  const char *audio =
      stream->offer != NULL ? stream->offer->audio : stream->profile->audio_encoding;
  const CgStreamFindings *findings = &stream->measured.findings;
  const guint rate = findings->audio_rate > 0 ? findings->audio_rate
                     : stream->offer != NULL  ? stream->offer->audio_rate
                                              : 0;

  if (audio == NULL)
    cg_ctl_report_tell (self->report, "audio", CG_CTL_VERDICT_OK, NULL, "none");
  else if (strcmp (audio, "AAC") != 0)
    cg_ctl_report_tell (self->report, "audio", CG_CTL_VERDICT_WARNING,
                        "it is left out: switch the camera's sound to AAC, or set audio=aac", "%s",
                        audio);
  else if (stream->is_measured && findings->audio_frames == 0)
    cg_ctl_report_tell (self->report, "audio", CG_CTL_VERDICT_WARNING,
                        "look at the microphone in the camera's settings, or set audio=drop",
                        "AAC offered, but none came");
  else if (rate > 0)
    cg_ctl_report_tell (self->report, "audio", CG_CTL_VERDICT_OK, NULL, "AAC, %u Hz", rate);
  else
    cg_ctl_report_tell (self->report, "audio", CG_CTL_VERDICT_OK, NULL, "AAC");
}

static void
tell_played (CgCtlProbe *self, const Stream *stream)
{
  if (!self->is_rtsp_shut)
    tell_stream (self, stream);
  tell_picture (self, stream);
  if (stream->is_measured) {
    tell_key_frames (self, stream);
    tell_b_frames (self, stream);
  }
  tell_audio (self, stream);
}

/* Profiles beside the one that is played: nothing about them is bad, but one may be better. */
static void
tell_other (CgCtlProbe *self, const Stream *stream)
{
  const CgOnvifProfile *profile = stream->profile;
  const CgStreamFindings *findings = &stream->measured.findings;
  const gboolean is_larger = profile->width > self->played->width;
  g_autofree char *told = format_told_picture (profile, get_codec (stream));
  g_autofree char *seen = stream->is_measured ? format_picture (stream) : NULL;

  if (is_larger && !is_h264 (stream) && get_codec (stream) != NULL)
    cg_ctl_report_tell (self->report, "profile", CG_CTL_VERDICT_WARNING,
                        "switch it to H.264 in the camera to have the large picture",
                        "%s: %s is not played: H.264 goes first", profile->token,
                        seen != NULL ? seen : told);
  else if (stream->is_measured && !is_open (findings) && findings->gop_ms > 0)
    cg_ctl_report_tell (self->report, "profile", CG_CTL_VERDICT_OK, NULL,
                        "%s: %s, key frames %.1f s apart%s", profile->token, seen,
                        findings->gop_ms / 1000.0, findings->b_frames > 0 ? ", B-frames" : "");
  else if (stream->is_measured)
    cg_ctl_report_tell (self->report, "profile", CG_CTL_VERDICT_OK, NULL,
                        "%s: %s, key frames more than %.0f s apart", profile->token, seen,
                        findings->open_ms / 1000.0);
  else
    cg_ctl_report_tell (self->report, "profile", CG_CTL_VERDICT_OK, NULL, "%s: %s, not measured",
                        profile->token, told);
}

static void
check_other (CgCtlProbe *self, const CgOnvifProfile *profile, gboolean is_measured)
{
  g_auto (Stream) stream = {.profile = profile};

  if (is_measured && !cg_ctl_probe_is_cancelled (self))
    look_at (self, &stream, FALSE);
  add_profile (self, &stream, FALSE);
  if (g_strcmp0 (profile->video_source, self->played->video_source) == 0)
    tell_other (self, &stream);
}

static void
check_others (CgCtlProbe *self, gboolean is_measured)
{
  guint n_measured = 1;

  for (guint i = 0; i < self->profiles->len; i++) {
    const CgOnvifProfile *profile = self->profiles->pdata[i];
    const gboolean is_ours = g_strcmp0 (profile->video_source, self->played->video_source) == 0;

    if (profile == self->played)
      continue;
    check_other (self, profile, is_measured && is_ours && n_measured < MAX_PROFILES);
    n_measured += is_ours;
  }
}

/* An NVR is many cameras (Q60). */
static void
tell_channels (CgCtlProbe *self)
{
  g_autoptr (GHashTable) sources = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->profiles->len; i++) {
    const CgOnvifProfile *profile = self->profiles->pdata[i];

    if (profile->video_source != NULL)
      g_hash_table_add (sources, profile->video_source);
  }
  if (g_hash_table_size (sources) > 1)
    cg_ctl_report_tell (self->report, "channels", CG_CTL_VERDICT_OK,
                        "each is a camera of its own: HOST/1, HOST/2 ...",
                        "%u; profile %s was looked at", g_hash_table_size (sources),
                        self->played->token);
}

/**
 * cg_ctl_probe_streams:
 * @self: a probe that has asked for profiles
 *
 * The stream that the bridge would play, measured; a glance at the others.
 */
void
cg_ctl_probe_streams (CgCtlProbe *self)
{
  g_auto (Stream) stream = {.profile = self->played};

  if (self->played == NULL)
    return;
  tell_channels (self);
  if (self->location != NULL && !self->is_rtsp_shut && !cg_ctl_probe_is_cancelled (self))
    look_at (self, &stream, TRUE);
  if (cg_ctl_probe_is_cancelled (self))
    return;
  add_profile (self, &stream, TRUE);
  if (self->location != NULL)
    tell_played (self, &stream);
  check_others (self, stream.error == NULL && !self->is_rtsp_shut);
}
