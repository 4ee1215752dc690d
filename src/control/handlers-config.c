/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-handlers.h"
#include "cg-member.h"

#define ALL "@all"

/* Who may use the socket learns no password (INTERFACES.md), unless it is who may read our files
 * anyway and asks for it. */
static gboolean
may_reveal (CgDispatcher *dispatcher, CgAction *action)
{
  const CgActionOrigin *origin = cg_action_get_origin (action);

  if (origin->is_local)
    return origin->is_owner && cg_member_is_true (cg_action_get_params (action), "reveal");
  return cg_dispatcher_get_config (dispatcher)->cloud.reveal_secrets;
}

/**
 * cg_handle_config_read:
 * @dispatcher: who calls
 * @action: `config {"read":{}}`
 *
 * PROTOCOL.md section 5, config: the whole configuration; of a camera what concerns it.
 */
void
cg_handle_config_read (CgDispatcher *dispatcher, CgAction *action)
{
  CgSettings *settings = cg_dispatcher_get_settings (dispatcher);
  const gboolean reveal = may_reveal (dispatcher, action);
  g_autoptr (JsonObject) members =
      cg_action_get_camera (action) != NULL
          ? cg_settings_read_one (settings, cg_action_get_did (action), reveal)
          : cg_settings_read (settings, reveal);

  if (members != NULL)
    cg_action_tell (action, members);
  else
    cg_action_refuse (action, CG_ERROR_UNKNOWN_THING, "Invalid thing id");
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;

  cg_settings_write_finish (CG_SETTINGS (source), result, &error);
  cg_action_settle (action, error);
}

/**
 * cg_handle_config_write:
 * @dispatcher: who calls
 * @action: `config {"write":{"updated", …}}`
 *
 * PROTOCOL.md section 5, config.
 */
void
cg_handle_config_write (CgDispatcher *dispatcher, CgAction *action)
{
  const char *did = cg_action_get_camera (action) != NULL ? cg_action_get_did (action) : NULL;

  cg_settings_write_async (cg_dispatcher_get_settings (dispatcher), did,
                           cg_action_get_params (action), cg_action_get_cancellable (action),
                           on_written, g_object_ref (action));
}

static void
on_merged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (JsonObject) members = json_object_new ();
  g_autoptr (GError) error = NULL;
  CgBindingSum sum;

  if (!cg_settings_add_finish (CG_SETTINGS (source), result, &sum, &error)) {
    cg_action_fail (action, error);
    return;
  }
  json_object_set_int_member (members, "added", sum.added);
  json_object_set_int_member (members, "changed", sum.changed);
  json_object_set_int_member (members, "same", sum.same);
  cg_action_reply (action, members);
}

/**
 * cg_handle_config_merge:
 * @dispatcher: who calls
 * @action: `config {"merge":{"camera":[…], "check"}}`
 *
 * By the local socket alone (INTERFACES.md, camgatectl import): cameras that are named are bound or
 * changed, the others stay. With `check` nothing is done but to look whether it could be.
 */
void
cg_handle_config_merge (CgDispatcher *dispatcher, CgAction *action)
{
  JsonObject *params = cg_action_get_params (action);

  cg_settings_add_async (cg_dispatcher_get_settings (dispatcher), params,
                         cg_member_is_true (params, "check"), cg_action_get_cancellable (action),
                         on_merged, g_object_ref (action));
}

/* Returns: (transfer full): did → config of each bound camera */
static JsonObject *
read_all (CgDispatcher *dispatcher, gboolean reveal)
{
  GPtrArray *cameras = cg_fleet_list (cg_dispatcher_get_fleet (dispatcher));
  JsonObject *all = json_object_new ();

  for (guint i = 0; i < cameras->len; i++) {
    const char *did = cg_camera_get_did (cameras->pdata[i]);
    JsonObject *config =
        cg_settings_read_one (cg_dispatcher_get_settings (dispatcher), did, reveal);

    if (config != NULL)
      json_object_set_object_member (all, did, config);
  }
  return all;
}

/* Refuses the action if it names no camera. One that the cloud has written is one, also if it is
 * not whole any more since the file has lost it. */
static gboolean
take_did (CgDispatcher *dispatcher, CgAction *action, const char **did)
{
  CgSettings *settings = cg_dispatcher_get_settings (dispatcher);
  g_autoptr (JsonObject) stored = NULL;

  if (!cg_member_read_string (cg_action_get_params (action), "did", did)) {
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid did");
    return FALSE;
  }
  stored = cg_settings_read_one (settings, *did, FALSE);
  if (stored != NULL)
    return TRUE;
  cg_action_refuse (action, CG_ERROR_UNKNOWN_THING, "Invalid thing id");
  return FALSE;
}

/**
 * cg_handle_peripheral_read:
 * @dispatcher: who calls
 * @action: `peripheral {"read":{"did", "config"}}`
 *
 * PROTOCOL.md section 5, peripheral.
 */
void
cg_handle_peripheral_read (CgDispatcher *dispatcher, CgAction *action)
{
  const gboolean reveal = may_reveal (dispatcher, action);
  g_autoptr (JsonObject) members = json_object_new ();
  const char *did = NULL;
  JsonObject *config;

  cg_member_read_string (cg_action_get_params (action), "did", &did);
  if (g_strcmp0 (did, ALL) == 0)
    config = read_all (dispatcher, reveal);
  else if (take_did (dispatcher, action, &did))
    config = cg_settings_read_one (cg_dispatcher_get_settings (dispatcher), did, reveal);
  else
    return;
  json_object_set_string_member (members, "did", did);
  json_object_set_object_member (members, "config", config);
  cg_action_tell (action, members);
}

static void
on_peripheral_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (JsonObject) members = json_object_new ();
  g_autoptr (GError) error = NULL;
  const char *did = NULL;

  cg_member_read_string (cg_action_get_params (action), "did", &did);
  cg_member_set_text (members, "did", did);
  if (cg_settings_write_finish (CG_SETTINGS (source), result, &error))
    cg_action_reply (action, members);
  else
    cg_action_fail (action, error);
}

/**
 * cg_handle_peripheral_write:
 * @dispatcher: who calls
 * @action: `peripheral {"write":{"did", "config"}}`
 *
 * PROTOCOL.md section 5, peripheral.
 */
void
cg_handle_peripheral_write (CgDispatcher *dispatcher, CgAction *action)
{
  JsonObject *config = cg_member_get_object (cg_action_get_params (action), "config");
  const char *did = NULL;

  if (!take_did (dispatcher, action, &did))
    return;
  if (config == NULL)
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid config");
  else
    cg_settings_write_async (cg_dispatcher_get_settings (dispatcher), did, config,
                             cg_action_get_cancellable (action), on_peripheral_written,
                             g_object_ref (action));
}
