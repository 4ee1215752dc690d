/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-clock.h"
#include "cg-test.h"

#define PAUSE_MS 20

typedef struct {
  guint looks;
  gboolean goes_on;
} Looker;

static gboolean
on_look (gpointer user_data)
{
  Looker *looker = user_data;

  looker->looks++;
  return looker->goes_on;
}

static gboolean
has_looked_thrice (gpointer user_data)
{
  return ((Looker *)user_data)->looks >= 3;
}

static void
assert_at_multiple (GSource *look)
{
  g_assert_cmpint (g_source_get_ready_time (look) % (PAUSE_MS * 1000), ==, 0);
}

/* Those of one pause have one moment, whenever they were begun. */
static void
test_look_at_multiples (void)
{
  g_autoptr (CgClock) clock = cg_clock_new ();
  Looker looker = {.goes_on = G_SOURCE_CONTINUE};

  GSource *look = cg_clock_add_look (clock, PAUSE_MS, on_look, &looker);
  assert_at_multiple (look);
  cg_test_wait_for (has_looked_thrice, &looker, "three looks");

  assert_at_multiple (look);
  cg_clear_source (&look);
}

static gboolean
is_over (gpointer user_data)
{
  return g_source_is_destroyed (user_data);
}

static void
test_look_once (void)
{
  g_autoptr (CgClock) clock = cg_clock_new ();
  Looker looker = {.goes_on = G_SOURCE_REMOVE};

  GSource *look = cg_clock_add_look (clock, 0, on_look, &looker);
  cg_test_wait_for (is_over, look, "the end of looks");

  g_assert_cmpuint (looker.looks, ==, 1);
  cg_clear_source (&look);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/look-at-multiples", test_look_at_multiples);
  g_test_add_func ("/clock/look-once", test_look_once);
  return g_test_run ();
}
