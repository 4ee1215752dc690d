/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our elements as a plugin, for gst-launch-1.0 and gst-inspect-1.0 only: the daemon has them
 * built in. GST_PLUGIN_PATH=build/src/media gst-launch-1.0 cgrtspsrc location=rtsp://… ! … */
#include "cg-elements.h"

#define PACKAGE "camgate"

static gboolean
init_plugin (GstPlugin *plugin)
{
  return cg_elements_register (plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR,
                   GST_VERSION_MINOR,
                   camgate,
                   "Elements of camgate",
                   init_plugin,
                   "1",
                   "GPL",
                   PACKAGE,
                   "camgate")
