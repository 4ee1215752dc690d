/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes *cg_refusal_build (GBytes *reply, gboolean all_flat);

G_END_DECLS
