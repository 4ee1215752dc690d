/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-box-question.h"
#include "cg-handlers.h"
#include "cg-member.h"

/* PROTOCOL.md section 4, device: what is larger is in milliseconds. In seconds it is the year
 * 5138. */
#define MAX_SECONDS G_GINT64_CONSTANT (100000000000)
#define MAX_MS G_GINT64_CONSTANT (253402300799999) /* the end of the year 9999 */

#define DEFAULT_DELAY_S 1
#define MAX_DELAY_S 3600

static void
on_clock_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgCameraClock) clock =
      cg_camera_read_clock_finish (CG_CAMERA (source), result, &error);
  g_autoptr (JsonObject) members = cg_figures_camera_device (CG_CAMERA (source), clock);

  cg_action_tell (action, members);
}

/**
 * cg_handle_device_read:
 * @dispatcher: who calls
 * @action: `device {"read":{}}`
 *
 * PROTOCOL.md section 4, device. A camera that is away is told of by what it said last and its
 * errorCode **(choice)**.
 */
void
cg_handle_device_read (CgDispatcher *dispatcher, CgAction *action)
{
  CgCamera *camera = cg_action_get_camera (action);
  g_autoptr (JsonObject) members = NULL;

  if (camera == NULL) {
    cg_box_question_ask (dispatcher, action, cg_figures_gateway_device);
    return;
  }
  if (cg_camera_is_contacted (camera)) {
    cg_camera_read_clock_async (camera, on_clock_read, g_object_ref (action));
    return;
  }
  members = cg_figures_camera_device (camera, NULL);
  cg_action_tell (action, members);
}

static void
on_camera_clock_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;

  cg_camera_set_clock_finish (CG_CAMERA (source), result, &error);
  cg_action_settle (action, error);
}

static void
on_gateway_clock_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;

  cg_gateway_set_clock_finish (CG_GATEWAY (source), result, &error);
  cg_action_settle (action, error);
}

/**
 * cg_handle_device_write:
 * @dispatcher: who calls
 * @action: `device {"write":{"currentTime"}}`
 *
 * PROTOCOL.md section 4, device.
 */
void
cg_handle_device_write (CgDispatcher *dispatcher, CgAction *action)
{
  CgCamera *camera = cg_action_get_camera (action);
  gint64 time;

  if (!cg_member_read_integer (cg_action_get_params (action), "currentTime", &time) || time <= 0 ||
      time > MAX_MS) {
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid currentTime");
    return;
  }
  if (time <= MAX_SECONDS)
    time *= 1000;
  if (camera != NULL)
    cg_camera_set_clock_async (camera, time, on_camera_clock_set, g_object_ref (action));
  else
    cg_gateway_set_clock_async (cg_dispatcher_get_gateway (dispatcher), time, on_gateway_clock_set,
                                g_object_ref (action));
}

static void
forget_reboot (CgDispatcher *dispatcher, CgCamera *camera)
{
  if (camera != NULL)
    cg_camera_forget_reboot (camera);
  else
    cg_gateway_forget_reboot (cg_dispatcher_get_gateway (dispatcher));
}

/**
 * cg_handle_device_reboot:
 * @dispatcher: who calls
 * @action: `device {"reboot":{"delay"}}`
 *
 * PROTOCOL.md section 4, device: answered before it happens; an event tells when it is back.
 */
void
cg_handle_device_reboot (CgDispatcher *dispatcher, CgAction *action)
{
  CgCamera *camera = cg_action_get_camera (action);
  JsonObject *params = cg_action_get_params (action);
  gint64 delay_s = DEFAULT_DELAY_S;
  g_autoptr (GError) error = NULL;

  if ((cg_member_is_present (params, "delay") &&
       !cg_member_read_integer (params, "delay", &delay_s)) ||
      delay_s > MAX_DELAY_S) {
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid delay");
    return;
  }
  if (delay_s < 0)
    forget_reboot (dispatcher, camera);
  else if (camera != NULL)
    cg_camera_plan_reboot (camera, (guint)delay_s * 1000, &error);
  else
    cg_gateway_plan_reboot (cg_dispatcher_get_gateway (dispatcher), (guint)delay_s * 1000, &error);
  cg_action_settle (action, error);
}

/**
 * cg_handle_device_reset:
 * @dispatcher: who calls
 * @action: `device {"reset":{}}`
 *
 * PROTOCOL.md section 4, device: nobody wants to drive out to a camera for that.
 */
void
cg_handle_device_reset (CgDispatcher *dispatcher, CgAction *action)
{
  cg_action_refuse (action, CG_ERROR_NOT_SUPPORTED, "A reset from afar is not supported");
}
