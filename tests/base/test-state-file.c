/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-state-file.h"

#include <glib/gstdio.h>

#include "cg-progress.h"
#include "cg-test.h"

typedef struct {
  char *dir;
  CgStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = cg_test_make_dir ();
  fixture->store = cg_store_new (fixture->dir);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cg_test_flush (fixture->store);
  g_object_unref (fixture->store);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

static gboolean
on_done (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgStateFile) file = cg_state_file_new (fixture->store, "mark", "a:b/c", "a mark");
  g_autoptr (JsonNode) node = json_from_string ("{\"x\":1}", NULL);
  g_autoptr (JsonNode) read = NULL;
  gboolean is_done = FALSE;

  g_assert_null (cg_state_file_load (file));
  cg_state_file_save_and_tell (file, node, on_done, &is_done, NULL);
  cg_test_wait_for_flag (&is_done, "the writing");

  read = cg_state_file_load (file);
  g_assert_true (json_node_equal (read, node));

  cg_state_file_save (file, NULL);
  cg_test_flush (fixture->store);
  g_assert_null (cg_state_file_load (file));
}

/* Whoever has it goes on without, and the operator is told what is lost. */
static void
test_trouble (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgStateFile) file = cg_state_file_new (fixture->store, "mark", NULL, "the mark");
  g_autoptr (JsonNode) node = json_from_string ("{\"x\":1}", NULL);
  g_autofree char *damaged = cg_test_write_file (fixture->dir, "mark.json", "[1]", 0600);
  gboolean is_done = FALSE;

  g_assert_null (cg_state_file_load (file));
  cg_test_assert_warning ("the mark cannot be read: *");

  g_assert_cmpint (g_unlink (damaged), ==, 0);
  g_assert_cmpint (g_mkdir (damaged, 0700), ==, 0);
  cg_state_file_save_and_tell (file, node, on_done, &is_done, NULL);
  cg_test_wait_for_flag (&is_done, "the failure");
  cg_test_assert_warning ("the mark is not stored: *");
  g_assert_cmpint (g_rmdir (damaged), ==, 0);
}

static void
test_nothing_kept (void)
{
  g_autoptr (CgStateFile) file = cg_state_file_new (NULL, "mark", "c", "the mark");
  g_autoptr (JsonNode) node = json_from_string ("{}", NULL);
  gboolean is_done = FALSE;

  cg_state_file_save_and_tell (file, node, on_done, &is_done, NULL);

  g_assert_true (is_done);
  g_assert_null (cg_state_file_load (file));
}

static void
on_percent (guint percent, gpointer user_data)
{
  g_string_append_printf (user_data, "%u ", percent);
}

static gpointer
tell_in_thread (gpointer data)
{
  for (guint i = 0; i <= 1000; i++)
    cg_progress_tell_in_thread (data, i, 1000);
  cg_progress_tell_in_thread (data, 5, 1000); /* it begins again */
  cg_progress_tell_in_thread (data, 5, 0);
  return NULL;
}

static void
run_thread (CgProgress *progress)
{
  g_thread_join (g_thread_new ("teller", tell_in_thread, progress));
}

static void
test_progress (void)
{
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (CgProgress) progress = cg_progress_new (on_percent, told, NULL);

  run_thread (progress);
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  g_assert_cmpstr (told->str, ==, "10 20 30 40 50 60 70 80 90 100 ");
}

static void
test_progress_stopped (void)
{
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (CgProgress) progress = cg_progress_new (on_percent, told, NULL);

  run_thread (progress);
  cg_progress_stop (progress);
  cg_progress_stop (progress);
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  g_assert_cmpstr (told->str, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  g_test_add ("/state-file/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/state-file/trouble", Fixture, NULL, set_up, test_trouble, tear_down);
  g_test_add_func ("/state-file/nothing-kept", test_nothing_kept);
  g_test_add_func ("/progress/told", test_progress);
  g_test_add_func ("/progress/stopped", test_progress_stopped);
  return g_test_run ();
}
