/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera.h"
#include "cg-place.h"

G_BEGIN_DECLS

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

/* What of a camera is looked after beyond pictures and moves. Those that ask the camera try to
 * reach it first, for as long as a reply may take. */

void cg_camera_read_clock_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
CgCameraClock *cg_camera_read_clock_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_set_clock_async (CgCamera *self,
                                gint64 utc_ms,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cg_camera_set_clock_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_read_link_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
CgCameraLink *cg_camera_read_link_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_read_place_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean
cg_camera_read_place_finish (CgCamera *self, GAsyncResult *result, CgPlace *place, GError **error);

gboolean cg_camera_plan_reboot (CgCamera *self, guint delay_ms, GError **error);
void cg_camera_forget_reboot (CgCamera *self);
void cg_camera_inherit_reboot (CgCamera *self, CgCamera *before);
void cg_camera_reboot_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_camera_reboot_finish (CgCamera *self, GAsyncResult *result, GError **error);

void cg_camera_clock_free (CgCameraClock *self);
void cg_camera_link_free (CgCameraLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCameraClock, cg_camera_clock_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCameraLink, cg_camera_link_free)

G_END_DECLS
