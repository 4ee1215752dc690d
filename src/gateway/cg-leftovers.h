/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void cg_leftovers_remove (const char *dir, GHashTable *orders);

G_END_DECLS
