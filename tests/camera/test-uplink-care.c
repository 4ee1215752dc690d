/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-uplink-care.h"

#define RETRY_MS 60000
#define MAIN_KBPS 4000
#define SMALL_KBPS 500
#define MAX_STREAMS 8

/* A line, and streams on it: what the line does not carry is dropped. */
typedef struct {
  CgUplinkCare *care;
  CgUplinkStream streams[MAX_STREAMS];
  guint main_kbps[MAX_STREAMS];
  guint small_kbps[MAX_STREAMS];
  guint n_changes[MAX_STREAMS];
  guint n_streams;
  guint line_kbps;
  gint64 now_ms;
} World;

static const char *const dids[MAX_STREAMS] = {"a", "b", "c", "d", "e", "f", "g", "h"};

static void
world_init (World *world, guint n_streams, guint line_kbps)
{
  *world = (World){.care = cg_uplink_care_new (), .n_streams = n_streams, .line_kbps = line_kbps};
  cg_uplink_care_apply (world->care, 0, RETRY_MS);
  world->now_ms = 1000;
  for (guint i = 0; i < n_streams; i++) {
    world->main_kbps[i] = MAIN_KBPS;
    world->small_kbps[i] = SMALL_KBPS;
    world->streams[i] =
        (CgUplinkStream){.did = dids[i], .importance = 5, .has_small = TRUE, .is_playing = TRUE};
  }
}

static void
world_clear (World *world)
{
  cg_uplink_care_free (world->care);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static guint
world_sum (const World *world)
{
  guint sum_kbps = 0;

  for (guint i = 0; i < world->n_streams; i++)
    sum_kbps += world->streams[i].is_playing ? world->streams[i].rate_kbps : 0;
  return sum_kbps;
}

static void
world_tick (World *world)
{
  world->now_ms += CG_UPLINK_TICK_MS;
  for (guint i = 0; i < world->n_streams; i++)
    world->streams[i].rate_kbps =
        world->streams[i].state == CG_UPLINK_FREE ? world->main_kbps[i] : world->small_kbps[i];
  for (guint i = 0; i < world->n_streams; i++)
    world->streams[i].dropped +=
        world->streams[i].is_playing && world_sum (world) > world->line_kbps ? 50 : 0;
  CgUplinkState before[MAX_STREAMS];
  for (guint i = 0; i < world->n_streams; i++)
    before[i] = world->streams[i].state;
  cg_uplink_care_decide (world->care, world->streams, world->n_streams, world->now_ms);
  for (guint i = 0; i < world->n_streams; i++)
    world->n_changes[i] += world->streams[i].state != before[i] ? 1 : 0;
}

static void
world_run (World *world, guint seconds)
{
  for (guint i = 0; i < seconds * 1000 / CG_UPLINK_TICK_MS; i++)
    world_tick (world);
}

/* "f" for each that is free, "s" slow, "b" budget */
static void
assert_states (const World *world, const char *expected)
{
  char states[MAX_STREAMS + 1] = "";

  for (guint i = 0; i < world->n_streams; i++)
    states[i] = "fsb"[world->streams[i].state];
  g_assert_cmpstr (states, ==, expected);
}

static void
test_line_narrows_and_widens (void)
{
  g_auto (World) world;
  world_init (&world, 1, 8000);

  world_run (&world, 60);
  assert_states (&world, "f");
  world.line_kbps = 1000;
  world_run (&world, 10);
  assert_states (&world, "s");
  world.line_kbps = 8000;
  world_run (&world, 40);
  assert_states (&world, "s"); /* the pause is not over */
  world_run (&world, 30);
  assert_states (&world, "f");
}

/* What is dropped in one hiccup is no reason. */
static void
test_hiccup (void)
{
  g_auto (World) world;
  world_init (&world, 2, 100000);

  for (guint i = 0; i < 20; i++) {
    world.line_kbps = 1000;
    world_run (&world, 2);
    world.line_kbps = 100000;
    world_run (&world, 62);
  }

  assert_states (&world, "ff");
  g_assert_cmpuint (world.n_changes[0] + world.n_changes[1], ==, 0);
}

/* Nothing is dropped, but nothing arrives either. */
static void
test_stuck (void)
{
  g_auto (World) world;
  world_init (&world, 1, 8000);
  world.streams[0].is_playing = FALSE;
  world.streams[0].is_stuck = TRUE;

  world_run (&world, 10);

  assert_states (&world, "s");
}

static void
test_no_small_picture (void)
{
  g_auto (World) world;
  world_init (&world, 1, 1000);
  world.streams[0].has_small = FALSE;

  world_run (&world, 60);

  assert_states (&world, "f");
}

/* One whose small picture is found to be none is main again at once. */
static void
test_small_picture_lost (void)
{
  g_auto (World) world;
  world_init (&world, 1, 1000);
  world_run (&world, 10);
  assert_states (&world, "s");

  world.streams[0].has_small = FALSE;
  world_run (&world, 2);

  assert_states (&world, "f");
}

/* The order of sacrifice: by importance, then by size; no more than is needed. */
static void
test_order (void)
{
  static const struct {
    const char *title;
    guint line_kbps;
    guint importance[3];
    guint main_kbps[3];
    const char *states;
  } rows[] = {
      {"all fit", 12500, {5, 5, 5}, {4000, 4000, 4000}, "fff"},
      {"the least important", 9000, {5, 1, 9}, {4000, 4000, 4000}, "fsf"},
      {"the two least important", 6000, {5, 1, 9}, {4000, 4000, 4000}, "ssf"},
      {"all", 2000, {5, 1, 9}, {4000, 4000, 4000}, "sss"},
      {"of equals the largest", 9000, {5, 5, 5}, {3000, 3000, 6000}, "ffs"},
      {"importance before size", 9000, {5, 1, 5}, {4000, 2000, 4000}, "fsf"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (World) world;
    world_init (&world, 3, rows[i].line_kbps);
    for (guint n = 0; n < 3; n++) {
      world.streams[n].importance = rows[i].importance[n];
      world.main_kbps[n] = rows[i].main_kbps[n];
    }

    world_run (&world, 50);

    g_test_message ("%s", rows[i].title);
    assert_states (&world, rows[i].states);
  }
}

static void
test_budget (void)
{
  static const struct {
    guint budget_kbps;
    const char *states;
  } rows[] = {{0, "fff"}, {13000, "fff"}, {9000, "bff"}, {5500, "bfb"}, {100, "bbb"}};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (World) world;
    world_init (&world, 3, 1000000);
    world.streams[0].importance = 1;
    world.streams[1].importance = 6;
    cg_uplink_care_apply (world.care, rows[i].budget_kbps, RETRY_MS);

    world_run (&world, 600);

    g_test_message ("%u", rows[i].budget_kbps);
    assert_states (&world, rows[i].states);
    for (guint n = 0; n < 3; n++)
      g_assert_cmpuint (world.n_changes[n], ==, rows[i].states[n] == 'f' ? 0 : 1);
  }
}

/* Room that comes free is used, the most important first. */
static void
test_budget_comes_free (void)
{
  g_auto (World) world;
  world_init (&world, 3, 1000000);
  world.streams[0].importance = 9;
  cg_uplink_care_apply (world.care, 5500, RETRY_MS);
  world_run (&world, 60);
  assert_states (&world, "fbb");

  world.streams[0].is_playing = FALSE;
  world.streams[2].importance = 7;
  world_run (&world, 120);

  assert_states (&world, "fbf");
}

/* What was too much before all were stopped is not what is too much now. */
static void
test_budget_after_a_pause (void)
{
  g_auto (World) world;
  world_init (&world, 2, 1000000);
  cg_uplink_care_apply (world.care, 5500, RETRY_MS);
  while (world.n_changes[0] + world.n_changes[1] == 0)
    world_tick (&world);

  for (guint i = 0; i < 2; i++) {
    world.streams[i].is_playing = FALSE;
    world.streams[i].has_small = FALSE;
  }
  world_tick (&world);
  assert_states (&world, "ff");
  world.now_ms += 3600 * 1000; /* while nothing is sent, nobody asks */
  for (guint i = 0; i < 2; i++) {
    world.streams[i].is_playing = TRUE;
    world.streams[i].has_small = TRUE;
  }
  world_tick (&world);
  assert_states (&world, "ff");
  world_run (&world, 8);

  g_assert_cmpuint ((guint)world.streams[0].state + (guint)world.streams[1].state, ==,
                    CG_UPLINK_BUDGET);
}

/* One that was stopped begins with its main picture, once the pause is over. */
static void
test_stopped (void)
{
  g_auto (World) world;
  world_init (&world, 1, 1000);
  world_run (&world, 10);
  assert_states (&world, "s");

  world.streams[0].is_playing = FALSE;
  world_run (&world, 100);

  assert_states (&world, "f");
}

/* Who is gone is forgotten, and the others are not confused with it. */
static void
test_streams_come_and_go (void)
{
  g_auto (World) world;
  world_init (&world, 2, 6000);
  world.streams[0].importance = 1;
  world_run (&world, 20);
  assert_states (&world, "sf");

  const CgUplinkStream first = world.streams[0];
  world.streams[0] = world.streams[1];
  world.n_streams = 1;
  world_run (&world, 4);
  assert_states (&world, "f");
  world.streams[1] = first;
  world.n_streams = 2;
  world.line_kbps = 100000;
  world_run (&world, 4);

  assert_states (&world, "ff");
}

/* However the line is: it does not flap; who fits is main in the end; and where the small pictures
 * fit, nothing is dropped but for the tries. */
static void
check_at_random (GRand *random)
{
  const guint n_streams = (guint)g_rand_int_range (random, 1, MAX_STREAMS + 1);
  g_auto (World) world;
  guint small_kbps = 0, main_kbps = 0, n_dropping = 0;

  world_init (&world, n_streams, 0);
  for (guint i = 0; i < n_streams; i++) {
    world.streams[i].importance = (guint)g_rand_int_range (random, 0, 10);
    world.main_kbps[i] = (guint)g_rand_int_range (random, 1000, 8000);
    world.small_kbps[i] = (guint)g_rand_int_range (random, 100, 1000);
    main_kbps += world.main_kbps[i];
    small_kbps += world.small_kbps[i];
  }
  world.line_kbps = (guint)g_rand_int_range (random, (gint32)small_kbps, (gint32)main_kbps);
  for (guint i = 0; i < 2 * 3600 * 1000 / CG_UPLINK_TICK_MS; i++) {
    const guint64 before = world.streams[0].dropped;

    world_tick (&world);
    n_dropping += world.streams[0].dropped > before ? 1 : 0;
  }

  /* A minute, doubled up to a quarter of an hour: eleven tries, there and back; another order among
   * the streams may begin that anew once. */
  for (guint i = 0; i < n_streams; i++)
    g_assert_cmpuint (world.n_changes[i], <=, 2 * 2 * 11);
  g_assert_cmpuint (n_dropping * CG_UPLINK_TICK_MS, <, n_streams * 14 * 60 * 1000);

  world.line_kbps = main_kbps;
  world_run (&world, 16 * 60 + n_streams * 20);
  for (guint i = 0; i < n_streams; i++)
    g_assert_cmpint (world.streams[i].state, ==, CG_UPLINK_FREE);
}

static void
test_property (void)
{
  for (guint seed = 0; seed < 100; seed++) {
    GRand *random = g_rand_new_with_seed (seed);

    g_test_message ("seed %u", seed);
    check_at_random (random);
    g_rand_free (random);
  }
}

static void
test_words (void)
{
  g_assert_null (cg_uplink_state_get_word (CG_UPLINK_FREE));
  g_assert_cmpstr (cg_uplink_state_get_word (CG_UPLINK_SLOW), ==, "uplink-too-slow");
  g_assert_cmpstr (cg_uplink_state_get_word (CG_UPLINK_BUDGET), ==, "uplink-budget");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/uplink-care/line", test_line_narrows_and_widens);
  g_test_add_func ("/camera/uplink-care/hiccup", test_hiccup);
  g_test_add_func ("/camera/uplink-care/stuck", test_stuck);
  g_test_add_func ("/camera/uplink-care/no-small-picture", test_no_small_picture);
  g_test_add_func ("/camera/uplink-care/small-picture-lost", test_small_picture_lost);
  g_test_add_func ("/camera/uplink-care/order", test_order);
  g_test_add_func ("/camera/uplink-care/budget", test_budget);
  g_test_add_func ("/camera/uplink-care/budget-comes-free", test_budget_comes_free);
  g_test_add_func ("/camera/uplink-care/budget-after-pause", test_budget_after_a_pause);
  g_test_add_func ("/camera/uplink-care/stopped", test_stopped);
  g_test_add_func ("/camera/uplink-care/come-and-go", test_streams_come_and_go);
  g_test_add_func ("/camera/uplink-care/property", test_property);
  g_test_add_func ("/camera/uplink-care/words", test_words);
  return g_test_run ();
}
