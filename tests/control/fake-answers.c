/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the cameras of fake-camera.c tell of themselves. */
#include "cg-camera-snapshot.h"
#include "fake-camera.h"

CgCameraPicture *
fake_picture_new (void)
{
  CgCameraPicture *picture = g_new0 (CgCameraPicture, 1);

  picture->jpeg = g_bytes_new_static ("\xff\xd8\xff", 3);
  picture->is_from_stream = TRUE;
  return picture;
}

/* On its way right under a lease of the cloud; what else is known would not be so at once. */
CgPtzStatus *
fake_ptz_status_new (void)
{
  CgPtzStatus *status = g_new0 (CgPtzStatus, 1);

  status->is_moving = status->has_lease = status->has_look = TRUE;
  status->lease_left_ms = 4200;
  status->source = g_strdup ("cloud");
  status->speeds[CG_PTZ_PAN] = 0.5;
  status->look = (CgPtzLook){.has_position = TRUE, .pan = 0.25};
  status->look_age_ms = 10;
  status->preset_state = CG_PTZ_PRESET_AT;
  status->preset_index = 5;
  status->preset_name = g_strdup ("gate");
  status->limits[CG_PTZ_PAN] = (CgPtzLimits){.range = {-1, 1}, .max_known = "verified"};
  status->stop_form = "named";
  return status;
}

guint
cg_fleet_count_viewers (CgFleet *self, const char *did)
{
  return 0;
}

const char *
cg_fleet_get_restream (CgFleet *self, const char **trouble)
{
  *trouble = NULL;
  return NULL;
}
