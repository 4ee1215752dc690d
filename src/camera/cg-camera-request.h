/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera-private.h"

G_BEGIN_DECLS

/**
 * CgCameraRequest:
 * @move: what is asked for, of a move
 * @source: (owned) (nullable): link it came by
 * @loser: (owned) (nullable): link whose move this one cuts short
 * @index: of a preset
 * @name: (owned) (nullable): of a preset
 * @asked_at_ms: monotonic
 * @turn: of a preset that is to be called; of one that is set: the commands given by then
 *
 * One request for PTZ on its way to the camera; the data of its task.
 */
typedef struct {
  CgMoveRequest move;
  char *source;
  char *loser;
  guint index;
  char *name;
  gint64 asked_at_ms;
  guint turn;
} CgCameraRequest;

/* Of what a stop has overtaken. */
#define CG_CAMERA_OVERTAKEN "overtaken by a later command"

gboolean cg_camera_check_ptz (CgCamera *self, GError **error);
void cg_camera_request_begin (CgCamera *self,
                              CgPresenceFunc go,
                              CgCameraRequest *request,
                              gpointer tag,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gint64 cg_camera_request_get_left_ms (GTask *task);
gboolean cg_camera_request_is_reached (GTask *task, const GError *error);
void cg_camera_request_finish (GTask *task, GError *error);
gboolean cg_camera_request_propagate (CgCamera *self, GAsyncResult *result, GError **error);
gboolean cg_camera_request_take_turn (GTask *task);

void cg_camera_drop_goto (CgCamera *self);
guint cg_camera_find_preset_at (CgCamera *self, const CgPtzLook *look);

G_END_DECLS
