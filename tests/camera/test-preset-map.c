/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-map.h"

#include <string.h>

/* One row: what the camera has, on top of what the map knew, gives this list. */
typedef struct {
  const char *name;
  const char *known;  /* "index=token …" */
  const char *camera; /* "token:name …" */
  const char *list;   /* "index=token:name …" */
} Row;

static const Row rows[] = {
    {"numbers-keep-their-index", "", "7:gate 2:door", "2=2:door 7=7:gate"},
    {"words-take-lowest-free", "", "home:a 1:b tour:c", "1=1:b 2=home:a 3=tour:c"},
    {"known-keeps-index", "9=home", "home:a 1:b", "1=1:b 9=home:a"},
    {"gone-is-dropped", "1=x 2=y", "y:b", "2=y:b"},
    {"taken-number-goes-elsewhere", "5=x", "x:a 5:b", "1=5:b 5=x:a"},
    {"leading-zero-is-no-number", "", "007:a", "1=007:a"},
    {"out-of-range-is-no-number", "", "129:a 0:b", "1=129:a 2=0:b"},
    {"empty-names", "", "1: 2:", "1=1 2=2"},
    {"nothing", "1=x", "", ""},
};

static void
learn (CgPresetMap *map, const char *known)
{
  g_auto (GStrv) words = g_strsplit (known, " ", -1);

  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);

    cg_preset_map_put (map, (guint)g_ascii_strtoull (pair[0], NULL, 10), pair[1], NULL);
  }
}

static void
reconcile (CgPresetMap *map, const char *camera)
{
  g_auto (GStrv) words = g_strsplit (camera, " ", -1);
  g_autoptr (GStrvBuilder) tokens = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) token_list = NULL;
  g_auto (GStrv) name_list = NULL;

  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (words[i], ":", 2);

    g_strv_builder_add (tokens, pair[0]);
    g_strv_builder_add (names, pair[1]);
  }
  token_list = g_strv_builder_end (tokens);
  name_list = g_strv_builder_end (names);
  cg_preset_map_reconcile (map, (const char *const *)token_list, (const char *const *)name_list);
}

static char *
print (CgPresetMap *map)
{
  g_autoptr (GPtrArray) list = cg_preset_map_list (map);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++) {
    const CgPresetEntry *entry = g_ptr_array_index (list, i);

    g_string_append_printf (text, "%s%u=%s", i > 0 ? " " : "", entry->index,
                            cg_preset_map_get_token (map, entry->index));
    if (entry->name != NULL)
      g_string_append_printf (text, ":%s", entry->name);
  }
  return g_string_free (text, FALSE);
}

static void
test_reconcile (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autofree char *list = NULL;

  learn (map, row->known);

  reconcile (map, row->camera);

  list = print (map);
  g_assert_cmpstr (list, ==, row->list);
}

/* Q31: a camera that lists 300 slots gives 128, and no more. */
static void
test_q31_capped (void)
{
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (GString) camera = g_string_new (NULL);
  g_autoptr (GPtrArray) list = NULL;

  for (guint i = 1; i <= 300; i++)
    g_string_append_printf (camera, "%sslot%u:", i > 1 ? " " : "", i);

  reconcile (map, camera->str);

  list = cg_preset_map_list (map);
  g_assert_cmpuint (list->len, ==, CG_PRESET_INDEX_MAX);
  g_assert_cmpstr (cg_preset_map_get_token (map, 128), ==, "slot128");
}

static void
test_token_has_one_index (void)
{
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();

  cg_preset_map_put (map, 1, "a", "old");
  cg_preset_map_put (map, 2, "a", "new");

  g_assert_null (cg_preset_map_get_token (map, 1));
  g_assert_cmpstr (cg_preset_map_get_token (map, 2), ==, "a");
}

static void
test_json_round_trip (void)
{
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (CgPresetMap) read = cg_preset_map_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *list = NULL;

  cg_preset_map_put (map, 1, "home", "门口");
  cg_preset_map_put (map, 128, "7", NULL);

  node = cg_preset_map_to_json (map);

  g_assert_true (cg_preset_map_from_json (read, node));
  list = print (read);
  g_assert_cmpstr (list, ==, "1=home:门口 128=7");
}

static void
test_json_damaged (void)
{
  static const char *const texts[] = {"[]", "{}", "{\"presets\":7}", "null"};
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (JsonNode) half = json_from_string (
      "{\"presets\":[7,{\"index\":0,\"token\":\"x\"},{\"index\":3},{\"index\":4,\"token\":\"y\"}]}",
      NULL);
  g_autofree char *list = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (JsonNode) node = json_from_string (texts[i], NULL);

    g_assert_false (cg_preset_map_from_json (map, node));
  }
  g_assert_true (cg_preset_map_from_json (map, half));
  list = print (map);
  g_assert_cmpstr (list, ==, "4=y");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strdup_printf ("/camera/preset-map/reconcile/%s", rows[i].name);

    g_test_add_data_func (path, &rows[i], test_reconcile);
  }
  g_test_add_func ("/camera/preset-map/q31-capped", test_q31_capped);
  g_test_add_func ("/camera/preset-map/token-has-one-index", test_token_has_one_index);
  g_test_add_func ("/camera/preset-map/json-round-trip", test_json_round_trip);
  g_test_add_func ("/camera/preset-map/json-damaged", test_json_damaged);
  return g_test_run ();
}
