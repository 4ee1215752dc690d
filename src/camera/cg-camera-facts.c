/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-private.h"

#include "cg-error.h"

/**
 * cg_camera_get_did:
 * @self: a camera
 *
 * Returns: (transfer none): its device id
 */
const char *
cg_camera_get_did (CgCamera *self)
{
  return self->config->did;
}

/**
 * cg_camera_get_config:
 * @self: a camera
 *
 * Returns: (transfer none): what it was made from
 */
const CgCameraConfig *
cg_camera_get_config (CgCamera *self)
{
  return self->config;
}

static const CgOnvifDeviceInformation *
get_device (CgCamera *self)
{
  const CgContact *contact = cg_presence_get_contact (self->presence);

  return contact != NULL ? contact->device : NULL;
}

/**
 * cg_camera_get_firmware_version:
 * @self: a camera
 *
 * Returns: (transfer none) (nullable): as the camera told it last
 */
const char *
cg_camera_get_firmware_version (CgCamera *self)
{
  const CgOnvifDeviceInformation *device = get_device (self);

  return device != NULL ? device->firmware_version : NULL;
}

/**
 * cg_camera_is_contacted:
 * @self: a camera
 *
 * Returns: whether it answers now
 */
gboolean
cg_camera_is_contacted (CgCamera *self)
{
  return cg_presence_is_up (self->presence);
}

/**
 * cg_camera_is_streaming:
 * @self: a camera
 *
 * Returns: whether a play is in force, however well it goes
 */
gboolean
cg_camera_is_streaming (CgCamera *self)
{
  return cg_stream_is_active (self->stream);
}

/**
 * cg_camera_get_hub:
 * @self: a camera
 *
 * Returns: (transfer none): where its picture is, while somebody wants it
 */
CgHub *
cg_camera_get_hub (CgCamera *self)
{
  return cg_stream_get_hub (self->stream);
}

static void
tell_contact (CgCamera *self, CgCameraFacts *facts)
{
  const CgContact *contact = cg_presence_get_contact (self->presence);
  const CgOnvifDeviceInformation *device = get_device (self);

  if (device != NULL) {
    facts->manufacturer = device->manufacturer;
    facts->model = device->model;
    facts->firmware_version = device->firmware_version;
    facts->serial_number = device->serial_number;
    facts->hardware_id = device->hardware_id;
  }
  if (contact == NULL)
    return;
  facts->profile = cg_camera_get_played_profile (self);
  if (contact->ptz == NULL)
    return;
  facts->has_pan_tilt =
      contact->ptz->has_continuous_pan_tilt || contact->ptz->has_relative_pan_tilt;
  facts->has_zoom = contact->ptz->has_continuous_zoom || contact->ptz->has_relative_zoom;
}

/**
 * cg_camera_get_facts:
 * @self: a camera
 * @facts: (out): all that is known of it now; the strings are the camera's
 */
void
cg_camera_get_facts (CgCamera *self, CgCameraFacts *facts)
{
  const GError *problem = cg_presence_get_problem (self->presence);
  const char *address = cg_presence_get_address (self->presence);

  *facts = (CgCameraFacts){
      .did = self->config->did,
      .name = self->config->name,
      .address = address != NULL ? address : self->config->url,
      .contacted = cg_camera_is_contacted (self),
      .problem_word = problem != NULL ? cg_error_get_word ((CgError)problem->code) : NULL,
      .problem_text = problem != NULL ? problem->message : NULL,
      .moving = cg_motion_is_moving (self->motion),
      .stream = cg_stream_get_report (self->stream),
  };
  tell_contact (self, facts);
  cg_stream_get_counters (self->stream, &facts->counters);
  facts->age_s = (guint)((cg_clock_get_monotonic_ms (self->clock) - self->born_ms) / 1000);
}
