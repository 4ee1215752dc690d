/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-answer.h"

/**
 * cg_camera_clock_free:
 * @self: (transfer full) (nullable): a camera's clock
 */
void
cg_camera_clock_free (CgCameraClock *self)
{
  if (self == NULL)
    return;
  g_free (self->timezone);
  g_free (self);
}

/**
 * cg_camera_link_free:
 * @self: (transfer full) (nullable): a camera's connection
 */
void
cg_camera_link_free (CgCameraLink *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->mac);
  g_free (self);
}

/**
 * cg_camera_picture_free:
 * @self: (transfer full) (nullable): a picture
 */
void
cg_camera_picture_free (CgCameraPicture *self)
{
  if (self == NULL)
    return;
  g_bytes_unref (self->jpeg);
  g_free (self);
}
