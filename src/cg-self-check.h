/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cg_self_check (const char *config, GError **error);

G_END_DECLS
