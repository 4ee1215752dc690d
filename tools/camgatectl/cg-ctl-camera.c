/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-camera.h"

#include <string.h>

#include "cg-ctl-json.h"
#include "cg-log.h"
#include "cg-onvif-device.h"
#include "cg-onvif-ptz.h"
#include "cg-preset-calls.h"
#include "cg-preset-map.h"
#include "cg-ptz-velocity.h"

/* One call; a camera that thinks longer is of no use to somebody who waits at the terminal. */
#define CALL_TIMEOUT_MS 5000
/* A stop is repeated, in its other form too, until the camera stands (Q1). */
#define STOP_TRIES 4
#define STOP_PAUSE_MS 150
/* A preset is set once the camera stands; so long it may take to. */
#define REST_MS 3000
/* Positions that differ by less are the same: noise of the encoders. */
#define SAME_POSITION 0.001

struct _CgCtlCamera {
  char *address;
  CgOnvifSession *session; /* (owned) */
  CgOnvifProfile *profile; /* (owned) (nullable): that moves the camera; NULL before it is needed */
  CgOnvifPtzFacts *facts;  /* (owned) (nullable) */
};

/* Fills @body; FALSE with a CG_ERROR otherwise. */
typedef gboolean (*Verb) (CgCtlCamera *self,
                          JsonObject *parameters,
                          JsonObject *body,
                          GError **error);

static gboolean
find_ptz (CgCtlCamera *self, GError **error)
{
  g_autoptr (GPtrArray) profiles = NULL;
  const CgOnvifProfile *profile;

  if (self->facts != NULL)
    return TRUE;
  profiles = cg_onvif_media_get_profiles_in_thread (self->session, error);
  if (profiles == NULL)
    return FALSE;
  profile = cg_onvif_profile_choose_ptz (profiles);
  if (profile == NULL) {
    g_set_error (error, CG_ERROR, CG_ERROR_NO_PTZ, "camera %s has no PTZ", self->address);
    return FALSE;
  }
  g_clear_pointer (&self->profile, cg_onvif_profile_free);
  self->profile = cg_onvif_profile_copy (profile);
  self->facts = cg_onvif_ptz_get_facts_in_thread (self->session, self->profile, error);
  return self->facts != NULL;
}

static gboolean
check_axis (CgCtlCamera *self, const CgPtzMove *move, GError **error)
{
  const CgOnvifPtzFacts *facts = self->facts;
  const gboolean can_zoom = facts->has_continuous_zoom || facts->has_relative_zoom;
  const gboolean can_turn = facts->has_continuous_pan_tilt || facts->has_relative_pan_tilt;

  if (move->zooming ? can_zoom : can_turn)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_UNKNOWN_COMMAND, "camera %s %s", self->address,
               move->zooming ? "has no zoom" : "neither pans nor tilts");
  return FALSE;
}

static gboolean
start (CgCtlCamera *self, JsonObject *parameters, JsonObject *body, GError **error)
{
  const gint64 direction = cg_ctl_json_int (parameters, "direction", -1);
  const gint64 speed = cg_ctl_json_int (parameters, "speed", 1);
  g_autoptr (CgConfig) config = cg_config_new ();
  CgOnvifVelocity velocity;
  CgPtzMove move;

  if (direction < 0 || direction >= CG_N_DIRECTIONS || speed < 0) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Invalid direction or speed");
    return FALSE;
  }
  const CgMoveRequest request = {(CgDirection)direction, (CgSpeed)MIN (speed, CG_SPEED_FAST), NULL};
  cg_ptz_move_from_request (&move, &request, &config->ptz);
  if (!find_ptz (self, error) || !check_axis (self, &move, error))
    return FALSE;
  if (cg_ptz_velocity_take (&velocity, self->facts, &move))
    return cg_onvif_ptz_relative_move_in_thread (self->session, self->profile->token, &velocity,
                                                 error);
  return cg_onvif_ptz_continuous_move_in_thread (self->session, self->profile->token, &velocity,
                                                 move.lease_ms, error);
}

static gboolean
is_same_place (const CgOnvifPtzStatus *a, const CgOnvifPtzStatus *b)
{
  return ABS (a->pan - b->pan) < SAME_POSITION && ABS (a->tilt - b->tilt) < SAME_POSITION &&
         ABS (a->zoom - b->zoom) < SAME_POSITION;
}

/* Whether two looks show that it moves. What it says of that is not believed either way; one that
 * tells no place is believed to stand (Q36). */
static gboolean
is_seen_moving (CgCtlCamera *self)
{
  const char *token = self->profile->token;
  CgOnvifPtzStatus first = {0};
  CgOnvifPtzStatus second = {0};

  if (!cg_onvif_ptz_get_status_in_thread (self->session, token, &first, NULL))
    return FALSE;
  if (!first.has_position && !first.has_zoom)
    return FALSE;
  g_usleep (STOP_PAUSE_MS * 1000);
  return cg_onvif_ptz_get_status_in_thread (self->session, token, &second, NULL) &&
         !is_same_place (&first, &second);
}

static gboolean
send_stop (CgCtlCamera *self, gboolean as_velocity, GError **error)
{
  const gboolean turns = self->facts->has_continuous_pan_tilt || self->facts->has_relative_pan_tilt;
  const gboolean zooms = self->facts->has_continuous_zoom || self->facts->has_relative_zoom;
  const CgOnvifVelocity still = {.move_pan_tilt = turns, .move_zoom = zooms};

  if (as_velocity)
    return cg_onvif_ptz_continuous_move_in_thread (self->session, self->profile->token, &still, 0,
                                                   error);
  return cg_onvif_ptz_stop_in_thread (self->session, self->profile->token, turns, zooms, error);
}

static gboolean
stop (CgCtlCamera *self, JsonObject *parameters, JsonObject *body, GError **error)
{
  g_autoptr (GError) last_error = NULL;

  if (!find_ptz (self, error))
    return FALSE;
  for (guint i = 0; i < STOP_TRIES; i++) {
    g_clear_error (&last_error);
    if (send_stop (self, i % 2 == 1, &last_error) && !is_seen_moving (self))
      return TRUE;
  }
  if (last_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&last_error));
    return FALSE;
  }
  g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "camera %s still moves", self->address);
  return FALSE;
}

static void
tell_range (JsonObject *limits, const char *axis, const CgOnvifRange *range)
{
  JsonObject *object = json_object_new ();

  json_object_set_double_member (object, "min", range->min);
  json_object_set_double_member (object, "max", range->max);
  json_object_set_object_member (limits, axis, object);
}

static void
tell_limits (CgCtlCamera *self, JsonObject *body)
{
  const CgOnvifPtzFacts *facts = self->facts;
  JsonObject *limits;

  if (!facts->has_pan_tilt_limits && !facts->has_zoom_limits)
    return;
  limits = json_object_new ();
  if (facts->has_pan_tilt_limits) {
    tell_range (limits, "pan", &facts->pan_position);
    tell_range (limits, "tilt", &facts->tilt_position);
  }
  if (facts->has_zoom_limits)
    tell_range (limits, "zoom", &facts->zoom_position);
  json_object_set_object_member (body, "limits", limits);
}

static void
tell_position (const CgOnvifPtzStatus *status, JsonObject *body)
{
  JsonObject *position;

  if (!status->has_position && !status->has_zoom)
    return;
  position = json_object_new ();
  if (status->has_position) {
    json_object_set_double_member (position, "pan", status->pan);
    json_object_set_double_member (position, "tilt", status->tilt);
  }
  if (status->has_zoom)
    json_object_set_double_member (position, "zoom", status->zoom);
  json_object_set_int_member (position, "age", 0);
  json_object_set_object_member (body, "position", position);
}

/* What the camera tells by itself: leases and what is learnt are camgated's. */
static gboolean
read_ptz_status (CgCtlCamera *self, JsonObject *parameters, JsonObject *body, GError **error)
{
  CgOnvifPtzStatus status = {0};

  if (!find_ptz (self, error) ||
      !cg_onvif_ptz_get_status_in_thread (self->session, self->profile->token, &status, error))
    return FALSE;
  tell_position (&status, body);
  if (status.has_move_status)
    json_object_set_boolean_member (body, "moving", status.moving_pan_tilt || status.moving_zoom);
  tell_limits (self, body);
  return TRUE;
}

/* The camera's presets and our numbers for them, as camgated gives them anew (Q31). */
static CgPresetMap *
read_presets (CgCtlCamera *self, GError **error)
{
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (GPtrArray) presets = NULL;

  if (!find_ptz (self, error))
    return NULL;
  presets = cg_onvif_ptz_get_presets_in_thread (self->session, self->profile->token, error);
  if (presets == NULL)
    return NULL;
  cg_preset_map_reconcile (map, presets, NULL);
  return g_steal_pointer (&map);
}

static gboolean
list_presets (CgCtlCamera *self, JsonObject *parameters, JsonObject *body, GError **error)
{
  g_autoptr (CgPresetMap) map = read_presets (self, error);
  g_autoptr (GPtrArray) entries = map != NULL ? cg_preset_map_list (map) : NULL;
  JsonArray *presets;

  if (map == NULL)
    return FALSE;
  presets = json_array_new ();
  for (guint i = 0; i < entries->len; i++) {
    const CgPresetEntry *entry = entries->pdata[i];
    JsonObject *preset = json_object_new ();

    json_object_set_int_member (preset, "index", entry->index);
    if (entry->name != NULL)
      json_object_set_string_member (preset, "name", entry->name);
    json_array_add_object_element (presets, preset);
  }
  json_object_set_array_member (body, "presets", presets);
  return TRUE;
}

static gboolean
take_index (JsonObject *parameters, guint *index, GError **error)
{
  const gint64 number = cg_ctl_json_int (parameters, "index", 0);

  *index = (guint)CLAMP (number, 1, CG_PRESET_INDEX_MAX);
  if (number == *index)
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_BAD_REQUEST, "Invalid preset index");
  return FALSE;
}

/* What a camera passes by is no place. */
static gboolean
await_rest (CgCtlCamera *self, GError **error)
{
  const gint64 end_ms = g_get_monotonic_time () / 1000 + REST_MS;

  while (is_seen_moving (self)) {
    if (g_get_monotonic_time () / 1000 < end_ms)
      continue;
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "camera %s still moves", self->address);
    return FALSE;
  }
  return TRUE;
}

/* As camgated sets one (Q31). Tells which number it has now, which need not be the one that was
 * asked for: nobody keeps a map. */
static gboolean
set_preset (CgCtlCamera *self, JsonObject *parameters, JsonObject *body, GError **error)
{
  guint index = 0;
  g_autoptr (CgPresetMap) map =
      take_index (parameters, &index, error) ? read_presets (self, error) : NULL;
  g_autoptr (CgPresetMap) map_after = NULL;
  g_autoptr (CgPresetOutcome) outcome = NULL;
  const char *no_tokens[] = {NULL};
  CgPresetRequest request = {.taken = (GStrv)no_tokens};

  if (map == NULL || !await_rest (self, error))
    return FALSE;
  request.index = index;
  request.name = (char *)cg_ctl_json_string (parameters, "name");
  request.profile = self->profile->token;
  request.token = (char *)cg_preset_map_get_token (map, index);
  request.max_presets = self->facts->max_presets;
  outcome = cg_preset_set_in_thread (self->session, &request, error);
  if (outcome == NULL)
    return FALSE;
  map_after = read_presets (self, NULL);
  json_object_set_int_member (
      body, "index", map_after != NULL ? cg_preset_map_find (map_after, outcome->token) : 0);
  return TRUE;
}

static char *
find_token (CgPresetMap *map, guint index, GError **error)
{
  char *token = cg_preset_map_dup_token (map, index);

  if (token == NULL)
    g_set_error (error, CG_ERROR, CG_ERROR_NO_SUCH_PRESET, "there is no preset %u", index);
  return token;
}

static gboolean
is_at_preset (CgCtlCamera *self, CgPresetMap *map, guint index)
{
  CgOnvifPtzStatus status = {0};
  CgOnvifPtzStatus there = {0};
  CgPresetPlace place;

  if (!cg_preset_map_get_place (map, index, &place) ||
      !cg_onvif_ptz_get_status_in_thread (self->session, self->profile->token, &status, NULL) ||
      (status.has_move_status && (status.moving_pan_tilt || status.moving_zoom)))
    return FALSE;
  there.pan = place.pan;
  there.tilt = place.tilt;
  there.zoom = place.zoom;
  return status.has_position == place.has_position && status.has_zoom == place.has_zoom &&
         is_same_place (&status, &there);
}

static gboolean
goto_preset (CgCtlCamera *self, JsonObject *parameters, JsonObject *body, GError **error)
{
  guint index = 0;
  g_autoptr (CgPresetMap) map =
      take_index (parameters, &index, error) ? read_presets (self, error) : NULL;
  g_autofree char *token = map != NULL ? find_token (map, index, error) : NULL;

  if (token == NULL)
    return FALSE;
  if (is_at_preset (self, map, index)) {
    g_set_error (error, CG_ERROR, CG_ERROR_AT_PRESET, "camera %s stands there", self->address);
    return FALSE;
  }
  return cg_onvif_ptz_goto_preset_in_thread (self->session, self->profile->token, token, error);
}

static gboolean
remove_preset (CgCtlCamera *self, JsonObject *parameters, JsonObject *body, GError **error)
{
  guint index = 0;
  g_autoptr (CgPresetMap) map =
      take_index (parameters, &index, error) ? read_presets (self, error) : NULL;
  g_autofree char *token = map != NULL ? find_token (map, index, error) : NULL;

  return token != NULL &&
         cg_onvif_ptz_remove_preset_in_thread (self->session, self->profile->token, token, error);
}

static void
set_known (JsonObject *body, const char *member, const char *value)
{
  if (value != NULL && *value != '\0')
    json_object_set_string_member (body, member, value);
}

static gboolean
read_device (CgCtlCamera *self, JsonObject *parameters, JsonObject *body, GError **error)
{
  g_autoptr (CgOnvifDeviceInformation) device =
      cg_onvif_device_get_information_in_thread (self->session, error);
  g_autoptr (CgOnvifDateTime) clock = NULL;

  if (device == NULL)
    return FALSE;
  clock = cg_onvif_device_get_system_date_and_time_in_thread (self->session, NULL);
  json_object_remove_member (body, "code");
  set_known (body, "manufacturer", device->manufacturer);
  set_known (body, "modelNumber", device->model);
  set_known (body, "serialNumber", device->serial_number);
  set_known (body, "firmwareVersion", device->firmware_version);
  set_known (body, "hardwareVersion", device->hardware_id);
  set_known (body, "deviceType", "camera");
  if (clock != NULL) {
    json_object_set_int_member (body, "currentTime", clock->utc_ms / 1000);
    set_known (body, "timezone", clock->timezone);
  }
  return TRUE;
}

static const struct {
  const char *service;
  const char *method;
  Verb verb;
  CgErrorScope scope;
} verbs[] = {
    {"ptz", "start", start, CG_ERROR_SCOPE_PTZ},
    {"ptz", "stop", stop, CG_ERROR_SCOPE_PTZ},
    {"ptz", "status", read_ptz_status, CG_ERROR_SCOPE_PTZ},
    {"preset", "list", list_presets, CG_ERROR_SCOPE_PTZ},
    {"preset", "set", set_preset, CG_ERROR_SCOPE_PTZ},
    {"preset", "goto", goto_preset, CG_ERROR_SCOPE_PTZ},
    {"preset", "remove", remove_preset, CG_ERROR_SCOPE_PTZ},
    {"device", "read", read_device, CG_ERROR_SCOPE_GENERAL},
};

static gboolean
check_address (const char *address, GError **error)
{
  if (strchr (address, '@') == NULL)
    return TRUE;
  g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_USAGE,
                       "no credentials in the address: use --user, and --password-file or "
                       "$CAMGATE_PASSWORD");
  return FALSE;
}

/* Asks for the password if need be; does not talk to the camera yet. */
static CgOnvifSession *
open_session (CgCtl *ctl, const char *address, GError **error)
{
  g_autofree char *password = NULL;
  CgOnvifSession *session;

  if (!check_address (address, error))
    return NULL;
  if (ctl->options->user != NULL) {
    password = cg_ctl_read_password (ctl, error);
    if (password == NULL)
      return NULL;
  }
  session = cg_onvif_session_new (address, ctl->options->user, password);
  cg_onvif_session_set_timeout_ms (session, (guint)cg_ctl_get_timeout_ms (ctl, CALL_TIMEOUT_MS));
  return session;
}

/**
 * cg_ctl_camera_open:
 * @ctl: a run with `--camera`
 *
 * Does not talk to the camera yet.
 *
 * Returns: (transfer full): it, or %NULL with a %CG_CTL_USAGE error
 */
CgCtlCamera *
cg_ctl_camera_open (CgCtl *ctl, GError **error)
{
  CgOnvifSession *session = open_session (ctl, ctl->options->camera, error);
  CgCtlCamera *self;

  if (session == NULL)
    return NULL;
  self = g_new0 (CgCtlCamera, 1);
  self->address = cg_log_uri (ctl->options->camera);
  self->session = session;
  return self;
}

/**
 * cg_ctl_camera_free:
 * @self: (transfer full): a camera
 */
void
cg_ctl_camera_free (CgCtlCamera *self)
{
  g_clear_pointer (&self->facts, cg_onvif_ptz_facts_free);
  g_clear_pointer (&self->profile, cg_onvif_profile_free);
  g_clear_pointer (&self->session, cg_onvif_session_free);
  g_free (self->address);
  g_free (self);
}

/**
 * cg_ctl_camera_get_address:
 * @self: a camera
 *
 * Returns: (transfer none): as it was given
 */
const char *
cg_ctl_camera_get_address (CgCtlCamera *self)
{
  return self->address;
}

static CgCtlAnswer *
run_verb (CgCtlCamera *self, guint i, JsonObject *parameters, GError **error)
{
  g_autoptr (CgCtlAnswer) answer = cg_ctl_answer_new (NULL, verbs[i].service, verbs[i].method);
  g_autoptr (GError) local_error = NULL;

  if (verbs[i].verb (self, parameters, answer->body, &local_error))
    return g_steal_pointer (&answer);
  if (g_error_matches (local_error, CG_ERROR, CG_ERROR_UNREACHABLE) ||
      g_error_matches (local_error, CG_ERROR, CG_ERROR_TIMED_OUT)) {
    g_set_error (error, CG_CTL_ERROR, CG_CTL_NO_CAMERA, "no answer from camera %s: %s",
                 self->address, local_error->message);
    return NULL;
  }
  cg_ctl_answer_set_code (answer, cg_error_get_code (local_error, verbs[i].scope),
                          local_error->message);
  return g_steal_pointer (&answer);
}

/**
 * cg_ctl_camera_do:
 * @self: a camera
 * @service: `ptz`
 * @method: `start`
 * @parameters: of the method
 *
 * Returns: (transfer full): the answer, also when it is a refusal; or %NULL with a
 *   %CG_CTL_NO_CAMERA error if there was none, or %CG_CTL_USAGE if a camera alone cannot do this
 */
CgCtlAnswer *
cg_ctl_camera_do (CgCtlCamera *self,
                  const char *service,
                  const char *method,
                  JsonObject *parameters,
                  GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    if (strcmp (verbs[i].service, service) == 0 && strcmp (verbs[i].method, method) == 0)
      return run_verb (self, i, parameters, error);
  }
  g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE,
               "%s %s needs camgated; it does not work with --camera", service, method);
  return NULL;
}
