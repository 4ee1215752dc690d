/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cg_onvif_repair_xml (const char *bytes, gsize length);
char *cg_onvif_repair_numbers (const char *xml, const char *tag);

G_END_DECLS
