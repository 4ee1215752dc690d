/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-handlers.h"
#include "cg-member.h"
#include "cg-text.h"

/* Refuses the action if its index is none of PROTOCOL.md section 4, preset. */
static gboolean
take_index (CgAction *action, guint *index)
{
  gint64 number;

  if (!cg_member_read_integer (cg_action_get_params (action), "index", &number) || number < 1 ||
      number > CG_PRESET_INDEX_MAX) {
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid preset index");
    return FALSE;
  }
  *index = (guint)number;
  return TRUE;
}

/* More than the camera takes is kept by us (Q31); a whole page is no name. */
#define NAME_MAX_CHARACTERS 255

static gboolean
take_name (CgAction *action, const char **name)
{
  JsonObject *params = cg_action_get_params (action);

  if (!cg_member_is_present (params, "name"))
    return TRUE;
  if (cg_member_read_string (params, "name", name) && cg_text_is_plain (*name) &&
      g_utf8_strlen (*name, -1) <= NAME_MAX_CHARACTERS)
    return TRUE;
  cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid preset name");
  return FALSE;
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;

  cg_camera_preset_set_finish (CG_CAMERA (source), result, &error);
  cg_action_settle (action, error);
}

/**
 * cg_handle_preset_set:
 * @dispatcher: who calls
 * @action: `preset {"set":{"index", "name"}}`
 *
 * PROTOCOL.md section 4, preset: where the camera stands becomes this preset.
 */
void
cg_handle_preset_set (CgDispatcher *dispatcher, CgAction *action)
{
  const char *name = NULL;
  guint index;

  if (!take_index (action, &index) || !take_name (action, &name))
    return;
  cg_camera_preset_set_async (cg_action_get_camera (action), index, name, on_set,
                              g_object_ref (action));
}

static void
on_gone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;

  cg_camera_preset_goto_finish (CG_CAMERA (source), result, &error);
  cg_action_settle (action, error);
}

/**
 * cg_handle_preset_goto:
 * @dispatcher: who calls
 * @action: `preset {"goto":{"index"}}`
 *
 * PROTOCOL.md section 4, preset.
 */
void
cg_handle_preset_goto (CgDispatcher *dispatcher, CgAction *action)
{
  guint index;

  if (!take_index (action, &index))
    return;
  cg_camera_preset_goto_async (cg_action_get_camera (action), index,
                               cg_action_get_origin (action)->name, on_gone, g_object_ref (action));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;

  cg_camera_preset_remove_finish (CG_CAMERA (source), result, &error);
  cg_action_settle (action, error);
}

/**
 * cg_handle_preset_remove:
 * @dispatcher: who calls
 * @action: `preset {"remove":{"index"}}`
 *
 * PROTOCOL.md section 4, preset.
 */
void
cg_handle_preset_remove (CgDispatcher *dispatcher, CgAction *action)
{
  guint index;

  if (!take_index (action, &index))
    return;
  cg_camera_preset_remove_async (cg_action_get_camera (action), index, on_removed,
                                 g_object_ref (action));
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const CgPresetEntry *const *left = a;
  const CgPresetEntry *const *right = b;

  return (*left)->index < (*right)->index ? -1 : (*left)->index > (*right)->index;
}

static JsonObject *
build_list (GPtrArray *entries)
{
  JsonObject *members = json_object_new ();
  JsonArray *presets = json_array_new ();

  g_ptr_array_sort (entries, compare_entries);
  for (guint i = 0; i < entries->len; i++) {
    const CgPresetEntry *entry = entries->pdata[i];
    JsonObject *preset = json_object_new ();

    json_object_set_int_member (preset, "index", entry->index);
    cg_member_set_text (preset, "name", entry->name);
    json_array_add_object_element (presets, preset);
  }
  json_object_set_array_member (members, "presets", presets);
  return members;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = cg_camera_preset_list_finish (CG_CAMERA (source), result, &error);
  g_autoptr (JsonObject) members = NULL;

  if (entries == NULL) {
    cg_action_fail (action, error);
    return;
  }
  members = build_list (entries);
  cg_action_reply (action, members);
}

/**
 * cg_handle_preset_list:
 * @dispatcher: who calls
 * @action: `preset {"list":{}}`, also `read` and `get`
 *
 * PROTOCOL.md section 4, preset: sorted by index.
 */
void
cg_handle_preset_list (CgDispatcher *dispatcher, CgAction *action)
{
  cg_camera_preset_list_async (cg_action_get_camera (action), on_listed, g_object_ref (action));
}
