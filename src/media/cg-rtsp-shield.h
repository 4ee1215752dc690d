/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cg_rtsp_shield_ensure (void);

G_END_DECLS
