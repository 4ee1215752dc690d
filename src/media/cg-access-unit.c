/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-access-unit.h"

/**
 * cg_access_unit_new:
 * @track: video or audio
 * @format: how to decode it
 * @data: the bytes
 * @key: decoding can start here
 *
 * Returns: (transfer full): a unit without time stamps; the hub gives them
 */
CgAccessUnit *
cg_access_unit_new (CgTrack track, CgFormat *format, GBytes *data, gboolean key)
{
  g_return_val_if_fail (format != NULL && data != NULL, NULL);

  CgAccessUnit *self = g_new0 (CgAccessUnit, 1);
  g_atomic_ref_count_init (&self->references);
  self->track = track;
  self->key = key || track == CG_TRACK_AUDIO;
  self->format = cg_format_ref (format);
  self->data = g_bytes_ref (data);
  return self;
}

/**
 * cg_access_unit_ref:
 * @self: a unit
 *
 * Returns: (transfer full): @self; any thread
 */
CgAccessUnit *
cg_access_unit_ref (CgAccessUnit *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * cg_access_unit_unref:
 * @self: (transfer full): a unit; any thread
 */
void
cg_access_unit_unref (CgAccessUnit *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  cg_format_unref (self->format);
  g_bytes_unref (self->data);
  g_free (self);
}

/**
 * cg_access_unit_get_size:
 * @self: a unit
 *
 * Returns: its bytes
 */
gsize
cg_access_unit_get_size (const CgAccessUnit *self)
{
  return g_bytes_get_size (self->data);
}
