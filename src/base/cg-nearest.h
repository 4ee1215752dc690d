/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint cg_nearest_distance (const char *a, const char *b);
const char *cg_nearest_find (const char *word, const char *const *known, gsize n_known);

G_END_DECLS
