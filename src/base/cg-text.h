/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The longest value of a setting: MQTT takes 65535 bytes, and a topic still needs room for a did.
 */
#define CG_TEXT_MAX_BYTES 4096

gboolean cg_text_is_plain (const char *text);
char *cg_text_make_plain (const char *text);

G_END_DECLS
