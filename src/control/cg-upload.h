/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-config.h"

G_BEGIN_DECLS

/**
 * CgUploadRow:
 * @section: (nullable): object in which the property stands; %NULL: at the top
 * @member: (nullable): the property; %NULL: all else that stands in @section
 * @mode: offset of its #CgUploadMode in #CgTelemetryConfig
 *
 * One property that is uploaded in a way of its own.
 */
typedef struct {
  const char *section;
  const char *member;
  gsize mode;
} CgUploadRow;

/**
 * CgUpload:
 *
 * What one thing has uploaded: decides what of a snapshot is due (PROTOCOL.md section 6).
 */
typedef struct _CgUpload CgUpload;

CgUpload *cg_upload_new (const CgUploadRow *rows, gsize n_rows);
void cg_upload_free (CgUpload *self);
gboolean cg_upload_wants (CgUpload *self,
                          const char *section,
                          const CgTelemetryConfig *config,
                          gboolean is_timer);
JsonObject *cg_upload_take (CgUpload *self,
                            JsonObject *snapshot,
                            const CgTelemetryConfig *config,
                            gboolean is_timer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgUpload, cg_upload_free)

G_END_DECLS
