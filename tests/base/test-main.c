/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-main.h"

static gpointer
ask (gpointer data)
{
  return GINT_TO_POINTER (cg_main_is_current ());
}

static gboolean
ask_elsewhere (void)
{
  GThread *thread = g_thread_new ("other", ask, NULL);

  return GPOINTER_TO_INT (g_thread_join (thread));
}

static void
test_claim (void)
{
  g_assert_true (cg_main_is_current ());
  g_assert_true (ask_elsewhere ());

  cg_main_claim ();

  g_assert_true (cg_main_is_current ());
  g_assert_false (ask_elsewhere ());
}

typedef struct {
  GThread *ran_in;
  gboolean destroyed;
} Post;

static gboolean
note_thread (gpointer user_data)
{
  Post *post = user_data;

  post->ran_in = g_thread_self ();
  return G_SOURCE_REMOVE;
}

static void
note_destroyed (gpointer user_data)
{
  Post *post = user_data;

  post->destroyed = TRUE;
}

static gpointer
post_in_thread (gpointer data)
{
  cg_main_post (NULL, note_thread, data, note_destroyed);
  return NULL;
}

/* Nobody owns the context while the other thread posts: it must not run there all the same. */
static void
test_post (void)
{
  Post post = {0};

  g_thread_join (g_thread_new ("other", post_in_thread, &post));
  g_assert_null (post.ran_in);
  while (!post.destroyed)
    g_main_context_iteration (NULL, TRUE);

  g_assert_true (post.ran_in == g_thread_self ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/main/claim", test_claim);
  g_test_add_func ("/main/post", test_post);
  return g_test_run ();
}
