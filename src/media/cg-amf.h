/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Action Message Format 0, as far as RTMP commands need it (Adobe, AMF 0 Specification, 2). */

void cg_amf_append_number (GByteArray *array, double value);
void cg_amf_append_boolean (GByteArray *array, gboolean value);
void cg_amf_append_string (GByteArray *array, const char *value);
void cg_amf_append_null (GByteArray *array);
void cg_amf_begin_object (GByteArray *array);
void cg_amf_begin_array (GByteArray *array, guint32 length);
void cg_amf_begin_list (GByteArray *array, guint32 length);
void cg_amf_append_key (GByteArray *array, const char *key);
void cg_amf_end_object (GByteArray *array);

/**
 * CgAmfCommand:
 * @number: the last plain number among the arguments; a stream id, say
 * @texts: (element-type utf8): the plain strings among the arguments
 * @properties: (element-type utf8 utf8): the strings of all objects among the arguments
 * @parts: (element-type utf8): what stands in their lists and objects, for cg_amf_command_has()
 *
 * A command message, or an answer to one, as far as a client cares (RTMP 1.0, 7.2).
 */
typedef struct {
  char *name;
  double transaction;
  double number;
  GPtrArray *texts;
  GHashTable *properties;
  GHashTable *parts;
} CgAmfCommand;

CgAmfCommand *cg_amf_command_parse (const guint8 *data, gsize size);
void cg_amf_command_free (CgAmfCommand *self);
const char *cg_amf_command_get (const CgAmfCommand *self, const char *key);
gboolean cg_amf_command_has (const CgAmfCommand *self, const char *key, const char *part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgAmfCommand, cg_amf_command_free)

G_END_DECLS
