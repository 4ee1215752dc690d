/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-preset-map.h"

#include <string.h>

#include "cg-onvif-ptz.h"
#include "cg-preset-slots.h"

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
    {"equal-names", "", "1:gate 2:gate", "1=1:gate 2=2:gate"},
    {"any-script", "", "1:大门 2:מבוא", "1=1:大门 2=2:מבוא"},
    {"nothing", "1=x", "", ""},
};

static GPtrArray *
make_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_preset_free);
}

static CgOnvifPreset *
add (GPtrArray *presets, const char *token, const char *name)
{
  CgOnvifPreset *preset = g_new0 (CgOnvifPreset, 1);

  preset->token = g_strdup (token);
  preset->name = g_strdup (name);
  g_ptr_array_add (presets, preset);
  return preset;
}

/* "token:name …" */
static GPtrArray *
read_list (const char *camera)
{
  g_auto (GStrv) words = g_strsplit (camera, " ", -1);
  GPtrArray *presets = make_list ();

  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (words[i], ":", 2);

    add (presets, pair[0], pair[1]);
  }
  return presets;
}

/* From a state file: presets that nobody has named, nor looked at. */
static void
learn (CgPresetMap *map, const char *known)
{
  g_auto (GStrv) words = g_strsplit (known, " ", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);

    g_string_append_printf (text, "%s{\"index\":%s,\"token\":\"%s\"}", i > 0 ? "," : "", pair[0],
                            pair[1]);
  }
  g_autofree char *list = g_strdup_printf ("{\"presets\":[%s]}", text->str);
  g_autoptr (JsonNode) stored = json_from_string (list, NULL);
  g_assert_true (cg_preset_map_from_json (map, stored));
}

static void
reconcile (CgPresetMap *map, const char *camera)
{
  g_autoptr (GPtrArray) presets = read_list (camera);

  cg_preset_map_reconcile (map, presets, NULL);
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
assert_list (CgPresetMap *map, const char *expected)
{
  g_autofree char *list = print (map);

  g_assert_cmpstr (list, ==, expected);
}

static void
test_reconcile (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();

  learn (map, row->known);

  reconcile (map, row->camera);

  assert_list (map, row->list);
}

/* What the camera makes of a name that was asked for, and what of it is shown then. */
static const struct {
  const char *name;
  const char *asked;
  const char *after; /* shown right after the set */
  const char *later; /* shown later */
  const char *list;
} names[] = {
    {"kept", "gate", "gate", "gate", "1=7:gate"},
    {"latin-1", "Größe", "GrÃ¶Ãe", "GrÃ¶Ãe", "1=7:Größe"},
    {"cut", "Haupteingang", "Haupteing", "Haupteing", "1=7:Haupteingang"},
    {"upper-cased", "gate", "GATE", "GATE", "1=7:gate"},
    {"replaced", "大门", "Preset_7", "Preset_7", "1=7:大门"},
    {"dropped", "gate", "", "", "1=7:gate"},
    {"changed-at-the-camera", "gate", "GATE", "door", "1=7:door"},
    {"cleared-at-the-camera", "gate", "GATE", "", "1=7"},
    {"none-asked", NULL, "Preset_7", "Preset_7", "1=7"},
    {"none-asked-and-changed", NULL, "Preset_7", "door", "1=7:door"},
};

static void
test_q31_names (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (CgPresetMap) map = cg_preset_map_new ();
    g_autofree char *after = g_strconcat ("7:", names[i].after, NULL);
    g_autofree char *later = g_strconcat ("7:", names[i].later, NULL);

    g_test_message ("%s", names[i].name);
    cg_preset_map_put (map, 1, "7", names[i].asked);
    reconcile (map, after);
    g_autoptr (JsonNode) stored = cg_preset_map_to_json (map);
    g_autoptr (CgPresetMap) next_life = cg_preset_map_new ();
    g_assert_true (cg_preset_map_from_json (next_life, stored));

    reconcile (map, later);
    reconcile (next_life, later);

    assert_list (map, names[i].list);
    assert_list (next_life, names[i].list);
  }
}

/* A set without a name changes the place, and not the name. */
static void
test_set_without_name_keeps_it (void)
{
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();

  cg_preset_map_put (map, 1, "7", "gate");
  cg_preset_map_put (map, 1, "7", NULL);
  assert_list (map, "1=7:gate");
  cg_preset_map_put (map, 1, "8", "");
  assert_list (map, "1=8:gate");
  reconcile (map, "8:Preset_8 2:door");

  cg_preset_map_put (map, 2, "2", NULL);

  reconcile (map, "8:Preset_8 2:Preset_2");
  assert_list (map, "1=8:gate 2=2:door");
}

/* Q31: of more than fit there are 128, and no more. */
static void
test_q31_capped (void)
{
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (GPtrArray) presets = make_list ();
  g_autoptr (GPtrArray) list = NULL;

  for (guint i = 1; i <= 300; i++) {
    g_autofree char *token = g_strdup_printf ("slot%u", i);

    add (presets, token, "door");
  }

  cg_preset_map_reconcile (map, presets, NULL);

  list = cg_preset_map_list (map);
  g_assert_cmpuint (list->len, ==, CG_PRESET_INDEX_MAX);
  g_assert_cmpstr (cg_preset_map_get_token (map, 128), ==, "slot128");
}

/* Lists of slots, as cameras were recorded to give them; "%u" is the slot's number. */
static const struct {
  const char *name;
  guint n_slots;
  const char *token;
  const char *slot_name;
  gboolean has_place;
  guint renamed; /* this one is called "gate" */
  const char *list;
} slots[] = {
    {"nameless", 300, "%u", "", FALSE, 5, "5=5:gate"},
    {"named-by-number", 255, "%u", "%u", FALSE, 5, "5=5:gate"},
    {"named-by-word-and-number", 300, "%u", "Preset %u", FALSE, 5, "5=5:gate"},
    {"named-by-token", 100, "z_ovf_ptz_%02u", "z_ovf_ptz_%02u", TRUE, 5, "1=z_ovf_ptz_05:gate"},
    {"all-empty", 300, "%u", "", FALSE, 0, ""},
    {"few", 3, "%u", "", FALSE, 0, "1=1 2=2 3=3"},
    {"few-of-plain-names", 3, "%u", "Preset %u", FALSE, 0,
     "1=1:Preset 1 2=2:Preset 2 3=3:Preset 3"},
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static GPtrArray *
make_slots (gsize row)
{
  GPtrArray *presets = make_list ();

  for (guint i = 1; i <= slots[row].n_slots; i++) {
    g_autofree char *token = g_strdup_printf (slots[row].token, i);
    g_autofree char *name = g_strdup_printf (slots[row].slot_name, i);
    CgOnvifPreset *preset = add (presets, token, i == slots[row].renamed ? "gate" : name);

    preset->place.has_position = preset->place.has_zoom = slots[row].has_place;
  }
  return presets;
}
#pragma GCC diagnostic pop

static void
test_q31_empty_slots (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (slots); i++) {
    g_autoptr (CgPresetMap) map = cg_preset_map_new ();
    g_autoptr (GPtrArray) presets = make_slots (i);

    g_test_message ("%s", slots[i].name);
    cg_preset_map_reconcile (map, presets, NULL);

    assert_list (map, slots[i].list);
  }
}

/* A slot that we have set is ours, though it looks as empty as the others; after a reset of the
 * camera it is not. */
static void
test_q31_own_slot (void)
{
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (GPtrArray) presets = make_slots (1);
  CgOnvifPreset *gate = presets->pdata[4];

  cg_preset_map_put (map, 9, "9", "gate");
  cg_preset_map_put (map, 5, "5", "door");
  cg_preset_map_reconcile (map, presets, NULL);
  assert_list (map, "5=5:door 9=9:gate");
  g_assert_true (cg_preset_map_has_slot (map, 7));
  g_assert_null (cg_preset_map_get_token (map, 7));

  g_free (gate->name);
  gate->name = g_strdup ("5");
  cg_preset_map_reconcile (map, presets, NULL);

  assert_list (map, "9=9:gate");
}

/* Q31: tokens change hands; names and places tell which is which. */
static const struct {
  const char *name;
  const char *before; /* "token:name" */
  const char *removed;
  const char *after;
  const char *list;
} moves[] = {
    {"gap-is-closed", "1:a 2:b 3:c", "1", "1:b 2:c", "2=1:b 3=2:c"},
    {"nothing-moves", "1:a 2:b 3:c", "2", "1:a 3:c", "1=1:a 3=3:c"},
    {"set-up-anew", "x1:a x2:b", NULL, "y7:b y9:a", "1=y9:a 2=y7:b"},
    {"swapped", "1:a 2:b", NULL, "1:b 2:a", "1=2:a 2=1:b"},
    {"equal-names-stay", "1:a 2:a", NULL, "2:a 3:a", "2=2:a 3=3:a"},
    {"nameless-stay", "1: 2:", NULL, "2: 3:", "2=2 3=3"},
    {"other-camera", "1:a 2:b", NULL, "1:c 3:d", "1=1:c 3=3:d"},
};

static void
test_q31_moved (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++) {
    g_autoptr (CgPresetMap) map = cg_preset_map_new ();

    g_test_message ("%s", moves[i].name);
    reconcile (map, moves[i].before);
    if (moves[i].removed != NULL)
      cg_preset_map_remove (map, cg_preset_map_find (map, moves[i].removed));

    reconcile (map, moves[i].after);

    assert_list (map, moves[i].list);
  }
}

/* Q32: what the camera keeps for itself is no preset. */
static void
test_q32_reserved (void)
{
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (GPtrArray) presets = read_list ("1:gate 94:Remote_reboot 99:tour x:y");
  g_autofree char *one = cg_preset_slots_reserve (NULL, "94");
  g_autofree char *two = cg_preset_slots_reserve (one, "x");
  g_autofree char *again = cg_preset_slots_reserve (two, "94");

  g_assert_cmpstr (again, ==, "94;x");
  cg_preset_map_put (map, 94, "94", "old");
  cg_preset_map_reconcile (map, presets, again);
  assert_list (map, "1=1:gate 99=99:tour");
  g_assert_false (cg_preset_map_has_slot (map, 94));
  cg_preset_map_reconcile (map, presets, " 92-105 ; x");

  assert_list (map, "1=1:gate");
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
assert_place (CgPresetMap *map, double pan)
{
  CgPresetPlace place = {0};

  g_assert_true (cg_preset_map_get_place (map, 1, &place));
  g_assert_cmpfloat_with_epsilon (place.pan, pan, 0.0001);
}

/* Where the camera came to rest counts more than what it tells, until it tells something else. */
static void
test_place (void)
{
  const CgPresetPlace noted = {.has_position = TRUE, .pan = 0.25};
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (GPtrArray) presets = read_list ("1:gate");
  CgOnvifPreset *preset = presets->pdata[0];
  CgPresetPlace place;

  cg_preset_map_put (map, 1, "1", "gate");
  g_assert_false (cg_preset_map_get_place (map, 1, &place));
  preset->place.has_position = preset->place.has_zoom = TRUE;
  cg_preset_map_reconcile (map, presets, NULL);
  g_assert_false (cg_preset_map_get_place (map, 1, &place)); /* the very middle */

  preset->place.pan = 0.5;
  cg_preset_map_reconcile (map, presets, NULL);
  assert_place (map, 0.5);
  cg_preset_map_put_place (map, 1, &noted);
  g_assert_false (cg_preset_map_get_place (map, 1, &place)); /* one of them is wrong */
  preset->place.pan = 0.24;
  cg_preset_map_put (map, 1, "1", NULL);
  cg_preset_map_reconcile (map, presets, NULL);
  cg_preset_map_put_place (map, 1, &noted);
  cg_preset_map_reconcile (map, presets, NULL);
  assert_place (map, 0.25);
  g_autoptr (JsonNode) stored = cg_preset_map_to_json (map);
  g_autoptr (CgPresetMap) next_life = cg_preset_map_new ();
  g_assert_true (cg_preset_map_from_json (next_life, stored));
  assert_place (next_life, 0.25);
  preset->place.pan = 0.75;
  cg_preset_map_reconcile (next_life, presets, NULL);
  assert_place (next_life, 0.75);
  cg_preset_map_put (map, 1, "1", NULL);

  g_assert_false (cg_preset_map_get_place (map, 1, &place));
}

/* In degrees two places are the same that would be far apart in the generic space. */
static void
test_place_in_degrees (void)
{
  const CgPresetPlace tolerance = {.pan = 3.6, .tilt = 0.9, .zoom = 0.01};
  const CgPresetPlace noted = {.has_position = TRUE, .pan = 123.5, .tilt = 10};
  const CgPresetPlace later = {.has_position = TRUE, .pan = 123.7, .tilt = 10};
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (GPtrArray) presets = read_list ("1:gate");
  CgOnvifPreset *preset = presets->pdata[0];

  preset->place.has_position = TRUE;
  preset->place.pan = 123.4;
  preset->place.tilt = 10;
  cg_preset_map_set_tolerance (map, &tolerance);
  cg_preset_map_reconcile (map, presets, NULL);
  cg_preset_map_put_place (map, 1, &noted);

  assert_place (map, 123.5);
  cg_preset_map_put_place (map, 1, &later); /* the same, as far as gears go */
  assert_place (map, 123.5);
}

/* Presets in the generic spaces, and a camera that tells in degrees where it stands: at a fifth of
 * a degree it is not at the preset of a fifth of the way. */
static void
test_place_in_other_units (void)
{
  const CgPresetPlace degrees = {.pan = 3.4, .tilt = 0.95, .zoom = 0.01};
  const CgPresetPlace noted = {.has_position = TRUE, .pan = 34, .tilt = 42.5};
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (GPtrArray) presets = read_list ("1:gate");
  CgOnvifPreset *preset = presets->pdata[0];
  CgPresetPlace place;

  preset->place.has_position = TRUE;
  preset->place.pan = 0.2;
  cg_preset_map_set_tolerance (map, &degrees);
  cg_preset_map_reconcile (map, presets, NULL);

  g_assert_false (cg_preset_map_get_place (map, 1, &place));

  cg_preset_map_put_place (map, 1, &noted);
  assert_place (map, 34);
  preset->place.pan = 0.25; /* somebody else has set it anew */
  cg_preset_map_reconcile (map, presets, NULL);
  g_assert_false (cg_preset_map_get_place (map, 1, &place));
}

static void
test_json_round_trip (void)
{
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (CgPresetMap) read = cg_preset_map_new ();
  g_autoptr (JsonNode) node = NULL;

  cg_preset_map_put (map, 1, "home", "门口");
  cg_preset_map_put (map, 128, "7", NULL);

  node = cg_preset_map_to_json (map);

  g_assert_true (cg_preset_map_from_json (read, node));
  assert_list (read, "1=home:门口 128=7");
}

static void
test_json_damaged (void)
{
  static const char *const texts[] = {"[]", "{}", "{\"presets\":7}", "null"};
  g_autoptr (CgPresetMap) map = cg_preset_map_new ();
  g_autoptr (JsonNode) half = json_from_string (
      "{\"presets\":[7,{\"index\":0,\"token\":\"x\"},{\"index\":3},{\"index\":4,\"token\":\"y\","
      "\"name\":7,\"shown\":[],\"place\":{\"pan\":\"x\"},\"told\":3},{\"index\":{},\"token\":{}},"
      "{\"index\":1e99,\"token\":\"z\"}]}",
      NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (JsonNode) node = json_from_string (texts[i], NULL);

    g_assert_false (cg_preset_map_from_json (map, node));
  }
  g_assert_true (cg_preset_map_from_json (map, half));
  assert_list (map, "4=y");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strdup_printf ("/camera/preset-map/reconcile/%s", rows[i].name);

    g_test_add_data_func (path, &rows[i], test_reconcile);
  }
  g_test_add_func ("/camera/preset-map/q31-names", test_q31_names);
  g_test_add_func ("/camera/preset-map/set-without-name", test_set_without_name_keeps_it);
  g_test_add_func ("/camera/preset-map/q31-capped", test_q31_capped);
  g_test_add_func ("/camera/preset-map/q31-empty-slots", test_q31_empty_slots);
  g_test_add_func ("/camera/preset-map/q31-own-slot", test_q31_own_slot);
  g_test_add_func ("/camera/preset-map/q31-moved", test_q31_moved);
  g_test_add_func ("/camera/preset-map/q32-reserved", test_q32_reserved);
  g_test_add_func ("/camera/preset-map/token-has-one-index", test_token_has_one_index);
  g_test_add_func ("/camera/preset-map/place", test_place);
  g_test_add_func ("/camera/preset-map/place-in-degrees", test_place_in_degrees);
  g_test_add_func ("/camera/preset-map/place-in-other-units", test_place_in_other_units);
  g_test_add_func ("/camera/preset-map/json-round-trip", test_json_round_trip);
  g_test_add_func ("/camera/preset-map/json-damaged", test_json_damaged);
  return g_test_run ();
}
