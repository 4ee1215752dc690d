/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-store.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "cg-error.h"
#include "cg-test.h"

typedef struct {
  char *dir;
  char *state_dir;
  CgStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = cg_test_make_dir ();
  fixture->state_dir = g_build_filename (fixture->dir, "state", NULL);
  fixture->store = cg_store_new (fixture->state_dir);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->store);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->state_dir);
  g_free (fixture->dir);
}

static JsonNode *
make_node (gint64 number)
{
  g_autofree char *text = g_strdup_printf ("{\"number\":%" G_GINT64_FORMAT "}", number);

  return json_from_string (text, NULL);
}

static void
save_now (Fixture *fixture, const char *name, gint64 number)
{
  g_autoptr (JsonNode) node = make_node (number);
  g_autoptr (GError) error = NULL;

  cg_store_save_sync (fixture->store, name, node, &error);
  g_assert_no_error (error);
}

static gint64
load_number (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = cg_store_load (fixture->store, name, &error);

  g_assert_no_error (error);
  return json_object_get_int_member (json_node_get_object (node), "number");
}

static void
saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *n_left = user_data;
  g_autoptr (GError) error = NULL;

  cg_store_save_finish (CG_STORE (source), result, &error);
  g_assert_no_error (error);
  (*n_left)--;
}

static gboolean
is_zero (gpointer user_data)
{
  return *(guint *)user_data == 0;
}

static void
test_load_what_was_saved (Fixture *fixture, gconstpointer data)
{
  struct stat status;
  g_autofree char *path = g_build_filename (fixture->state_dir, "one.json", NULL);

  save_now (fixture, "one", 1);
  save_now (fixture, "two", 2);

  g_assert_cmpint (load_number (fixture, "one"), ==, 1);
  g_assert_cmpint (load_number (fixture, "two"), ==, 2);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (fixture->state_dir, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
}

static void
test_load_failures (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) absent = NULL;
  g_autoptr (GError) torn = NULL;
  g_autoptr (GError) empty = NULL;

  g_mkdir (fixture->state_dir, 0700);
  g_free (cg_test_write_file (fixture->state_dir, "torn.json", "{\"number\":", 0600));
  g_free (cg_test_write_file (fixture->state_dir, "empty.json", "", 0600));

  g_assert_null (cg_store_load (fixture->store, "absent", &absent));
  g_assert_null (cg_store_load (fixture->store, "torn", &torn));
  g_assert_null (cg_store_load (fixture->store, "empty", &empty));

  g_assert_error (absent, CG_ERROR, CG_ERROR_UNKNOWN_THING);
  g_assert_error (torn, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  g_assert_error (empty, CG_ERROR, CG_ERROR_INVALID_CONFIG);
}

static void
test_load_does_not_wait_for_the_disk (Fixture *fixture, gconstpointer data)
{
  guint n_left = 2;
  g_autoptr (JsonNode) node = make_node (7);
  g_autoptr (GError) error = NULL;
  save_now (fixture, "one", 1);
  save_now (fixture, "two", 2);

  cg_store_save_async (fixture->store, "one", node, NULL, saved, &n_left);
  cg_store_save_async (fixture->store, "two", NULL, NULL, saved, &n_left);

  g_assert_cmpint (load_number (fixture, "one"), ==, 7);
  g_assert_null (cg_store_load (fixture->store, "two", &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_UNKNOWN_THING);
  cg_test_wait_for (is_zero, &n_left, "all saves");
}

/* What cannot be read is neither waited for nor lost. */
static void
test_odd_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pipe = g_build_filename (fixture->state_dir, "pipe.json", NULL);
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autofree char *aside = g_build_filename (fixture->state_dir, "deep.json.damaged", NULL);
  g_autofree char *kept = NULL;
  g_mkdir (fixture->state_dir, 0700);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_free (cg_test_write_file (fixture->state_dir, "deep.json", deep, 0600));

  g_autoptr (GError) no_file = NULL;
  g_autoptr (GError) no_json = NULL;
  g_assert_null (cg_store_load (fixture->store, "pipe", &no_file));
  g_assert_null (cg_store_load (fixture->store, "deep", &no_json));
  save_now (fixture, "deep", 3);

  g_assert_error (no_file, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  g_assert_error (no_json, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  g_assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, deep);
  g_assert_cmpint (load_number (fixture, "deep"), ==, 3);
}

/* The parser knows comments and other quotes, in which a quote of ours hides nothing. */
static void
test_hidden_depth (Fixture *fixture, gconstpointer data)
{
  static const char *const heads[] = {"/*\"*/", "//\"\n", "['\"',"};
  g_autofree char *brackets = g_strnfill (200000, '[');
  g_mkdir (fixture->state_dir, 0700);

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++) {
    g_autofree char *name = g_strdup_printf ("hidden%zu", i);
    g_autofree char *file = g_strconcat (name, ".json", NULL);
    g_autofree char *text = g_strconcat (heads[i], brackets, NULL);
    g_autoptr (GError) error = NULL;

    g_free (cg_test_write_file (fixture->state_dir, file, text, 0600));
    g_assert_null (cg_store_load (fixture->store, name, &error));
    g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  }
}

static void
test_latest_wins (Fixture *fixture, gconstpointer data)
{
  enum { N = 100 };
  guint n_left = N;

  for (guint i = 1; i <= N; i++) {
    g_autoptr (JsonNode) node = make_node (i);
    cg_store_save_async (fixture->store, "one", node, NULL, saved, &n_left);
  }
  cg_test_wait_for (is_zero, &n_left, "all saves");

  g_assert_cmpint (load_number (fixture, "one"), ==, N);
}

static void
test_sync_overtakes_async (Fixture *fixture, gconstpointer data)
{
  guint n_left = 20;

  for (guint i = 0; i < 20; i++) {
    g_autoptr (JsonNode) node = make_node (i);
    cg_store_save_async (fixture->store, "one", node, NULL, saved, &n_left);
  }
  save_now (fixture, "one", 4711);

  g_assert_cmpint (load_number (fixture, "one"), ==, 4711);
  cg_test_wait_for (is_zero, &n_left, "all saves");
  g_assert_cmpint (load_number (fixture, "one"), ==, 4711);
}

static void
test_null_removes (Fixture *fixture, gconstpointer data)
{
  guint n_left = 1;
  g_autoptr (GError) error = NULL;

  save_now (fixture, "one", 1);
  cg_store_save_async (fixture->store, "one", NULL, NULL, saved, &n_left);
  cg_test_wait_for (is_zero, &n_left, "the removal");

  g_assert_null (cg_store_load (fixture->store, "one", &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_UNKNOWN_THING);
}

static void
save_failed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  g_assert_false (cg_store_save_finish (CG_STORE (source), result, error));
}

static gboolean
is_there (gpointer user_data)
{
  return *(gpointer *)user_data != NULL;
}

static void
test_failure_keeps_the_old_content (Fixture *fixture, gconstpointer data)
{
  g_autofree char *obstacle = g_build_filename (fixture->state_dir, "one.json.tmp", NULL);
  g_autoptr (JsonNode) node = make_node (2);
  g_autoptr (GError) error = NULL;

  save_now (fixture, "one", 1);
  g_assert_cmpint (g_mkdir (obstacle, 0700), ==, 0); /* even root cannot write into a folder */
  cg_store_save_async (fixture->store, "one", node, NULL, save_failed, &error);
  cg_test_wait_for (is_there, &error, "the failure");

  g_assert_error (error, CG_ERROR, CG_ERROR_INTERNAL);
  g_assert_nonnull (strstr (error->message, "one.json.tmp"));
  g_assert_cmpint (load_number (fixture, "one"), ==, 1);
}

static void
flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  *done = cg_store_flush_finish (CG_STORE (source), result, NULL);
}

static gboolean
is_true (gpointer user_data)
{
  return *(gboolean *)user_data;
}

static void
test_flush_waits_for_every_save (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) one = make_node (1);
  g_autoptr (JsonNode) two = make_node (2);
  gboolean done = FALSE;

  cg_store_save_async (fixture->store, "a", one, NULL, NULL, NULL);
  cg_store_save_async (fixture->store, "a", two, NULL, NULL, NULL);
  cg_store_save_async (fixture->store, "b", one, NULL, NULL, NULL);
  cg_store_flush_async (fixture->store, flushed, &done);
  g_assert_false (done);
  cg_test_wait_for (is_true, &done, "the flush");

  g_assert_cmpint (load_number (fixture, "a"), ==, 2);
  g_assert_cmpint (load_number (fixture, "b"), ==, 1);
}

static void
test_flush_of_nothing_is_done (Fixture *fixture, gconstpointer data)
{
  gboolean done = FALSE;

  cg_store_flush_async (fixture->store, flushed, &done);
  cg_test_wait_for (is_true, &done, "the flush");

  g_assert_true (done);
}

static void
test_store_may_go_before_its_saves (Fixture *fixture, gconstpointer data)
{
  guint n_left = 1;
  CgStore *store = cg_store_new (fixture->state_dir);
  g_autoptr (JsonNode) node = make_node (1);

  cg_store_save_async (store, "one", node, NULL, saved, &n_left);
  g_object_unref (store);
  cg_test_wait_for (is_zero, &n_left, "the save");

  g_assert_cmpint (load_number (fixture, "one"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/store/load-what-was-saved", test_load_what_was_saved);
  ADD ("/store/load-failures", test_load_failures);
  ADD ("/store/load-does-not-wait-for-the-disk", test_load_does_not_wait_for_the_disk);
  ADD ("/store/odd-files", test_odd_files);
  ADD ("/store/hidden-depth", test_hidden_depth);
  ADD ("/store/latest-wins", test_latest_wins);
  ADD ("/store/sync-overtakes-async", test_sync_overtakes_async);
  ADD ("/store/null-removes", test_null_removes);
  ADD ("/store/failure-keeps-the-old-content", test_failure_keeps_the_old_content);
  ADD ("/store/flush-waits-for-every-save", test_flush_waits_for_every_save);
  ADD ("/store/flush-of-nothing-is-done", test_flush_of_nothing_is_done);
  ADD ("/store/store-may-go-before-its-saves", test_store_may_go_before_its_saves);
  return g_test_run ();
}
