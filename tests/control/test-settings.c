/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration from the cloud: PROTOCOL.md section 5, config and peripheral. */
#include "cg-settings.h"

#include <glib/gstdio.h>

#include "cg-error.h"
#include "cg-test.h"
#include "control-fixture.h"
#include "settings-writer.h"

#define FILE_TEXT                                                                                  \
  "[gateway]\ndid=" GATEWAY "\n[camera f]\naddress=192.0.2.7\nusername=u\npassword=pw-f\n"         \
  "audio=silent\n"

typedef struct {
  char *dir;
  CgConfig *file;
  CgStore *store;
  CgSettings *settings;
  guint changes;
  GError *error;
} Fixture;

static void
on_changed (CgSettings *settings, Fixture *fixture)
{
  fixture->changes++;
}

static void
begin (Fixture *fixture)
{
  fixture->store = cg_store_new (fixture->dir);
  fixture->settings = cg_settings_new (fixture->store, fixture->file);
  fixture->changes = 0;
  g_signal_connect (fixture->settings, "changed", G_CALLBACK (on_changed), fixture);
}

static void
end (Fixture *fixture)
{
  cg_test_flush (fixture->store);
  g_assert_finalize_object (fixture->settings);
  g_object_unref (fixture->store); /* its thread may still hold it for a moment */
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = cg_test_make_dir ();
  fixture->file = cg_config_parse (FILE_TEXT, -1, "test", NULL, &error);
  g_assert_no_error (error);
  begin (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  end (fixture);
  cg_config_unref (fixture->file);
  g_clear_error (&fixture->error);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

static void
write_to (Fixture *fixture, const char *did, const char *text)
{
  g_clear_error (&fixture->error);
  settings_write (fixture->settings, did, text, &fixture->error);
}

static void
write_good (Fixture *fixture, const char *text)
{
  write_to (fixture, NULL, text);
  g_assert_no_error (fixture->error);
}

static const CgCameraConfig *
find (Fixture *fixture, const char *did)
{
  return settings_find (fixture->settings, did);
}

static void
assert_read (Fixture *fixture, const char *expected)
{
  g_autoptr (JsonNode) shown = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonNode) wanted = json_from_string (expected, NULL);
  g_autofree char *text = NULL;

  g_assert_nonnull (wanted);
  json_node_take_object (shown, cg_settings_read (fixture->settings, FALSE));
  text = json_to_string (shown, FALSE);
  g_test_message ("%s", text);
  g_assert_true (json_node_equal (shown, wanted));
}

/* Every way in which a list and its addresses may be written. */
static void
test_spellings (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *text;
    const char *address;
  } rows[] = {
      {"{\"camera\":[{\"did\":\"c\",\"address\":\"192.0.2.1\"}]}", "192.0.2.1"},
      {"{\"cameras\":[{\"did\":\"c\",\"host\":\"192.0.2.2:8000\"}]}", "192.0.2.2:8000"},
      {"{\"peripherals\":{\"camera\":[{\"did\":\"c\",\"ip\":\"http://192.0.2.3/onvif\"}]}}",
       "http://192.0.2.3/onvif"},
      {"{\"camera\":[{\"did\":\"c\",\"address\":null,\"ip\":\"192.0.2.4\",\"x\":1}]}", "192.0.2.4"},
      {"{\"camera\":[{\"did\":\"c\",\"protocol\":\"onvif\",\"address\":\"gate\"}],\"updated\":"
       "\"7\"}",
       "gate"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].text);
    write_good (fixture, rows[i].text);
    g_assert_cmpstr (find (fixture, "c")->address, ==, rows[i].address);
    g_assert_cmpuint (fixture->changes, ==, i + 1);
  }
  g_assert_cmpint (cg_settings_get_config (fixture->settings)->updated, ==, 7);
}

static void
test_all_members (Fixture *fixture, gconstpointer data)
{
  const CgCameraConfig *camera;

  write_good (fixture, "{\"camera\":[{\"did\":\"c\",\"address\":\"h\",\"username\":\"u\","
                       "\"password\":\"p\",\"secret\":\"s\",\"url\":\"rtsp://h/1\",\"name\":\"n\","
                       "\"profile\":\"p2\"}]}");

  camera = find (fixture, "c");
  g_assert_cmpstr (camera->username, ==, "u");
  g_assert_cmpstr (camera->password, ==, "p");
  g_assert_cmpstr (camera->secret, ==, "s");
  g_assert_cmpstr (camera->url, ==, "rtsp://h/1");
  g_assert_cmpstr (camera->name, ==, "n");
  g_assert_cmpstr (camera->profile, ==, "p2");
}

/* The file stays; of a camera in both the cloud's members win, until it lets it go. */
static void
test_precedence (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (cg_settings_get_source (fixture->settings, "f"), ==, "file");
  write_good (fixture, "{\"camera\":[{\"did\":\"c\",\"address\":\"h\"},"
                       "{\"did\":\"f\",\"address\":\"192.0.2.8\"}]}");

  g_assert_cmpstr (cg_settings_get_source (fixture->settings, "c"), ==, "cloud");
  g_assert_cmpstr (cg_settings_get_source (fixture->settings, "f"), ==, "file+cloud");
  g_assert_cmpstr (find (fixture, "f")->address, ==, "192.0.2.8");
  g_assert_cmpstr (find (fixture, "f")->password, ==, "pw-f");
  g_assert_cmpint (find (fixture, "f")->audio, ==, CG_AUDIO_SILENT);

  write_good (fixture, "{\"camera\":[]}");
  g_assert_null (find (fixture, "c"));
  g_assert_cmpstr (find (fixture, "f")->address, ==, "192.0.2.7");
}

#define LISTS "\"bluetooth\":[{\"a\":1.5,\"b\":[null,true]}],\"lora\":{\"password\":\"open\"}"

/* What is not ours is kept and returned; what a write does not name stays. */
static void
test_unknown_lists (Fixture *fixture, gconstpointer data)
{
  write_good (fixture, "{\"updated\":5," LISTS ",\"peripherals\":{\"modbus\":[1],\"camera\":"
                       "[{\"did\":\"c\",\"address\":\"h\",\"zone\":{\"x\":1}}]}}");
  assert_read (fixture,
               "{\"updated\":5," LISTS ",\"peripherals\":{\"modbus\":[1],\"camera\":["
               "{\"did\":\"c\",\"address\":\"h\",\"zone\":{\"x\":1}},"
               "{\"did\":\"f\",\"protocol\":\"onvif\",\"address\":\"192.0.2.7\",\"username\":"
               "\"u\",\"password\":\"******\"}]}}");

  write_good (fixture, "{\"updated\":6,\"uarts\":[],\"cameras\":[]}");

  assert_read (fixture, "{\"updated\":6," LISTS ",\"uarts\":[],\"peripherals\":{\"modbus\":[1]},"
                        "\"cameras\":[{\"did\":\"f\",\"protocol\":\"onvif\",\"address\":"
                        "\"192.0.2.7\",\"username\":\"u\",\"password\":\"******\"}]}");
  write_good (fixture, "{\"updated\":7,\"uarts\":[1]}");
  end (fixture);
  begin (fixture);
  assert_read (fixture, "{\"updated\":7," LISTS ",\"uarts\":[1],\"peripherals\":{\"modbus\":[1]},"
                        "\"cameras\":[{\"did\":\"f\",\"protocol\":\"onvif\",\"address\":"
                        "\"192.0.2.7\",\"username\":\"u\",\"password\":\"******\"}]}");
}

#define ONE(members) "{\"camera\":[{\"did\":\"c\",\"address\":\"h\"" members "}]}"

static void
test_passwords (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonObject) shown = NULL;
  g_autoptr (JsonObject) open = NULL;

  write_good (fixture, ONE (",\"password\":\"hunter2\",\"secret\":\"s3cret\""));

  shown = cg_settings_read_one (fixture->settings, "c", FALSE);
  open = cg_settings_read_one (fixture->settings, "c", TRUE);
  g_assert_cmpstr (json_object_get_string_member (shown, "password"), ==, "******");
  g_assert_cmpstr (json_object_get_string_member (shown, "secret"), ==, "******");
  g_assert_cmpstr (json_object_get_string_member (open, "password"), ==, "hunter2");
  g_assert_cmpstr (json_object_get_string_member (open, "secret"), ==, "s3cret");

  write_good (fixture, ONE (",\"password\":\"******\",\"name\":\"gate\""));
  g_assert_cmpstr (find (fixture, "c")->password, ==, "hunter2");
  g_assert_cmpstr (find (fixture, "c")->name, ==, "gate");
  g_assert_null (find (fixture, "c")->secret);
  write_good (fixture, "{\"camera\":[{\"did\":\"f\",\"password\":\"******\"}]}");
  g_assert_cmpstr (find (fixture, "f")->password, ==, "pw-f");
}

/* One that stands in an address is a password, too (Q26). */
static void
test_login_in_address (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonObject) shown = NULL;

  write_good (fixture, "{\"camera\":[{\"did\":\"c\",\"ip\":\"http://admin:p%40ss@192.0.2.1/\"}]}");

  shown = cg_settings_read_one (fixture->settings, "c", FALSE);
  g_assert_cmpstr (json_object_get_string_member (shown, "ip"), ==, "http://192.0.2.1/");
  g_assert_cmpstr (json_object_get_string_member (shown, "username"), ==, "admin");
  g_assert_cmpstr (json_object_get_string_member (shown, "password"), ==, "******");
  g_assert_cmpstr (find (fixture, "c")->password, ==, "p@ss");
}

#define STREAM "rtsp://h/live?user=admin&password=geheim2"
#define SHOWN_STREAM "rtsp://h/live?user=admin&password=******"

/* Where the camera wants it in path or query, it stays there and is hidden (Q26). */
static void
test_login_in_query (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonObject) shown = NULL;
  g_autoptr (JsonObject) open = NULL;

  write_good (fixture, ONE (",\"url\":\"" STREAM "\""));

  shown = cg_settings_read_one (fixture->settings, "c", FALSE);
  open = cg_settings_read_one (fixture->settings, "c", TRUE);
  g_assert_cmpstr (json_object_get_string_member (shown, "url"), ==, SHOWN_STREAM);
  g_assert_cmpstr (json_object_get_string_member (open, "url"), ==, STREAM);

  write_good (fixture, ONE (",\"name\":\"gate\",\"url\":\"" SHOWN_STREAM "\""));
  g_assert_cmpstr (find (fixture, "c")->url, ==, STREAM);
  write_to (fixture, "c", "{\"host\":\"h/x?pwd=p1\",\"url\":\"" SHOWN_STREAM "\"}");
  g_assert_no_error (fixture->error);
  write_to (fixture, "c", "{\"ip\":\"h/x?pwd=******\"}");
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (find (fixture, "c")->url, ==, STREAM);
  g_assert_cmpstr (find (fixture, "c")->address, ==, "h/x?pwd=p1");

  write_to (fixture, "c", "{\"url\":\"rtsp://other/live?user=admin&password=******\"}");
  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  g_assert_cmpstr (fixture->error->message, ==, "url: contains stars, and no such url is stored");
}

typedef struct {
  const char *text;
  const char *path;
} BadRow;

static const BadRow bad_rows[] = {
    {"{\"updated\":-1}", "updated: "},
    {"{\"updated\":1.5}", "updated: "},
    {"{\"updated\":\"new\"}", "updated: "},
    {"{\"camera\":{}}", "camera: is no list"},
    {"{\"camera\":[],\"cameras\":[]}", "cameras: is a second list"},
    {"{\"cameras\":[],\"peripherals\":{\"camera\":[]}}", "peripherals.camera: is a second list"},
    {"{\"camera\":[5]}", "camera[0]: is no object"},
    {"{\"camera\":[{\"address\":\"h\"}]}", "camera[0].did: is missing"},
    {"{\"camera\":[{\"did\":7,\"address\":\"h\"}]}", "camera[0].did: is missing"},
    {"{\"camera\":[{\"did\":\"a/b\",\"address\":\"h\"}]}", "camera[0].did: did must not"},
    {"{\"camera\":[{\"did\":\"" GATEWAY "\",\"address\":\"h\"}]}", "camera[0].did: is the gateway"},
    {"{\"camera\":[{\"did\":\"a\",\"address\":\"h\"},{\"did\":\"a\",\"address\":\"h\"}]}",
     "camera[1].did: stands twice, first in camera[0]"},
    {"{\"camera\":[{\"did\":\"a\",\"address\":\"h\"},{\"did\":\"b\",\"address\":\"h\"},"
     "{\"did\":\"c\",\"address\":\"ftp://h\"}]}",
     "camera[2].address: is no address"},
    {"{\"cameras\":[{\"did\":\"a\",\"host\":\"a b\"}]}", "cameras[0].host: contains a space"},
    {"{\"peripherals\":{\"camera\":[{\"did\":\"a\",\"ip\":\"/\"}]}}",
     "peripherals.camera[0].ip: is no address"},
    {"{\"camera\":[{\"did\":\"a\"}]}", "camera[0].address: is missing"},
    {"{\"camera\":[{\"did\":\"a\",\"address\":5}]}", "camera[0].address: is no text"},
    {"{\"camera\":[{\"did\":\"a\",\"address\":\"h\",\"ip\":\"h\"}]}", "camera[0].ip: address is"},
    {"{\"camera\":[{\"did\":\"a\",\"protocol\":\"rtsp\"}]}", "camera[0].url: is missing"},
    {ONE (",\"protocol\":\"gb28181\""), "camera[0].protocol: is not onvif|rtsp"},
    {ONE (",\"url\":\"http://h/\""), "camera[0].url: is no address"},
    {ONE (",\"password\":\"******\""), "camera[0].password: is stars"},
    {ONE (",\"secret\":\"******\""), "camera[0].secret: is stars"},
    {ONE (",\"url\":\"rtsp://h/?pw=******\""), "camera[0].url: contains stars"},
    {ONE (",\"username\":\"a\\u0007b\""), "camera[0].username: contains a control"},
    {ONE (",\"name\":[]"), "camera[0].name: is no text"},
};

static void
test_faults (Fixture *fixture, gconstpointer data)
{
  write_good (fixture, "{\"updated\":3,\"camera\":[{\"did\":\"z\",\"address\":\"h\"}]}");

  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++) {
    g_test_message ("%s", bad_rows[i].text);
    write_to (fixture, NULL, bad_rows[i].text);
    g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_assert_true (g_str_has_prefix (fixture->error->message, bad_rows[i].path));
  }

  g_assert_cmpuint (fixture->changes, ==, 1);
  g_assert_nonnull (find (fixture, "z"));
  g_assert_cmpint (cg_settings_get_config (fixture->settings)->updated, ==, 3);
}

static void
test_updated (Fixture *fixture, gconstpointer data)
{
  const char *first = "{\"updated\":5,\"camera\":[{\"did\":\"c\",\"address\":\"h\"}]}";
  g_autoptr (JsonObject) shown = NULL;
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *echo = NULL;

  write_good (fixture, first);
  g_assert_cmpuint (fixture->changes, ==, 1);

  write_good (fixture, first);
  write_good (fixture, "{\"camera\":[{\"address\":\"h\",\"did\":\"c\"}],\"updated\":\"5\"}");
  shown = cg_settings_read (fixture->settings, FALSE);
  json_node_set_object (node, shown);
  echo = json_to_string (node, FALSE);
  write_good (fixture, echo);
  g_assert_cmpuint (fixture->changes, ==, 1);

  write_to (fixture, NULL, "{\"updated\":5,\"camera\":[]}");
  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_NOT_MODIFIED);
  g_assert_cmpuint (fixture->changes, ==, 1);

  write_good (fixture, "{\"updated\":4,\"camera\":[]}");
  write_good (fixture, "{\"updated\":0,\"camera\":[{\"did\":\"c\",\"address\":\"i\"}]}");
  write_good (fixture, "{\"camera\":[{\"did\":\"c\",\"address\":\"j\"}]}");
  g_assert_cmpuint (fixture->changes, ==, 4);
}

static void
test_one_camera (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonObject) shown = NULL;

  write_good (fixture,
              "{\"updated\":5,\"camera\":[{\"did\":\"c\",\"ip\":\"h\",\"password\":\"p\"}]}");
  write_to (fixture, "c", "{\"updated\":9,\"name\":\"gate\",\"host\":\"i\",\"mine\":[1]}");
  g_assert_no_error (fixture->error);
  write_to (fixture, "f", "{\"name\":\"door\"}");
  g_assert_no_error (fixture->error);

  shown = cg_settings_read_one (fixture->settings, "c", FALSE);
  g_assert_cmpint (json_object_get_int_member (shown, "updated"), ==, 9);
  g_assert_cmpstr (json_object_get_string_member (shown, "host"), ==, "i");
  g_assert_false (json_object_has_member (shown, "ip"));
  g_assert_true (json_object_has_member (shown, "mine"));
  g_assert_cmpstr (find (fixture, "c")->password, ==, "p");
  g_assert_cmpstr (find (fixture, "f")->name, ==, "door");
  g_assert_cmpstr (find (fixture, "f")->address, ==, "192.0.2.7");
  g_assert_cmpint (cg_settings_get_config (fixture->settings)->updated, ==, 5);

  write_to (fixture, "c", "{\"updated\":9,\"name\":\"gate\"}");
  g_assert_no_error (fixture->error);
  write_to (fixture, "c", "{\"updated\":9,\"name\":\"wall\"}");
  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_NOT_MODIFIED);
  write_to (fixture, "c", "{\"updated\":10,\"host\":\"a b\"}");
  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  g_assert_true (g_str_has_prefix (fixture->error->message, "host: "));
  write_to (fixture, "c", "{\"did\":\"f\"}");
  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  write_to (fixture, "c", "{\"name\":null}");
  g_assert_no_error (fixture->error);
  g_assert_null (find (fixture, "c")->name);
}

/* Numbers of all sizes are kept as numbers, also on the disk. */
static void
test_numbers_are_kept (Fixture *fixture, gconstpointer data)
{
  const char *text = "{\"bluetooth\":[{\"x\":1e30,\"y\":-1E-30,\"z\":123456789012345678901234.5,"
                     "\"w\":2.4}]}";
  const char *shown =
      "{\"bluetooth\":[{\"x\":1e30,\"y\":-1E-30,\"z\":123456789012345678901234.5,"
      "\"w\":2.4}],\"camera\":[{\"did\":\"f\",\"protocol\":\"onvif\",\"address\":\"192.0.2.7\","
      "\"username\":\"u\",\"password\":\"******\"}],\"updated\":0}";

  write_good (fixture, text);
  assert_read (fixture, shown);
  end (fixture);
  begin (fixture);

  assert_read (fixture, shown);
}

/* What would not be read back is refused, by the name of what is too long; what was there stays. */
static void
test_too_much (Fixture *fixture, gconstpointer data)
{
  g_autofree char *list = g_strnfill (60000, '7');
  g_autofree char *kept = NULL;
  guint n = 0;

  for (n = 0; fixture->error == NULL && n < 200; n++) {
    g_autofree char *text = g_strdup_printf ("{\"short\":[%u],\"list%u\":[\"%s\"]}", n, n, list);

    write_to (fixture, NULL, text);
  }
  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  kept = g_strdup_printf ("list%u: ", n - 1);
  g_assert_true (g_str_has_prefix (fixture->error->message, kept));
  write_good (fixture, "{\"list0\":[],\"list1\":[]}");
  end (fixture);
  begin (fixture);

  g_autoptr (JsonObject) shown = cg_settings_read (fixture->settings, FALSE);
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (shown, "short"), 0),
                   ==, n - 2);
  g_assert_cmpuint (json_object_get_size (shown), ==, n - 1 + 3);
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  guint *n_good = user_data;

  *n_good += cg_settings_write_finish (CG_SETTINGS (object), result, NULL) ? 1 : 0;
}

/* Three at once: each is answered, in turn, and the last one counts. */
static void
test_one_after_the_other (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonObject) first = settings_parse (ONE (",\"password\":\"p\""));
  g_autoptr (JsonObject) bad = settings_parse ("{\"camera\":[5]}");
  guint n_good = 0;

  cg_settings_write_async (fixture->settings, NULL, first, NULL, on_done, &n_good);
  cg_settings_write_async (fixture->settings, NULL, bad, NULL, on_done, &n_good);
  write_good (fixture, ONE (",\"password\":\"******\",\"name\":\"last\""));
  cg_test_flush (fixture->store);

  g_assert_cmpuint (n_good, ==, 1);
  g_assert_cmpstr (find (fixture, "c")->name, ==, "last");
  g_assert_cmpstr (find (fixture, "c")->password, ==, "p");
  g_assert_cmpuint (fixture->changes, ==, 2);
}

static void
test_kept_over_a_restart (Fixture *fixture, gconstpointer data)
{
  write_good (fixture, ONE (",\"password\":\"p\",\"name\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                            "[[\\\"[[[[\""));
  end (fixture);
  begin (fixture);

  g_assert_cmpstr (find (fixture, "c")->password, ==, "p");
  g_assert_true (g_str_has_prefix (find (fixture, "c")->name, "[[["));
}

/* The disk refuses: nothing changes, and the cloud is told. */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "bindings.json.tmp", NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);

  write_to (fixture, NULL, ONE (""));

  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INTERNAL);
  g_assert_null (find (fixture, "c"));
  g_assert_cmpuint (fixture->changes, ==, 0);
}

static void
put (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  g_unlink (path);
  g_free (cg_test_write_file (fixture->dir, name, text, 0600));
}

/* Whatever a power cut leaves in the temporary file, or somebody in the file itself. */
static void
test_torn_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "bindings.json", NULL);
  g_autofree char *whole = NULL;
  gsize length;

  write_good (fixture, ONE (",\"name\":\"whole\""));
  g_assert_true (g_file_get_contents (path, &whole, &length, NULL));
  for (gsize cut = 0; cut < length; cut += 1 + length / 40) {
    end (fixture);
    put (fixture, "bindings.json", whole);
    g_autofree char *torn = g_strndup (whole, cut);
    put (fixture, "bindings.json.tmp", torn);
    begin (fixture);
    g_assert_cmpstr (find (fixture, "c")->name, ==, "whole");

    write_good (fixture, ONE (",\"name\":\"next\""));
    g_assert_cmpstr (find (fixture, "c")->name, ==, "next");

    end (fixture);
    put (fixture, "bindings.json", torn);
    begin (fixture);
    g_autofree char *line = cg_test_pop_warning ();
    g_assert_true (g_str_has_prefix (line, "what the cloud has configured is lost"));
    g_assert_null (find (fixture, "c"));
    g_assert_nonnull (find (fixture, "f"));
  }
}

/* A state file that somebody has edited. */
static void
test_edited_files (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {
      "[]",
      "{}",
      "{\"document\":5}",
      "{\"document\":{\"camera\":5},\"peripherals\":[]}",
      "{\"document\":{\"camera\":[5,{},{\"did\":7},{\"did\":\"x\",\"address\":[]}]}}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (JsonObject) shown = NULL;

    end (fixture);
    put (fixture, "bindings.json", texts[i]);
    begin (fixture);
    shown = cg_settings_read (fixture->settings, FALSE);
    g_assert_cmpuint (cg_settings_get_config (fixture->settings)->cameras->len, ==, 1);
    for (char *line = cg_test_pop_warning (); line != NULL; line = cg_test_pop_warning ())
      g_free (line);
  }
}

#define ADD(name, func) g_test_add ("/settings/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  ADD ("spellings", test_spellings);
  ADD ("all-members", test_all_members);
  ADD ("precedence", test_precedence);
  ADD ("unknown-lists", test_unknown_lists);
  ADD ("passwords", test_passwords);
  ADD ("login-in-address", test_login_in_address);
  ADD ("login-in-query", test_login_in_query);
  ADD ("faults", test_faults);
  ADD ("updated", test_updated);
  ADD ("one-camera", test_one_camera);
  ADD ("one-after-the-other", test_one_after_the_other);
  ADD ("kept-over-a-restart", test_kept_over_a_restart);
  ADD ("numbers-are-kept", test_numbers_are_kept);
  ADD ("too-much", test_too_much);
  ADD ("full-disk", test_full_disk);
  ADD ("torn-files", test_torn_files);
  ADD ("edited-files", test_edited_files);
  return g_test_run ();
}
