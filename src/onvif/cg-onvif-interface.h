/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char **cg_onvif_interface_list_addresses (const char *const *wanted);
gboolean cg_onvif_interface_is_address (const char *text);
char *cg_onvif_interface_write_source (GSocketAddress *source);
GSocket *cg_onvif_interface_open_udp (GSocketAddress *own, gboolean shared, GError **error);

G_END_DECLS
