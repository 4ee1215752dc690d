/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark of a camera that may be moving: there before anybody can be killed, and gone in the end
 * (Q1, Q61). */
#include "cg-move-mark.h"

#include "cg-clock-dummy.h"
#include "cg-test.h"

#define DID "AABBCCDDEEFF"

typedef struct {
  char *dir;
  CgStore *store;
  CgClock *clock;
  CgMoveMark *mark;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = cg_test_make_dir ();
  fixture->store = cg_store_new (fixture->dir);
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  fixture->mark = cg_move_mark_new (fixture->store, fixture->clock, DID);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cg_move_mark_free (fixture->mark);
  cg_test_flush (fixture->store);
  g_object_unref (fixture->clock);
  g_object_unref (fixture->store);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

static gboolean
is_marked (Fixture *fixture)
{
  cg_test_flush (fixture->store);
  return cg_move_mark_exists (fixture->dir, DID);
}

/* A daemon may be killed in the first second of a move as well. */
static void
test_at_once (Fixture *fixture, gconstpointer data)
{
  cg_move_mark_set (fixture->mark, TRUE);
  g_assert_true (is_marked (fixture));

  cg_move_mark_set (fixture->mark, FALSE);
  g_assert_false (is_marked (fixture));
}

/* After a second it is written for a power cut, too; both are one mark. */
static void
test_after_a_second (Fixture *fixture, gconstpointer data)
{
  cg_move_mark_set (fixture->mark, TRUE);
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), 1500);
  g_assert_true (is_marked (fixture));

  cg_move_mark_set (fixture->mark, FALSE);
  g_assert_false (is_marked (fixture));
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), 1500);
  g_assert_false (is_marked (fixture));
}

/* Who goes while it is set leaves it to the next one. */
static void
test_left (Fixture *fixture, gconstpointer data)
{
  cg_move_mark_set (fixture->mark, TRUE);
  g_assert_true (is_marked (fixture));
  cg_move_mark_free (fixture->mark);
  fixture->mark = cg_move_mark_new (fixture->store, fixture->clock, DID);

  cg_move_mark_recall (fixture->mark);

  g_assert_true (cg_move_mark_was_left (fixture->mark));
  cg_move_mark_set (fixture->mark, FALSE);
  g_assert_false (is_marked (fixture));
}

/* Who loses power in mid-move may leave anything: that there is a mark is what it says, to whoever
 * starts next and again to the one after that. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {"", "{\"a\":tr", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["};

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_free (cg_test_write_file (fixture->dir, "moving-" DID ".json", texts[i], 0600));

    cg_move_mark_recall (fixture->mark);

    g_assert_true (cg_move_mark_was_left (fixture->mark));
    g_assert_true (is_marked (fixture));
    cg_move_mark_set (fixture->mark, FALSE);
    g_assert_false (is_marked (fixture));
    cg_move_mark_recall (fixture->mark);
    g_assert_false (cg_move_mark_was_left (fixture->mark));
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"/camera/move-mark/q61-at-once", test_at_once},
      {"/camera/move-mark/after-a-second", test_after_a_second},
      {"/camera/move-mark/left", test_left},
      {"/camera/move-mark/damaged", test_damaged},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
