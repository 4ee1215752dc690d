/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-member.h"

#include "cg-key-group.h"

static const CgCameraMember rows[] = {
    {"name", "name"},
    {"protocol", "protocol"},
    {"address", "address", .is_address = TRUE},
    {"username", "username"},
    {"password", "password", .is_secret = TRUE},
    {"secret", "secret", .is_secret = TRUE},
    {"url", "url", .is_address = TRUE},
    {"profile", "profile"},
    {"host", "address", .is_address = TRUE, .is_spelling = TRUE},
    {"ip", "address", .is_address = TRUE, .is_spelling = TRUE},
    {NULL},
};

/**
 * cg_camera_member_get_all:
 *
 * Returns: (transfer none): the table; the last one has no name
 */
const CgCameraMember *
cg_camera_member_get_all (void)
{
  return rows;
}

/**
 * cg_camera_member_find:
 * @name: of a member
 *
 * Returns: (transfer none) (nullable): it, if it is one of ours
 */
const CgCameraMember *
cg_camera_member_find (const char *name)
{
  for (const CgCameraMember *row = rows; row->name != NULL; row++) {
    if (g_str_equal (row->name, name))
      return row;
  }
  return NULL;
}

/**
 * cg_camera_member_get_key:
 * @self: a member
 *
 * Returns: (transfer none): its setting, of the group of cameras
 */
const CgKey *
cg_camera_member_get_key (const CgCameraMember *self)
{
  gboolean is_file;

  return cg_key_group_find (cg_key_group_get (CG_KEY_GROUP_CAMERA), self->key, &is_file);
}
