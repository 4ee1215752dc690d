/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-onvif-stop.h"
#include "cg-ptz-look.h"
#include "cg-ptz-move.h"

G_BEGIN_DECLS

#define CG_TYPE_PTZ_DRIVER (cg_ptz_driver_get_type ())
G_DECLARE_INTERFACE (CgPtzDriver, cg_ptz_driver, CG, PTZ_DRIVER, GObject)

/**
 * CgPtzDriverInterface:
 *
 * The one who moves a camera and looks at it: ONVIF in the daemon, a model on simulated time in
 * tests. It does what it is told, once; what is to be made of it is decided above.
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
                      CgOnvifStopForm form,
                      guint timeout_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*stop_finish) (CgPtzDriver *self,
                           GAsyncResult *result,
                           CgOnvifStopForm *taken,
                           GError **error);
  void (*look_async) (CgPtzDriver *self,
                      guint timeout_ms,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*look_finish) (CgPtzDriver *self,
                           GAsyncResult *result,
                           CgPtzLook *look,
                           GError **error);
  void (*get_facts) (CgPtzDriver *self, CgPtzFacts *facts);
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
                               CgOnvifStopForm form,
                               guint timeout_ms,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cg_ptz_driver_stop_finish (CgPtzDriver *self,
                                    GAsyncResult *result,
                                    CgOnvifStopForm *taken,
                                    GError **error);
void cg_ptz_driver_look_async (CgPtzDriver *self,
                               guint timeout_ms,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cg_ptz_driver_look_finish (CgPtzDriver *self,
                                    GAsyncResult *result,
                                    CgPtzLook *look,
                                    GError **error);
void cg_ptz_driver_get_facts (CgPtzDriver *self, CgPtzFacts *facts);
void cg_ptz_driver_cancel_moves (CgPtzDriver *self);

G_END_DECLS
