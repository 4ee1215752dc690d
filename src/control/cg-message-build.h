/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What the bridge says unasked, or in place of a reply: PROTOCOL.md section 2. */

GBytes *cg_message_build_event (const char *did,
                                const char *token,
                                const char *service,
                                JsonObject *content);
GBytes *
cg_message_build_stream (const char *did, const char *token, const char *stream, JsonObject *data);
GBytes *cg_message_build_will (const char *did);
GBytes *cg_message_build_register (const char *did, const char *secret, JsonObject *data);
GBytes *cg_message_build_too_long (GBytes *reply, gboolean all_flat);
GBytes *cg_message_build (JsonObject *root);

char *cg_message_sign (const char *did, const char *secret);

G_END_DECLS
