/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-elements.h"

#include "cg-rtsp-src.h"

/**
 * cg_elements_register:
 * @plugin: (nullable): %NULL: of this program alone
 *
 * Makes our own elements known by name. More than once does no harm.
 *
 * Returns: whether it worked
 */
gboolean
cg_elements_register (GstPlugin *plugin)
{
  return gst_element_register (plugin, "cgrtspsrc", GST_RANK_NONE, CG_TYPE_RTSP_SRC);
}
