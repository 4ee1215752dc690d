/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cg_sdp_repair (const char *text, gsize length);

G_END_DECLS
