/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-driver.h"

G_DEFINE_INTERFACE (CgPtzDriver, cg_ptz_driver, G_TYPE_OBJECT)

static void
cg_ptz_driver_default_init (CgPtzDriverInterface *iface)
{
  /**
   * CgPtzDriver::moves-on:
   * @self: a driver
   *
   * The camera has agreed to the last stop, and was seen to move on. The next stop goes out in
   * another form (Q1).
   */
  g_signal_new ("moves-on", CG_TYPE_PTZ_DRIVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                0);
}

/**
 * cg_ptz_driver_move_async:
 * @self: a driver
 * @move: copied
 * @timeout_ms: until the answer
 * @callback: finish with cg_ptz_driver_move_finish()
 * @user_data: for @callback
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
 * @timeout_ms: until the answer
 * @callback: finish with cg_ptz_driver_stop_finish()
 * @user_data: for @callback
 *
 * Stops all axes, and overtakes everything that waits.
 */
void
cg_ptz_driver_stop_async (CgPtzDriver *self,
                          guint timeout_ms,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  CG_PTZ_DRIVER_GET_IFACE (self)->stop_async (self, timeout_ms, callback, user_data);
}

/**
 * cg_ptz_driver_stop_finish:
 * @self: a driver
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether the camera accepted the stop
 */
gboolean
cg_ptz_driver_stop_finish (CgPtzDriver *self, GAsyncResult *result, GError **error)
{
  return CG_PTZ_DRIVER_GET_IFACE (self)->stop_finish (self, result, error);
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
