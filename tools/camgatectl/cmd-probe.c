/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-ctl-camera.h"
#include "cg-ctl-commands.h"
#include "cg-log.h"
#include "cg-onvif-device.h"
#include "cg-onvif-ptz.h"

/* Logins allow about five seconds; beyond, only a measured offset helps (Q4). */
#define CLOCK_TOLERANCE_MS 5000
/* A viewer who joins waits for a key frame; beyond, "smart codec" is probably on (Q14). */
#define LONG_GOP_S 10

typedef enum {
  VERDICT_OK,
  VERDICT_WARNING,
  VERDICT_FAIL,
} Verdict;

static const struct {
  const char *word;
  CgCtlInk ink;
} verdicts[] = {
    [VERDICT_OK] = {"ok", CG_CTL_INK_GOOD},
    [VERDICT_WARNING] = {"warning", CG_CTL_INK_TITLE},
    [VERDICT_FAIL] = {"fail", CG_CTL_INK_BAD},
};

/* What one look at a camera gathers. */
typedef struct {
  CgCtl *ctl;
  CgOnvifSession *session; /* (owned) */
  GPtrArray *profiles;     /* (owned) (nullable) (element-type CgOnvifProfile) */
  JsonArray *checks;       /* (owned) */
  Verdict worst;
} Probe;

static void
probe_clear (Probe *self)
{
  g_clear_pointer (&self->session, cg_onvif_session_free);
  g_clear_pointer (&self->profiles, g_ptr_array_unref);
  g_clear_pointer (&self->checks, json_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Probe, probe_clear)

/* Prints each finding as soon as it is known: some cameras take their time. */
static void
tell (Probe *self, const char *check, Verdict verdict, const char *finding, const char *advice)
{
  const CgCtlScreen *screen = &self->ctl->screen;
  JsonObject *object = json_object_new ();
  g_autofree char *clean = cg_ctl_text_clean (finding);

  self->worst = MAX (self->worst, verdict);
  json_object_set_string_member (object, "check", check);
  json_object_set_string_member (object, "verdict", verdicts[verdict].word);
  json_object_set_string_member (object, "finding", finding);
  if (advice != NULL)
    json_object_set_string_member (object, "advice", advice);
  else
    json_object_set_null_member (object, "advice");
  json_array_add_object_element (self->checks, object);
  cg_ctl_say (self->ctl, "%s%-7s%s  %-8s  %s\n", cg_ctl_screen_ink (screen, verdicts[verdict].ink),
              verdicts[verdict].word, cg_ctl_screen_ink (screen, CG_CTL_INK_PLAIN), check, clean);
  if (advice != NULL && verdict != VERDICT_OK)
    cg_ctl_say (self->ctl, "                   %s\n", advice);
}

static void
tell_error (Probe *self, const char *check, Verdict verdict, const GError *error)
{
  const char *advice = NULL;

  cg_error_explain (cg_error_get_code (error, CG_ERROR_SCOPE_GENERAL), NULL, &advice);
  if (g_error_matches (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED))
    advice = "check --user and the password; cameras lock the account after a few wrong ones";
  tell (self, check, verdict, error->message, advice);
}

static gboolean
check_contact (Probe *self, GError **error)
{
  if (!cg_onvif_session_connect_in_thread (self->session, error)) {
    tell_error (self, "contact", VERDICT_FAIL, *error);
    return FALSE;
  }
  tell (self, "contact", VERDICT_OK, cg_onvif_session_get_address (self->session), NULL);
  return TRUE;
}

static void
check_device (Probe *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CgOnvifDeviceInformation) device =
      cg_onvif_device_get_information_in_thread (self->session, &error);
  g_autofree char *finding = NULL;

  if (device == NULL) {
    tell_error (self, "device", VERDICT_FAIL, error);
    return;
  }
  finding = g_strdup_printf ("%s %s, firmware %s, serial %s",
                             device->manufacturer != NULL ? device->manufacturer : "?",
                             device->model != NULL ? device->model : "?",
                             device->firmware_version != NULL ? device->firmware_version : "?",
                             device->serial_number != NULL ? device->serial_number : "?");
  tell (self, "device", VERDICT_OK, finding, NULL);
}

static void
check_clock (Probe *self)
{
  const gint64 offset_ms = cg_onvif_session_get_clock_offset_ms (self->session);
  const gboolean is_off = ABS (offset_ms) > CLOCK_TOLERANCE_MS;
  g_autofree char *finding =
      g_strdup_printf ("%+.1f s against this machine", (double)offset_ms / 1000);

  tell (self, "clock", is_off ? VERDICT_WARNING : VERDICT_OK, finding,
        is_off ? "camgate corrects for it; let the camera use a time server" : NULL);
}

static char *
describe_profile (const CgOnvifProfile *profile)
{
  g_autoptr (GString) text = g_string_new (profile->token);

  g_string_append_printf (text, " (%s): %s %ux%u", profile->name,
                          profile->encoding != NULL ? profile->encoding : "no video",
                          profile->width, profile->height);
  if (profile->fps > 0)
    g_string_append_printf (text, ", %g frames/s", profile->fps);
  if (profile->bitrate_kbps > 0)
    g_string_append_printf (text, ", %u kbit/s", profile->bitrate_kbps);
  if (profile->gop > 0)
    g_string_append_printf (text, ", key frame every %u", profile->gop);
  if (profile->audio_encoding != NULL)
    g_string_append_printf (text, ", audio %s", profile->audio_encoding);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
check_profile (Probe *self, const CgOnvifProfile *chosen)
{
  const gboolean is_h264 = g_strcmp0 (chosen->encoding, "H264") == 0;
  const gboolean is_long = chosen->fps > 0 && chosen->gop > LONG_GOP_S * chosen->fps;
  g_autofree char *finding = describe_profile (chosen);

  if (!is_h264)
    tell (self, "picture", VERDICT_FAIL, finding,
          "RTMP carries H.264 only: switch one profile of the camera to H.264");
  else if (is_long)
    tell (self, "picture", VERDICT_WARNING, finding,
          "long between key frames: switch smart codec off, set an interval of 2 seconds");
  else
    tell (self, "picture", VERDICT_OK, finding, NULL);
}

static void
check_audio (Probe *self, const CgOnvifProfile *chosen)
{
  if (chosen->audio_encoding == NULL)
    tell (self, "audio", VERDICT_OK, "none", NULL);
  else if (strcmp (chosen->audio_encoding, "AAC") == 0)
    tell (self, "audio", VERDICT_OK, chosen->audio_encoding, NULL);
  else
    tell (self, "audio", VERDICT_WARNING, chosen->audio_encoding,
          "RTMP servers want AAC: switch the camera to it, or set audio=aac");
}

static void
check_stream (Probe *self, const CgOnvifProfile *chosen)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url =
      cg_onvif_media_get_stream_uri_in_thread (self->session, chosen->token, &error);
  g_autofree char *shown = url != NULL ? cg_log_uri (url) : NULL;

  if (url == NULL)
    tell_error (self, "stream", VERDICT_FAIL, error);
  else
    tell (self, "stream", VERDICT_OK, shown, NULL);
}

static void
check_media (Probe *self)
{
  g_autoptr (GError) error = NULL;
  const CgOnvifProfile *chosen;

  self->profiles = cg_onvif_media_get_profiles_in_thread (self->session, &error);
  if (self->profiles == NULL) {
    tell_error (self, "picture", VERDICT_FAIL, error);
    return;
  }
  chosen = cg_onvif_profile_choose (self->profiles, NULL);
  if (chosen == NULL) {
    tell (self, "picture", VERDICT_FAIL, "no profile with video",
          "set up a media profile on the camera's own page");
    return;
  }
  check_profile (self, chosen);
  check_audio (self, chosen);
  check_stream (self, chosen);
}

static void
check_presets (Probe *self, const CgOnvifProfile *moves, const CgOnvifPtzFacts *facts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) presets =
      cg_onvif_ptz_get_presets_in_thread (self->session, moves->token, &error);
  g_autoptr (GString) finding = g_string_new (NULL);

  if (presets == NULL) {
    tell_error (self, "presets", VERDICT_WARNING, error);
    return;
  }
  g_string_append_printf (finding, "%u set", presets->len);
  if (facts->max_presets > 0)
    g_string_append_printf (finding, ", %u at most", facts->max_presets);
  tell (self, "presets", VERDICT_OK, finding->str, NULL);
}

static void
check_ptz (Probe *self)
{
  const CgOnvifProfile *moves =
      self->profiles != NULL ? cg_onvif_profile_choose_ptz (self->profiles) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgOnvifPtzFacts) facts = NULL;
  g_autofree char *finding = NULL;

  if (moves == NULL) {
    tell (self, "ptz", VERDICT_OK, "none", NULL);
    return;
  }
  facts = cg_onvif_ptz_get_facts_in_thread (self->session, moves, &error);
  if (facts == NULL) {
    tell_error (self, "ptz", VERDICT_FAIL, error);
    return;
  }
  finding =
      g_strdup_printf ("pan and tilt %s, zoom %s, limits %s",
                       facts->has_continuous_pan_tilt ? "yes"
                       : facts->has_relative_pan_tilt ? "in steps"
                                                      : "no",
                       facts->has_continuous_zoom ? "yes"
                       : facts->has_relative_zoom ? "in steps"
                                                  : "no",
                       facts->has_pan_tilt_limits || facts->has_zoom_limits ? "told" : "not told");
  tell (self, "ptz", VERDICT_OK, finding, NULL);
  check_presets (self, moves, facts);
}

static void
print_probe (Probe *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *shown = cg_log_uri (self->ctl->words[0]);

  json_object_set_string_member (object, "address", shown);
  json_object_set_string_member (object, "verdict", verdicts[self->worst].word);
  json_object_set_array_member (object, "checks", json_array_ref (self->checks));
  cg_ctl_print_json (self->ctl, object);
}

/**
 * cg_cmd_probe:
 * @self: a run
 *
 * What a camera is, and whether all will work with it.
 *
 * Returns: %FALSE with error if it does not answer, or if something failed
 */
gboolean
cg_cmd_probe (CgCtl *self, GError **error)
{
  g_auto (Probe) probe = {.ctl = self, .checks = json_array_new ()};
  g_autoptr (GError) contact_error = NULL;

  probe.session = cg_ctl_camera_open_session (self, self->words[0], error);
  if (probe.session == NULL)
    return FALSE;
  if (check_contact (&probe, &contact_error)) {
    check_device (&probe);
    check_clock (&probe);
    check_media (&probe);
    check_ptz (&probe);
  }
  print_probe (&probe);
  if (probe.worst != VERDICT_FAIL)
    return TRUE;
  if (g_error_matches (contact_error, CG_ERROR, CG_ERROR_UNREACHABLE) ||
      g_error_matches (contact_error, CG_ERROR, CG_ERROR_TIMED_OUT))
    g_set_error (error, CG_CTL_ERROR, CG_CTL_NO_CAMERA, "no answer from camera %s", self->words[0]);
  else
    g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED, "not all will work with camera %s",
                 self->words[0]);
  return FALSE;
}
