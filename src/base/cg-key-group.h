/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-key.h"

G_BEGIN_DECLS

typedef enum {
  CG_KEY_GROUP_GATEWAY,
  CG_KEY_GROUP_CLOUD,
  CG_KEY_GROUP_PTZ,
  CG_KEY_GROUP_STREAM,
  CG_KEY_GROUP_DISCOVERY,
  CG_KEY_GROUP_DEVICE,
  CG_KEY_GROUP_TELEMETRY,
  CG_KEY_GROUP_FIRMWARE,
  CG_KEY_GROUP_CAMERA,
  CG_N_KEY_GROUPS
} CgKeyGroupId;

typedef struct {
  const char *name;
  const CgKey *keys;
  gsize n_keys;
  gsize offset; /* of its struct in CgConfig; not for cameras */
} CgKeyGroup;

const CgKeyGroup *cg_key_group_get (CgKeyGroupId id);
const CgKey *cg_key_group_find (const CgKeyGroup *group, const char *name, gboolean *is_file);
const char *cg_key_group_nearest_key (const CgKeyGroup *group, const char *name);
const char *cg_key_group_nearest_group (const char *name);

void cg_key_group_set_defaults (const CgKeyGroup *group, gpointer base);
void cg_key_group_clear (const CgKeyGroup *group, gpointer base);
void cg_key_group_copy (const CgKeyGroup *group, gconstpointer from, gpointer to);
gboolean cg_key_group_equal (const CgKeyGroup *group, gconstpointer a, gconstpointer b);

G_END_DECLS
