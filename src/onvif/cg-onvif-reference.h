/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cg_onvif_reference_read_parameters (const char *answer);

G_END_DECLS
