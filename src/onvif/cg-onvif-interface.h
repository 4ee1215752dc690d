/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char **cg_onvif_interface_list_addresses (const char *const *wanted);

G_END_DECLS
