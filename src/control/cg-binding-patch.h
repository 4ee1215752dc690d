/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-config.h"

G_BEGIN_DECLS

/**
 * CgBindingSum:
 * @added: cameras that nobody had bound
 * @changed: cameras of which something is another one now
 * @same: cameras of which nothing is
 *
 * What a list of cameras has made of those before.
 */
typedef struct {
  guint added;
  guint changed;
  guint same;
} CgBindingSum;

gboolean cg_binding_patch_one (JsonArray *cameras,
                               GHashTable *index,
                               const CgConfig *file,
                               const char *did,
                               JsonObject *members,
                               const char **member,
                               GError **error);
gboolean cg_binding_patch_all (JsonArray *cameras,
                               const CgConfig *file,
                               JsonObject *params,
                               CgBindingSum *sum,
                               GError **error);

G_END_DECLS
