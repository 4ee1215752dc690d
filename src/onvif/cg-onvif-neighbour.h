/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cg_onvif_neighbour_read (const char *table, const char *address);
char *cg_onvif_neighbour_find_in_thread (const char *address);

G_END_DECLS
