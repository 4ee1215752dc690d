/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cg_sim_duration_parse (const char *text, gint64 *duration_ms);

G_END_DECLS
