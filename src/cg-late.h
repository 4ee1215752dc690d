/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cg_late_open (GError **error);
gboolean cg_late_load (GError **error);

G_END_DECLS
