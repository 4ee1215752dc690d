/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-key.h"

G_BEGIN_DECLS

/**
 * CgCameraMember:
 * @name: as the cloud and lists of cameras write it; %NULL ends the table
 * @key: the setting of a camera that it is
 * @is_spelling: it is another word for one that stands before it
 * @is_secret: stars are shown in its place
 * @is_address: it may contain a login, in path or query too (Q26)
 *
 * What can be said of a camera beside its did (PROTOCOL.md section 5), in the order in which we
 * write it.
 */
typedef struct {
  const char *name;
  const char *key;
  gboolean is_spelling;
  gboolean is_secret;
  gboolean is_address;
} CgCameraMember;

const CgCameraMember *cg_camera_member_get_all (void);
const CgCameraMember *cg_camera_member_find (const char *name);
const CgKey *cg_camera_member_get_key (const CgCameraMember *self);

G_END_DECLS
