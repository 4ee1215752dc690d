/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-config.h"

#include <string.h>

#include "cg-key-group.h"
#include "cg-text.h"

#define MAX_DID_LENGTH 128 /* it becomes part of topics and of file names */

/**
 * cg_config_new: (skip)
 *
 * For the reader of files, which fills it in before anybody else sees it.
 *
 * Returns: (transfer full): a configuration without did and cameras, all else at its default
 */
CgConfig *
cg_config_new (void)
{
  CgConfig *self = g_atomic_rc_box_new0 (CgConfig);

  for (CgKeyGroupId id = 0; id < CG_KEY_GROUP_CAMERA; id++) {
    const CgKeyGroup *group = cg_key_group_get (id);
    cg_key_group_set_defaults (group, G_STRUCT_MEMBER_P (self, group->offset));
  }
  self->cameras = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_camera_config_free);
  self->by_did = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

/**
 * cg_config_ref:
 * @self: a configuration
 *
 * Returns: (transfer full): the same
 */
CgConfig *
cg_config_ref (CgConfig *self)
{
  return g_atomic_rc_box_acquire (self);
}

/* Of two with the same did the first counts. */
static void
index_camera (CgConfig *self, CgCameraConfig *camera)
{
  if (!g_hash_table_contains (self->by_did, camera->did))
    g_hash_table_insert (self->by_did, camera->did, camera);
}

/**
 * cg_config_rebind:
 * @self: a configuration
 * @cameras: (transfer full) (element-type CgCameraConfig): what is bound in place of its cameras
 * @updated: of what the cloud has written
 *
 * Returns: (transfer full): another one, all else the same
 */
CgConfig *
cg_config_rebind (const CgConfig *self, GPtrArray *cameras, gint64 updated)
{
  CgConfig *copy = g_atomic_rc_box_new0 (CgConfig);

  for (CgKeyGroupId id = 0; id < CG_KEY_GROUP_CAMERA; id++) {
    const CgKeyGroup *group = cg_key_group_get (id);

    cg_key_group_copy (group, (const guint8 *)self + group->offset,
                       G_STRUCT_MEMBER_P (copy, group->offset));
  }
  copy->cameras = cameras;
  copy->by_did = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < cameras->len; i++)
    index_camera (copy, cameras->pdata[i]);
  copy->updated = updated;
  return copy;
}

static void
config_clear (gpointer data)
{
  CgConfig *self = data;

  for (CgKeyGroupId id = 0; id < CG_KEY_GROUP_CAMERA; id++) {
    const CgKeyGroup *group = cg_key_group_get (id);
    cg_key_group_clear (group, G_STRUCT_MEMBER_P (self, group->offset));
  }
  g_hash_table_unref (self->by_did);
  g_ptr_array_unref (self->cameras);
}

/**
 * cg_config_unref:
 * @self: (transfer full): a configuration
 */
void
cg_config_unref (CgConfig *self)
{
  g_atomic_rc_box_release_full (self, config_clear);
}

/**
 * cg_config_take_camera: (skip)
 * @self: a configuration that nobody else has seen yet
 * @camera: (transfer full): one more
 */
void
cg_config_take_camera (CgConfig *self, CgCameraConfig *camera)
{
  g_ptr_array_add (self->cameras, camera);
  index_camera (self, camera);
}

/**
 * cg_config_find_camera:
 * @self: a configuration
 * @did: a device id
 *
 * Returns: (nullable): its camera of that id; belongs to @self
 */
const CgCameraConfig *
cg_config_find_camera (const CgConfig *self, const char *did)
{
  return g_hash_table_lookup (self->by_did, did);
}

/**
 * cg_config_check_did:
 * @did: a device id
 *
 * A did is any text (PROTOCOL.md), as long as it can stand in a topic and in a file name.
 *
 * Returns: %FALSE with %CG_ERROR_INVALID_CONFIG
 */
gboolean
cg_config_check_did (const char *did, GError **error)
{
  const char *why = NULL;

  if (*did == '\0')
    why = "did is missing";
  else if (strlen (did) > MAX_DID_LENGTH)
    why = "did is too long";
  else if (did[0] == '.' || strpbrk (did, "/+#") != NULL)
    why = "did must not contain / + #, nor begin with a dot";
  else if (strpbrk (did, " \t\r\n\v\f") != NULL)
    why = "did must not contain spaces";
  else if (!cg_text_is_plain (did))
    why = "did must not contain control characters or codes that are no characters";

  if (why == NULL)
    return TRUE;
  g_set_error_literal (error, CG_ERROR, CG_ERROR_INVALID_CONFIG, why);
  return FALSE;
}

/**
 * cg_gateway_config_equal:
 * @a: a gateway's configuration
 * @b: another
 *
 * Returns: %TRUE if both are the same
 */
gboolean
cg_gateway_config_equal (const CgGatewayConfig *a, const CgGatewayConfig *b)
{
  return cg_key_group_equal (cg_key_group_get (CG_KEY_GROUP_GATEWAY), a, b);
}

/**
 * cg_cloud_config_equal:
 * @a: a link's configuration
 * @b: another
 *
 * Returns: %TRUE if the link can stay as it is
 */
gboolean
cg_cloud_config_equal (const CgCloudConfig *a, const CgCloudConfig *b)
{
  return cg_key_group_equal (cg_key_group_get (CG_KEY_GROUP_CLOUD), a, b);
}
