/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz.h"

/**
 * cg_preset_entry_free:
 * @self: (transfer full): an entry of a preset list
 */
void
cg_preset_entry_free (CgPresetEntry *self)
{
  g_free (self->name);
  g_free (self);
}
