/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-ptz.h"

G_BEGIN_DECLS

/**
 * CgPtzMove:
 * @pan_tilt: whether @pan and @tilt are asked for
 * @zooming: whether @zoom is asked for
 * @pan: −1 left … 1 right, fraction of the camera's velocity range
 * @tilt: −1 down … 1 up
 * @zoom: −1 out … 1 in
 * @stop_others: stop first what this move does not ask for
 * @lease_ms: after which the camera is told to end the move by itself
 */
typedef struct {
  gboolean pan_tilt;
  gboolean zooming;
  double pan;
  double tilt;
  double zoom;
  gboolean stop_others;
  guint lease_ms;
} CgPtzMove;

#define CG_TYPE_PTZ_DRIVER (cg_ptz_driver_get_type ())
G_DECLARE_INTERFACE (CgPtzDriver, cg_ptz_driver, CG, PTZ_DRIVER, GObject)

/**
 * CgPtzDriverInterface:
 *
 * The one who moves a camera: ONVIF in the daemon, a model on simulated time in tests.
 */
struct _CgPtzDriverInterface {
  GTypeInterface parent;

  void (*move_async) (CgPtzDriver *self,
                      const CgPtzMove *move,
                      guint timeout_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  void (*goto_async) (CgPtzDriver *self,
                      const char *preset,
                      guint timeout_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*move_finish) (CgPtzDriver *self, GAsyncResult *result, GError **error);
  void (*stop_async) (CgPtzDriver *self,
                      guint timeout_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*stop_finish) (CgPtzDriver *self, GAsyncResult *result, GError **error);
  void (*cancel_moves) (CgPtzDriver *self);
};

void cg_ptz_driver_move_async (CgPtzDriver *self,
                               const CgPtzMove *move,
                               guint timeout_ms,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void cg_ptz_driver_goto_async (CgPtzDriver *self,
                               const char *preset,
                               guint timeout_ms,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cg_ptz_driver_move_finish (CgPtzDriver *self, GAsyncResult *result, GError **error);
void cg_ptz_driver_stop_async (CgPtzDriver *self,
                               guint timeout_ms,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cg_ptz_driver_stop_finish (CgPtzDriver *self, GAsyncResult *result, GError **error);
void cg_ptz_driver_cancel_moves (CgPtzDriver *self);

G_END_DECLS
