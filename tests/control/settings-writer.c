/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings-writer.h"

#include "cg-test.h"

typedef struct {
  gboolean is_done;
  GError **error;
} Answer;

JsonObject *
settings_parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  return json_node_dup_object (node);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  cg_settings_write_finish (CG_SETTINGS (object), result, answer->error);
  answer->is_done = TRUE;
}

/* @did: (nullable): of a camera; %NULL: the whole configuration */
void
settings_write (CgSettings *settings, const char *did, const char *text, GError **error)
{
  g_autoptr (JsonObject) params = settings_parse (text);
  Answer answer = {.error = error};

  cg_settings_write_async (settings, did, params, NULL, on_written, &answer);
  cg_test_wait_for_flag (&answer.is_done, "an answer");
}

const CgCameraConfig *
settings_find (CgSettings *settings, const char *did)
{
  return cg_config_find_camera (cg_settings_get_config (settings), did);
}
