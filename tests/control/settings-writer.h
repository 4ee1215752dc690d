/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-settings.h"

G_BEGIN_DECLS

/* A cloud that writes its configuration as text and waits for the answer. */

JsonObject *settings_parse (const char *text);
void settings_write (CgSettings *settings, const char *did, const char *text, GError **error);
const CgCameraConfig *settings_find (CgSettings *settings, const char *did);

G_END_DECLS
