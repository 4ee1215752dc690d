/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CG_ON_MAIN:
 *
 * The first line of a public method that belongs to the main loop: aborts when it is called from
 * another thread than the one that called cg_main_claim(). Costs one comparison; gone with
 * `G_DISABLE_ASSERT`. Before anybody has claimed (unit tests) it lets everything pass.
 */
#define CG_ON_MAIN() g_assert (cg_main_is_current ())

void cg_main_claim (void);
gboolean cg_main_is_current (void);
void
cg_main_post (GMainContext *context, GSourceFunc func, gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
