/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which picture of a camera is asked for: the main one, or the small one while the line is too
 * slow. */
#include "cg-camera-private.h"
#include "cg-main.h"

/* A small picture that did not come is asked for again after so long: the camera may have had no
 * session left (Q19). */
#define SMALL_REST_MS (15 * 60 * 1000)

/**
 * cg_camera_get_played_profile:
 * @self: a camera
 *
 * Returns: (transfer none) (nullable): token of the profile that is played now, or would be
 */
const char *
cg_camera_get_played_profile (CgCamera *self)
{
  const CgContact *contact = cg_presence_get_contact (self->presence);

  if (contact == NULL)
    return NULL;
  return self->uplink != CG_UPLINK_FREE && contact->small_profile != NULL ? contact->small_profile
                                                                          : contact->media_profile;
}

/**
 * cg_camera_has_small:
 * @self: a camera
 *
 * Returns: whether it has a smaller picture of the same, which did not fail to come lately
 */
gboolean
cg_camera_has_small (CgCamera *self)
{
  const CgContact *contact = cg_presence_get_contact (self->presence);

  return contact != NULL && contact->small_profile != NULL &&
         cg_clock_get_monotonic_ms (self->clock) >= self->small_rest_ms;
}

static const char *
get_remark (CgUplinkState state)
{
  static const char *const remarks[] = {
      [CG_UPLINK_FREE] = NULL,
      [CG_UPLINK_SLOW] = "the line is too slow for the main picture: the small one is sent",
      [CG_UPLINK_BUDGET] = "all together are more than uplink-kbps: the small picture is sent",
  };

  return remarks[state];
}

/**
 * cg_camera_care_uplink:
 * @self: a camera
 * @state: which picture goes out from now on, and why
 *
 * One session at the camera at a time: that of the other picture begins once it has been told
 * goodbye (Q19).
 */
void
cg_camera_care_uplink (CgCamera *self, CgUplinkState state)
{
  const char *remark = get_remark (state);

  CG_ON_MAIN ();
  if (state == self->uplink)
    return;
  g_message ("%s: %s", self->config->did,
             remark != NULL ? remark : "the main picture is sent again");
  self->uplink = state;
  self->has_small_played = FALSE;
  cg_stream_change_source (self->stream, cg_uplink_state_get_word (state), remark);
}

/**
 * cg_camera_note_source_lost:
 * @self: a camera
 *
 * A small picture that never came is none, for a while or until the next contact.
 */
void
cg_camera_note_source_lost (CgCamera *self)
{
  if (self->uplink == CG_UPLINK_FREE || self->has_small_played || !cg_camera_has_small (self))
    return;
  self->small_rest_ms = cg_clock_get_monotonic_ms (self->clock) + SMALL_REST_MS;
  cg_camera_care_uplink (self, CG_UPLINK_FREE);
}
