/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

gboolean cg_elements_register (GstPlugin *plugin);

G_END_DECLS
