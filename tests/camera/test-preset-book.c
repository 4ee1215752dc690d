/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a camera's presets, and kept (Q31, Q32). */
#include "cg-preset-book.h"

#include <glib/gstdio.h>

#include "cg-onvif-ptz.h"
#include "cg-test.h"

#define DID "AABBCCDDEEFF"

typedef struct {
  char *dir;
  CgStore *store;
  CgPresetBook book;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = cg_test_make_dir ();
  fixture->store = cg_store_new (fixture->dir);
  cg_preset_book_open (&fixture->book, fixture->store, DID);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cg_preset_book_close (&fixture->book);
  cg_test_flush (fixture->store);
  g_object_unref (fixture->store);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

/* Tokens that are names, too; "" is none. */
static GPtrArray *
make_list (const char *tokens)
{
  g_auto (GStrv) words = g_strsplit (tokens, " ", -1);
  GPtrArray *presets = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_preset_free);

  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
    CgOnvifPreset *preset = g_new0 (CgOnvifPreset, 1);

    preset->token = g_strdup (words[i]);
    preset->name = g_strdup (words[i]);
    g_ptr_array_add (presets, preset);
  }
  return presets;
}

/* The camera has said that it is @token now, and had @before. */
static void
put (Fixture *fixture, guint index, const char *name, const char *token, const char *before)
{
  CgPresetOutcome outcome = {.token = (char *)token,
                             .presets = before != NULL ? make_list (before) : NULL};

  cg_preset_book_put (&fixture->book, index, name, &outcome);
}

static void
reconcile (Fixture *fixture, const char *tokens)
{
  g_autoptr (GPtrArray) presets = make_list (tokens);

  cg_preset_book_reconcile (&fixture->book, presets);
}

/* The name that goes to the camera when index 1 is set: "-" is none. */
static const struct {
  const char *path;
  const char *known; /* (nullable): it has this name already */
  const char *asked; /* (nullable) */
  const char *sent;
  gboolean is_ours;
} names[] = {
    {"/camera/preset-book/name-of-a-new-one", NULL, "gate", "gate", FALSE},
    {"/camera/preset-book/no-name", NULL, NULL, "-", FALSE},
    {"/camera/preset-book/empty-name", NULL, "", "-", FALSE},
    {"/camera/preset-book/other-name", "gate", "door", "door", TRUE},
    {"/camera/preset-book/own-name-stays", "gate", NULL, "gate", TRUE},
    {"/camera/preset-book/empty-keeps-own-name", "gate", "", "gate", TRUE},
};

static void
test_name (Fixture *fixture, gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  CgPresetRequest *request = g_new0 (CgPresetRequest, 1);

  if (names[i].known != NULL)
    put (fixture, 1, names[i].known, "7", NULL);

  cg_preset_book_fill (&fixture->book, request, 1, names[i].asked);

  g_assert_cmpstr (request->name != NULL ? request->name : "-", ==, names[i].sent);
  g_assert_cmpint (request->is_ours, ==, names[i].is_ours);
  g_assert_cmpstr (request->token, ==, names[i].known != NULL ? "7" : NULL);
  cg_preset_request_free (request);
}

/* What another index has is not taken; what the camera keeps, and how much it takes, is known. */
static void
test_fill (Fixture *fixture, gconstpointer data)
{
  CgPresetRequest *request = g_new0 (CgPresetRequest, 1);

  put (fixture, 2, "gate", "a", NULL);
  put (fixture, 128, "door", "b", NULL);
  fixture->book.max_presets = 16;
  g_assert_true (cg_preset_book_reserve (&fixture->book, "33"));

  cg_preset_book_fill (&fixture->book, request, 1, NULL);

  g_autofree char *taken = g_strjoinv (" ", request->taken);
  g_assert_cmpstr (taken, ==, "a b");
  g_assert_cmpstr (request->reserved, ==, "33");
  g_assert_cmpuint (request->max_presets, ==, 16);
  cg_preset_request_free (request);
}

/* Some tell another token for a new preset than they list it by. */
static void
test_told_otherwise (Fixture *fixture, gconstpointer data)
{
  put (fixture, 5, "gate", "told", "a");
  put (fixture, 6, "door", "true", "a listed");

  reconcile (fixture, "a listed true");

  g_assert_cmpstr (cg_preset_map_get_token (fixture->book.map, 5), ==, NULL);
  g_assert_cmpstr (cg_preset_map_get_token (fixture->book.map, 6), ==, "true");
  put (fixture, 5, "gate", "told", "a listed true");
  reconcile (fixture, "a listed true new");
  g_assert_cmpstr (cg_preset_map_get_token (fixture->book.map, 5), ==, "new");
}

static void
test_shaky_until_read (Fixture *fixture, gconstpointer data)
{
  fixture->book.is_shaky = TRUE;

  reconcile (fixture, "");

  g_assert_false (fixture->book.is_shaky);
}

static void
test_reserve (Fixture *fixture, gconstpointer data)
{
  g_assert_false (cg_preset_book_reserve (&fixture->book, NULL));
  g_assert_true (cg_preset_book_reserve (&fixture->book, "tour"));
  g_assert_true (cg_preset_book_reserve (&fixture->book, "33"));
  g_assert_false (cg_preset_book_reserve (&fixture->book, "33"));

  g_assert_cmpstr (fixture->book.reserved, ==, "tour;33");
}

static gboolean
is_written (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "presets-" DID ".json", NULL);

  cg_test_flush (fixture->store);
  return g_unlink (path) == 0;
}

/* A patrol that calls the same presets day and night wears no disk. */
static void
test_written_once (Fixture *fixture, gconstpointer data)
{
  put (fixture, 1, "gate", "7", NULL);
  g_assert_true (is_written (fixture));

  cg_preset_book_save (&fixture->book);
  put (fixture, 1, "gate", "7", NULL);
  g_assert_false (is_written (fixture));

  put (fixture, 1, "door", "7", NULL);
  g_assert_true (is_written (fixture));
}

static void
test_next_life (Fixture *fixture, gconstpointer data)
{
  put (fixture, 1, "gate", "7", NULL);
  cg_test_flush (fixture->store);
  cg_preset_book_close (&fixture->book);

  cg_preset_book_open (&fixture->book, fixture->store, DID);

  g_assert_cmpstr (cg_preset_map_get_token (fixture->book.map, 1), ==, "7");
  g_assert_cmpstr (cg_preset_map_get_name (fixture->book.map, 1), ==, "gate");
  cg_preset_book_save (&fixture->book);
  g_assert_true (is_written (fixture)); /* by the life before, and by that alone */
  cg_preset_book_save (&fixture->book);
  g_assert_false (is_written (fixture));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_test_add (names[i].path, Fixture, GUINT_TO_POINTER (i), set_up, test_name, tear_down);
  ADD ("/camera/preset-book/fill", test_fill);
  ADD ("/camera/preset-book/told-otherwise", test_told_otherwise);
  ADD ("/camera/preset-book/shaky-until-read", test_shaky_until_read);
  ADD ("/camera/preset-book/reserve", test_reserve);
  ADD ("/camera/preset-book/written-once", test_written_once);
  ADD ("/camera/preset-book/next-life", test_next_life);
  return g_test_run ();
}
