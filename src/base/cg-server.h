/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"

G_BEGIN_DECLS

#define CG_MQTT_PORT 1883  /* registered for MQTT (IANA) */
#define CG_MQTTS_PORT 8883 /* registered for MQTT over TLS (IANA) */

CgServer *cg_server_parse (const char *text, GError **error);
GPtrArray *cg_server_list_parse (const char *text, GError **error);
char *cg_server_to_string (const CgServer *self);
CgServer *cg_server_copy (const CgServer *self);
gboolean cg_server_equal (const CgServer *a, const CgServer *b);
void cg_server_free (CgServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgServer, cg_server_free)

G_END_DECLS
