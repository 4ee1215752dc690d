/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-snapshot.h"
#include "cg-handlers.h"

static void
on_picture (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgCameraPicture) picture =
      cg_camera_snapshot_finish (CG_CAMERA (source), result, &error);
  g_autoptr (JsonObject) members = json_object_new ();
  gsize size;

  if (picture == NULL) {
    cg_action_fail (action, error);
    return;
  }
  const guchar *data = g_bytes_get_data (picture->jpeg, &size);
  g_autofree char *text = g_base64_encode (data, size);
  json_object_set_string_member (members, "source", picture->is_from_stream ? "stream" : "camera");
  json_object_set_string_member (members, "jpeg", text);
  cg_action_reply (action, members);
}

/**
 * cg_handle_snapshot:
 * @dispatcher: who calls
 * @action: `snapshot {}`
 *
 * Over the local socket only: a still picture, as base64 of a JPEG. The contract of the cloud has
 * no such service (404).
 */
void
cg_handle_snapshot (CgDispatcher *dispatcher, CgAction *action)
{
  cg_camera_snapshot_async (cg_action_get_camera (action), on_picture, g_object_ref (action));
}
