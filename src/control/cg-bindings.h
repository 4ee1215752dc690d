/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-binding-patch.h"
#include "cg-config.h"

G_BEGIN_DECLS

/**
 * CgBindings:
 *
 * What the cloud has written of the gateway and its cameras (PROTOCOL.md section 5, config and
 * peripheral), immutable and reference-counted. The key file is the ground: its cameras stay bound
 * whatever the cloud writes, and of a camera that stands in both the cloud's members win.
 */
typedef struct _CgBindings CgBindings;

CgBindings *cg_bindings_new (void);
CgBindings *cg_bindings_load (JsonNode *node);
JsonNode *cg_bindings_save (const CgBindings *self);
CgBindings *cg_bindings_ref (CgBindings *self);
void cg_bindings_unref (CgBindings *self);

CgBindings *
cg_bindings_write (CgBindings *self, const CgConfig *file, JsonObject *params, GError **error);
CgBindings *cg_bindings_write_one (
    CgBindings *self, const CgConfig *file, const char *did, JsonObject *members, GError **error);
CgBindings *cg_bindings_add (
    CgBindings *self, const CgConfig *file, JsonObject *params, CgBindingSum *sum, GError **error);

CgConfig *cg_bindings_merge (const CgBindings *self, CgConfig *file);
JsonObject *cg_bindings_read (const CgBindings *self, const CgConfig *file, gboolean reveal);
JsonObject *cg_bindings_read_one (const CgBindings *self,
                                  const CgConfig *file,
                                  const char *did,
                                  gboolean reveal);
const char *cg_bindings_get_source (const CgBindings *self, const CgConfig *file, const char *did);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgBindings, cg_bindings_unref)

G_END_DECLS
