/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-upload.h"

#include "cg-member.h"

struct _CgUpload {
  const CgUploadRow *rows;
  gsize n_rows;
  JsonNode **last; /* (owned): by row (nullable): what was uploaded */
};

/**
 * cg_upload_new:
 * @rows: properties; not copied; of a section the one for all else comes last
 * @n_rows: how many
 *
 * Returns: (transfer full): nothing was uploaded yet
 */
CgUpload *
cg_upload_new (const CgUploadRow *rows, gsize n_rows)
{
  CgUpload *self = g_new0 (CgUpload, 1);

  self->rows = rows;
  self->n_rows = n_rows;
  self->last = g_new0 (JsonNode *, n_rows);
  return self;
}

/**
 * cg_upload_free:
 * @self: (transfer full): what was uploaded
 */
void
cg_upload_free (CgUpload *self)
{
  for (gsize i = 0; i < self->n_rows; i++)
    g_clear_pointer (&self->last[i], json_node_unref);
  g_free (self->last);
  g_free (self);
}

/* All of a section but what has a row of its own: (transfer full) (nullable) */
static JsonNode *
copy_rest (CgUpload *self, const char *section, JsonObject *from)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *rest = json_object_new ();
  g_autoptr (GList) names = json_object_get_members (from);

  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (rest, l->data, json_object_dup_member (from, l->data));
  for (gsize i = 0; i < self->n_rows; i++) {
    const CgUploadRow *row = &self->rows[i];

    if (row->member != NULL && g_strcmp0 (row->section, section) == 0)
      json_object_remove_member (rest, row->member);
  }
  json_node_take_object (node, rest);
  if (json_object_get_size (rest) > 0)
    return node;
  json_node_unref (node);
  return NULL;
}

/* Returns: (transfer full) (nullable): what the snapshot says of a property */
static JsonNode *
find_value (CgUpload *self, const CgUploadRow *row, JsonObject *snapshot)
{
  JsonObject *from =
      row->section != NULL ? cg_member_get_object (snapshot, row->section) : snapshot;

  if (from == NULL)
    return NULL;
  return row->member != NULL ? json_object_dup_member (from, row->member)
                             : copy_rest (self, row->section, from);
}

static gboolean
is_due (CgUploadMode mode, gboolean is_timer, gboolean has_changed)
{
  switch (mode) {
  case CG_UPLOAD_REALTIME:
    return !is_timer;
  case CG_UPLOAD_CHANGE:
    return has_changed;
  case CG_UPLOAD_TIMER:
    return is_timer;
  case CG_UPLOAD_CHANGE_TIMER:
    return is_timer || has_changed;
  case CG_UPLOAD_NONE:
    return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

/* Returns: whether it is due, however it has changed */
static gboolean
may_be_due (const CgUploadRow *row, const CgTelemetryConfig *config, gboolean is_timer)
{
  return is_due (G_STRUCT_MEMBER (CgUploadMode, config, row->mode), is_timer, TRUE);
}

/**
 * cg_upload_wants:
 * @self: what was uploaded
 * @section: (nullable): a section of the snapshot; %NULL: its top
 * @config: how each property is uploaded
 * @is_timer: as for cg_upload_take()
 *
 * Returns: whether something of it may be due: else a snapshot need not have it
 */
gboolean
cg_upload_wants (CgUpload *self,
                 const char *section,
                 const CgTelemetryConfig *config,
                 gboolean is_timer)
{
  for (gsize i = 0; i < self->n_rows; i++) {
    if (g_strcmp0 (self->rows[i].section, section) == 0 &&
        may_be_due (&self->rows[i], config, is_timer))
      return TRUE;
  }
  return FALSE;
}

static JsonObject *
get_section (JsonObject *data, const char *section)
{
  if (section == NULL)
    return data;
  if (cg_member_get_object (data, section) == NULL)
    json_object_set_object_member (data, section, json_object_new ());
  return cg_member_get_object (data, section);
}

static void
put_value (const CgUploadRow *row, JsonNode *value, JsonObject *data)
{
  JsonObject *section = get_section (data, row->section);
  g_autoptr (GList) names = NULL;

  if (row->member != NULL) {
    json_object_set_member (section, row->member, json_node_copy (value));
    return;
  }
  names = json_object_get_members (json_node_get_object (value));
  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (section, l->data,
                            json_object_dup_member (json_node_get_object (value), l->data));
}

/**
 * cg_upload_take:
 * @self: what was uploaded
 * @snapshot: what is known now
 * @config: how each property is uploaded
 * @is_timer: the interval of the timer is over; else a sample was taken
 *
 * PROTOCOL.md section 6: `change` compares with the last uploaded value.
 *
 * Returns: (transfer full) (nullable): what is due, which counts as uploaded; %NULL: nothing
 */
JsonObject *
cg_upload_take (CgUpload *self,
                JsonObject *snapshot,
                const CgTelemetryConfig *config,
                gboolean is_timer)
{
  g_autoptr (JsonObject) data = json_object_new ();

  for (gsize i = 0; i < self->n_rows; i++) {
    const CgUploadRow *row = &self->rows[i];

    if (!may_be_due (row, config, is_timer))
      continue;
    g_autoptr (JsonNode) value = find_value (self, row, snapshot);
    if (value == NULL)
      continue;
    const gboolean has_changed = self->last[i] == NULL || !json_node_equal (self->last[i], value);
    if (!is_due (G_STRUCT_MEMBER (CgUploadMode, config, row->mode), is_timer, has_changed))
      continue;
    put_value (row, value, data);
    g_clear_pointer (&self->last[i], json_node_unref);
    self->last[i] = g_steal_pointer (&value);
  }
  return json_object_get_size (data) > 0 ? g_steal_pointer (&data) : NULL;
}
