/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-main.h"

/* The thread that runs the main loop; NULL until somebody claims it. Atomic. */
static GThread *main_thread;

/**
 * cg_main_claim:
 *
 * Makes the calling thread the one that %CG_ON_MAIN accepts. Called once by the composition root
 * before it starts anything, and by tests that run loops of their own.
 */
void
cg_main_claim (void)
{
  g_atomic_pointer_set (&main_thread, g_thread_self ());
}

/**
 * cg_main_is_current:
 *
 * Returns: %TRUE on the thread that called cg_main_claim(), and everywhere before that
 */
gboolean
cg_main_is_current (void)
{
  GThread *claimed = g_atomic_pointer_get (&main_thread);

  return claimed == NULL || claimed == g_thread_self ();
}

/**
 * cg_main_post:
 * @context: (nullable): where @func is to run; %NULL: the default one
 * @func: called once there, in the order of the posts
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data, also when the context goes before @func was called
 *
 * The way from another thread to the main loop. Unlike g_main_context_invoke() it never calls back
 * in the posting thread, which that does whenever nobody happens to own @context: before the loop
 * runs, or between two iterations.
 */
void
cg_main_post (GMainContext *context, GSourceFunc func, gpointer user_data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, user_data, destroy);
  g_source_attach (source, context);
}
