/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-status.h"

/**
 * cg_ptz_status_free:
 * @self: (transfer full) (nullable): a status
 */
void
cg_ptz_status_free (CgPtzStatus *self)
{
  if (self == NULL)
    return;
  g_free (self->source);
  g_free (self->preset_name);
  g_clear_pointer (&self->learnt, json_node_unref);
  g_free (self);
}
