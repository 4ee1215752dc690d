/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-driver.h"

G_DEFINE_INTERFACE (CgPtzDriver, cg_ptz_driver, G_TYPE_OBJECT)

static void
cg_ptz_driver_default_init (CgPtzDriverInterface *iface)
{
}

/**
 * cg_ptz_driver_move_async:
 * @self: a driver
 * @move: copied
 * @timeout_ms: until the answer
 * @callback: finish with cg_ptz_driver_move_finish()
 * @user_data: for @callback
 *
 * Source: PTZ Service Specification, 5.3.3 ContinuousMove and 5.3.2 RelativeMove.
 */
void
cg_ptz_driver_move_async (CgPtzDriver *self,
                          const CgPtzMove *move,
                          guint timeout_ms,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  CG_PTZ_DRIVER_GET_IFACE (self)->move_async (self, move, timeout_ms, callback, user_data);
}

/**
 * cg_ptz_driver_goto_async:
 * @self: a driver
 * @preset: token
 * @timeout_ms: until the answer
 * @callback: finish with cg_ptz_driver_move_finish(): the camera has begun to move
 * @user_data: for @callback
 *
 * Source: PTZ Service Specification, 5.4.3 GotoPreset.
 */
void
cg_ptz_driver_goto_async (CgPtzDriver *self,
                          const char *preset,
                          guint timeout_ms,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  CG_PTZ_DRIVER_GET_IFACE (self)->goto_async (self, preset, timeout_ms, callback, user_data);
}

/**
 * cg_ptz_driver_move_finish:
 * @self: a driver
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera accepted the move, or the call of the preset
 */
gboolean
cg_ptz_driver_move_finish (CgPtzDriver *self, GAsyncResult *result, GError **error)
{
  return CG_PTZ_DRIVER_GET_IFACE (self)->move_finish (self, result, error);
}

/**
 * cg_ptz_driver_stop_async:
 * @self: a driver
 * @form: which is to be tried first
 * @timeout_ms: until the answer
 * @callback: finish with cg_ptz_driver_stop_finish()
 * @user_data: for @callback
 *
 * Stops all axes, and overtakes everything that waits. Source: PTZ Service Specification, 5.3.5
 * Stop.
 */
void
cg_ptz_driver_stop_async (CgPtzDriver *self,
                          CgOnvifStopForm form,
                          guint timeout_ms,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  CG_PTZ_DRIVER_GET_IFACE (self)->stop_async (self, form, timeout_ms, callback, user_data);
}

/**
 * cg_ptz_driver_stop_finish:
 * @self: a driver
 * @result: what the callback got
 * @taken: (out): the form that the camera has taken (Q33)
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera accepted the stop; some do without stopping (Q1)
 */
gboolean
cg_ptz_driver_stop_finish (CgPtzDriver *self,
                           GAsyncResult *result,
                           CgOnvifStopForm *taken,
                           GError **error)
{
  return CG_PTZ_DRIVER_GET_IFACE (self)->stop_finish (self, result, taken, error);
}

/**
 * cg_ptz_driver_look_async:
 * @self: a driver
 * @timeout_ms: until the answer
 * @callback: finish with cg_ptz_driver_look_finish()
 * @user_data: for @callback
 *
 * Asks the camera where it stands. Delays neither moves nor stops. Source: PTZ Service
 * Specification, 5.3.7 GetStatus.
 */
void
cg_ptz_driver_look_async (CgPtzDriver *self,
                          guint timeout_ms,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  CG_PTZ_DRIVER_GET_IFACE (self)->look_async (self, timeout_ms, callback, user_data);
}

/**
 * cg_ptz_driver_look_finish:
 * @self: a driver
 * @result: what the callback got
 * @look: (out): what the camera tells; it may be nothing
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera has answered
 */
gboolean
cg_ptz_driver_look_finish (CgPtzDriver *self, GAsyncResult *result, CgPtzLook *look, GError **error)
{
  return CG_PTZ_DRIVER_GET_IFACE (self)->look_finish (self, result, look, error);
}

/**
 * cg_ptz_driver_get_facts:
 * @self: a driver
 * @facts: (out): what the camera has said of its PTZ at the last contact; all zero before the
 *   first. The position ranges are those of the space that the last look was told in
 */
void
cg_ptz_driver_get_facts (CgPtzDriver *self, CgPtzFacts *facts)
{
  CG_PTZ_DRIVER_GET_IFACE (self)->get_facts (self, facts);
}

/**
 * cg_ptz_driver_cancel_moves:
 * @self: a driver
 *
 * Drops the moves that wait, with %CG_ERROR_CANCELLED.
 */
void
cg_ptz_driver_cancel_moves (CgPtzDriver *self)
{
  CG_PTZ_DRIVER_GET_IFACE (self)->cancel_moves (self);
}
