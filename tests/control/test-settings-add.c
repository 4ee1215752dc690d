/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cameras that come in a list beside the others: camgatectl import. */
#include "cg-settings.h"

#include <time.h>

#include "cg-error.h"
#include "cg-test.h"
#include "control-fixture.h"
#include "settings-writer.h"

#define FILE_TEXT                                                                                  \
  "[gateway]\ndid=" GATEWAY "\n[camera f]\naddress=192.0.2.7\nusername=u\npassword=pw-f\n"

typedef struct {
  CgConfig *file;
  CgSettings *settings;
  guint changes;
  gboolean is_done;
  CgBindingSum sum;
  GError *error;
} Fixture;

static void
on_changed (CgSettings *settings, Fixture *fixture)
{
  fixture->changes++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->file = cg_config_parse (FILE_TEXT, -1, "test", NULL, &error);
  g_assert_no_error (error);
  fixture->settings = cg_settings_new (NULL, fixture->file);
  g_signal_connect (fixture->settings, "changed", G_CALLBACK (on_changed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->settings);
  cg_config_unref (fixture->file);
  g_clear_error (&fixture->error);
}

static void
write_to (Fixture *fixture, const char *did, const char *text)
{
  g_autoptr (GError) error = NULL;

  settings_write (fixture->settings, did, text, &error);
  g_assert_no_error (error);
}

static const CgCameraConfig *
find (Fixture *fixture, const char *did)
{
  return settings_find (fixture->settings, did);
}

static void
on_added (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_clear_error (&fixture->error);
  fixture->sum = (CgBindingSum){0};
  cg_settings_add_finish (CG_SETTINGS (object), result, &fixture->sum, &fixture->error);
  fixture->is_done = TRUE;
}

static void
add (Fixture *fixture, const char *text, gboolean only_checks)
{
  g_autoptr (JsonObject) params = settings_parse (text);

  fixture->is_done = FALSE;
  cg_settings_add_async (fixture->settings, params, only_checks, NULL, on_added, fixture);
  cg_test_wait_for_flag (&fixture->is_done, "an answer");
}

static void
assert_sum (Fixture *fixture, guint added, guint changed, guint same)
{
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->sum.added, ==, added);
  g_assert_cmpuint (fixture->sum.changed, ==, changed);
  g_assert_cmpuint (fixture->sum.same, ==, same);
}

/* A list from the local socket: what it does not name stays, of cameras and of members. */
static void
test_add (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonObject) shown = NULL;

  write_to (fixture, NULL,
            "{\"updated\":5,\"lora\":[1],\"cameras\":[{\"did\":\"c\",\"ip\":\"h\","
            "\"password\":\"p\",\"own\":[1]},{\"did\":\"d\",\"ip\":\"i\"}]}");
  write_to (fixture, "d", "{\"updated\":9,\"name\":\"old\"}");

  add (fixture,
       "{\"camera\":[{\"did\":\"c\",\"address\":\"j\",\"password\":\"******\"},"
       "{\"did\":\"d\",\"name\":\"old\"},{\"did\":\"e\",\"address\":\"k\"}]}",
       FALSE);

  assert_sum (fixture, 1, 1, 1);
  g_assert_cmpstr (find (fixture, "c")->address, ==, "j");
  g_assert_cmpstr (find (fixture, "c")->password, ==, "p");
  g_assert_nonnull (find (fixture, "e"));
  g_assert_cmpint (cg_settings_get_config (fixture->settings)->updated, ==, 5);
  shown = cg_settings_read_one (fixture->settings, "c", FALSE);
  g_assert_false (json_object_has_member (shown, "ip"));
  g_assert_true (json_object_has_member (shown, "own"));
  g_assert_cmpuint (fixture->changes, ==, 3);
}

/* The file goes on to count where the list says nothing else. */
static void
test_add_to_the_file (Fixture *fixture, gconstpointer data)
{
  const char *echo = "{\"camera\":[{\"did\":\"f\",\"protocol\":\"onvif\",\"address\":"
                     "\"192.0.2.7\",\"username\":\"u\",\"password\":\"pw-f\"}]}";

  add (fixture, echo, FALSE);
  assert_sum (fixture, 0, 0, 1);
  g_assert_cmpstr (cg_settings_get_source (fixture->settings, "f"), ==, "file");
  g_assert_cmpuint (fixture->changes, ==, 0);

  add (fixture, "{\"camera\":[{\"did\":\"f\",\"address\":\"192.0.2.7\",\"name\":\"n\"}]}", FALSE);
  assert_sum (fixture, 0, 1, 0);
  g_assert_cmpstr (cg_settings_get_source (fixture->settings, "f"), ==, "file+cloud");
  g_assert_cmpstr (find (fixture, "f")->password, ==, "pw-f");
}

/* What was read, with stars or without, and with what the file says beside it, says nothing new. */
static void
test_add_what_was_read (Fixture *fixture, gconstpointer data)
{
  write_to (
      fixture, NULL,
      "{\"cameras\":[{\"did\":\"c\",\"ip\":\"h\",\"password\":\"p\",\"own\":null,\"name\":null},"
      "{\"did\":\"d\",\"host\":\"i:80\",\"name\":\"\",\"deep\":{\"a\":[1.5,null]}},"
      "{\"did\":\"f\",\"name\":\"of the cloud\"}]}");

  for (guint reveal = 0; reveal < 2; reveal++) {
    g_autoptr (JsonObject) shown = cg_settings_read (fixture->settings, reveal);
    g_autoptr (JsonObject) again = NULL;
    JsonObject *list = json_object_new ();
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
    g_autofree char *text = NULL;

    json_object_set_member (list, "camera", json_object_dup_member (shown, "cameras"));
    json_node_take_object (node, list);
    text = json_to_string (node, FALSE);
    add (fixture, text, FALSE);

    assert_sum (fixture, 0, 0, 3);
    again = cg_settings_read (fixture->settings, reveal);
    g_assert_true (json_object_equal (shown, again));
  }
  g_assert_cmpuint (fixture->changes, ==, 1);
  g_assert_cmpstr (find (fixture, "f")->address, ==, "192.0.2.7");
}

static void
test_add_all_or_nothing (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *text;
    const char *path;
  } rows[] = {
      {"{}", "camera: is no list"},
      {"{\"camera\":[{\"did\":\"a\",\"address\":\"h\"},5]}", "camera[1].did: is missing"},
      {"{\"camera\":[{\"did\":\"a\",\"address\":\"h\"},{\"did\":\"b\"}]}",
       "camera[1].address: is missing"},
      {"{\"camera\":[{\"did\":\"a\",\"address\":\"h\"},{\"did\":\"a\"}]}",
       "camera[1].did: stands twice, first in camera[0]"},
      {"{\"camera\":[{\"did\":\"a\",\"address\":\"h\",\"secret\":\"******\"}]}",
       "camera[0].secret: is stars"},
      {"{\"camera\":[{\"did\":\"" GATEWAY "\",\"address\":\"h\"}]}", "camera[0].did: is the gat"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    add (fixture, rows[i].text, FALSE);
    g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_test_message ("%s", fixture->error->message);
    g_assert_true (g_str_has_prefix (fixture->error->message, rows[i].path));
  }
  add (fixture, "{\"camera\":[{\"did\":\"a\",\"address\":\"h\"}]}", TRUE);
  assert_sum (fixture, 1, 0, 0);

  g_assert_cmpuint (fixture->changes, ==, 0);
  g_assert_null (find (fixture, "a"));
}

static void
on_overdue (GObject *object, GAsyncResult *result, gpointer user_data)
{
  guint *n_done = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_false (cg_settings_write_finish (CG_SETTINGS (object), result, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_CANCELLED);
  ++*n_done;
}

static void
assert_name (CgSettings *settings, const char *expected)
{
  const CgCameraConfig *camera = cg_config_find_camera (cg_settings_get_config (settings), "c");

  g_assert_nonnull (camera);
  g_assert_cmpstr (camera->name, ==, expected);
}

#define NAMED(name) "{\"camera\":[{\"did\":\"c\",\"address\":\"192.0.2.9\",\"name\":\"" name "\"}]}"

/* What nobody waits for any more is not done: neither what has not begun, nor what the disk has
 * taken too long for. */
static void
test_overdue (void)
{
  g_autofree char *dir = cg_test_make_dir ();
  g_autoptr (CgConfig) file = cg_config_parse (FILE_TEXT, -1, "test", NULL, NULL);
  g_autoptr (CgStore) store = cg_store_new (dir);
  CgSettings *settings = cg_settings_new (store, file);
  g_autoptr (JsonObject) first = settings_parse (NAMED ("first"));
  g_autoptr (JsonObject) second = settings_parse (NAMED ("second"));
  g_autoptr (GCancellable) overdue = g_cancellable_new ();
  guint n_done = 0;

  settings_write (settings, NULL, NAMED ("old"), NULL);
  cg_settings_write_async (settings, NULL, first, overdue, on_overdue, &n_done);
  cg_settings_write_async (settings, NULL, second, overdue, on_overdue, &n_done);
  g_cancellable_cancel (overdue);
  while (n_done < 2)
    g_main_context_iteration (NULL, TRUE);

  assert_name (settings, "old");
  cg_test_flush (store);
  g_assert_finalize_object (settings);
  settings = cg_settings_new (store, file);
  assert_name (settings, "old");
  g_assert_finalize_object (settings);
  cg_test_remove_dir (dir);
}

#define FEW 500
#define TIMES 8
#define N_WRITES 4

static char *
make_many (guint count)
{
  GString *text = g_string_new ("{\"camera\":[");

  for (guint i = 0; i < count; i++)
    g_string_append_printf (text, "%s{\"did\":\"%012u\",\"address\":\"192.0.2.9:%u\"}",
                            i > 0 ? "," : "", i, 1 + i);
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

/* Of the processor, since it was last asked. */
static double
get_spent_s (clock_t *since)
{
  const clock_t before = *since;

  *since = clock ();
  return (double)(*since - before) / CLOCKS_PER_SEC;
}

static void
spend (guint count, double *took_s)
{
  g_autofree char *many = make_many (count);
  Fixture fixture = {NULL};
  set_up (&fixture, NULL);
  clock_t since = clock ();

  add (&fixture, many, FALSE);
  took_s[0] = get_spent_s (&since);
  assert_sum (&fixture, count, 0, 0);
  write_to (&fixture, NULL, "{\"x\":1}");
  took_s[1] = get_spent_s (&since);
  add (&fixture, many, FALSE);
  took_s[2] = get_spent_s (&since);
  assert_sum (&fixture, 0, 0, count);
  write_to (&fixture, NULL, many);
  took_s[3] = get_spent_s (&since);
  tear_down (&fixture, NULL);
}

/* A write among thousands of cameras leaves time for a ptz stop: a search in each search would take
 * TIMES × TIMES as long. */
static void
test_many (void)
{
  double few_s[N_WRITES], many_s[N_WRITES];

  spend (FEW, few_s);
  spend (TIMES * FEW, many_s);

  for (guint i = 0; i < N_WRITES; i++) {
    g_test_message ("%.3f s, %.3f s", few_s[i], many_s[i]);
    g_assert_cmpfloat (many_s[i], <, TIMES * TIMES / 2 * few_s[i] + 0.05);
  }
}

#define ADD(name, func) g_test_add ("/settings-add/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("others-stay", test_add);
  ADD ("to-the-file", test_add_to_the_file);
  ADD ("what-was-read", test_add_what_was_read);
  ADD ("all-or-nothing", test_add_all_or_nothing);
  g_test_add_func ("/settings-add/many", test_many);
  g_test_add_func ("/settings-add/overdue", test_overdue);
  return g_test_run ();
}
