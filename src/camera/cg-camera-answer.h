/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a camera answers when it is asked. */

/**
 * CgCameraClock:
 * @utc_ms: milliseconds since 1970, by the camera's clock
 * @timezone: (owned) (nullable): as the camera tells it
 * @offset_s: by how much its local time is ahead of UTC; 0 without @timezone
 */
typedef struct {
  gint64 utc_ms;
  char *timezone;
  int offset_s;
} CgCameraClock;

/**
 * CgCameraLink:
 * @address: (owned) (nullable): IP address
 * @mac: (owned) (nullable): lower case, with colons
 * @rtt_ms: how long a question took
 *
 * How a camera is connected.
 */
typedef struct {
  char *address;
  char *mac;
  guint rtt_ms;
} CgCameraLink;

/**
 * CgCameraPicture:
 * @jpeg: (owned): what one sees
 * @is_from_stream: the last key frame of the stream that runs; else the camera has made it
 */
typedef struct {
  GBytes *jpeg;
  gboolean is_from_stream;
} CgCameraPicture;

void cg_camera_clock_free (CgCameraClock *self);
void cg_camera_link_free (CgCameraLink *self);
void cg_camera_picture_free (CgCameraPicture *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCameraClock, cg_camera_clock_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCameraLink, cg_camera_link_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCameraPicture, cg_camera_picture_free)

G_END_DECLS
