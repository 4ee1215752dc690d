/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-config.h"

G_BEGIN_DECLS

/*
 * One camera as the cloud writes it: an object with did, address and what else it knows. Members
 * that are not known to us are kept.
 */

gboolean cg_binding_entry_apply (JsonObject *entry,
                                 CgCameraConfig *camera,
                                 const char **member,
                                 GError **error);
gboolean cg_binding_entry_resolve (JsonObject *entry,
                                   JsonObject *before,
                                   const CgCameraConfig *file,
                                   const char **member,
                                   GError **error);
CgCameraConfig *cg_binding_entry_make_camera (JsonObject *entry, const CgCameraConfig *file);
gboolean cg_binding_entry_check (JsonObject *entry,
                                 const CgCameraConfig *file,
                                 const char **member,
                                 GError **error);
void cg_binding_entry_reduce (JsonObject *entry, JsonObject *before, const CgCameraConfig *file);
void cg_binding_entry_complete (JsonObject *entry, const CgCameraConfig *file);
void cg_binding_entry_hide (JsonObject *entry);

G_END_DECLS
