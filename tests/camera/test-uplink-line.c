/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams that share a line in simulated time, each with the queue of its push: how soon they
 * change their picture, and how seldom. */
#include "cg-uplink-care.h"

#define RETRY_MS (60 * 1000)
#define HOUR_MS (3600 * 1000)
#define STEP_MS 200
#define MAX_STREAMS 12
#define MAX_RESTLESS 6
#define MAX_HOURS 4
#define PICTURES_A_SECOND 25

/* As in the hub's outputs: what a push may owe. */
#define QUEUE_S 8

/* A camera needs so long until the other picture comes. */
#define GAP_MS 1000

typedef struct {
  double main_kbps;
  double small_kbps;
  double group_s; /* from key frame to key frame */
  double queued_kbit;
  gint64 gap_until_ms;
  gboolean goes_out; /* something of it is queued, and its share is not fixed yet */
  guint n_changes[MAX_HOURS];
} Push;

typedef struct {
  CgUplinkCare *care;
  CgUplinkStream streams[MAX_STREAMS];
  Push pushes[MAX_STREAMS];
  guint n_streams;
  double line_kbps;
  gint64 now_ms;
  double lost_s; /* of all pictures, since they were counted anew */
} World;

static void
world_init (World *world, guint n_streams, double line_kbps)
{
  static const char *const dids[MAX_STREAMS] = {"a", "b", "c", "d", "e", "f",
                                                "g", "h", "i", "j", "k", "l"};

  *world = (World){.care = cg_uplink_care_new (), .n_streams = n_streams, .line_kbps = line_kbps};
  cg_uplink_care_apply (world->care, 0, RETRY_MS);
  for (guint i = 0; i < n_streams; i++) {
    world->streams[i] =
        (CgUplinkStream){.did = dids[i], .importance = 5, .has_small = TRUE, .is_playing = TRUE};
    world->pushes[i] = (Push){.main_kbps = 4000, .small_kbps = 500, .group_s = 1};
  }
}

static void
world_clear (World *world)
{
  cg_uplink_care_free (world->care);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static double
get_kbps (const World *world, guint i)
{
  return world->streams[i].state == CG_UPLINK_FREE ? world->pushes[i].main_kbps
                                                   : world->pushes[i].small_kbps;
}

static void
lose (World *world, guint i, double lost_kbit)
{
  const double lost_s = lost_kbit / get_kbps (world, i);

  world->pushes[i].queued_kbit -= lost_kbit;
  world->streams[i].dropped += (guint64)(lost_s * PICTURES_A_SECOND) + 1;
  world->lost_s += lost_s;
}

/* The camera sends; whole groups are dropped where the queue is too long. */
static void
fill (World *world, guint i)
{
  Push *push = &world->pushes[i];
  const double kbps = get_kbps (world, i);

  world->streams[i].rate_kbps = (guint)kbps;
  if (world->now_ms < push->gap_until_ms)
    return;
  push->queued_kbit += kbps * STEP_MS / 1000;
  while (push->queued_kbit > kbps * QUEUE_S)
    lose (world, i, MIN (push->group_s * kbps, push->queued_kbit));
}

/* Who wants less than an equal share leaves the rest to the others, as TCP does. */
static void
drain (World *world)
{
  double left_kbit = world->line_kbps * STEP_MS / 1000;
  guint n_left = 0;

  for (guint i = 0; i < world->n_streams; i++) {
    world->pushes[i].goes_out = world->pushes[i].queued_kbit > 0;
    n_left += world->pushes[i].goes_out ? 1 : 0;
  }
  while (n_left > 0) {
    Push *least = NULL;
    for (guint i = 0; i < world->n_streams; i++) {
      Push *push = &world->pushes[i];
      if (push->goes_out && (least == NULL || push->queued_kbit < least->queued_kbit))
        least = push;
    }
    const double share_kbit = MIN (left_kbit / n_left, least->queued_kbit);
    least->queued_kbit -= share_kbit;
    least->goes_out = FALSE;
    left_kbit -= share_kbit;
    n_left--;
  }
}

static void
decide (World *world)
{
  CgUplinkState before[MAX_STREAMS];

  for (guint i = 0; i < world->n_streams; i++)
    before[i] = world->streams[i].state;
  cg_uplink_care_decide (world->care, world->streams, world->n_streams, world->now_ms);
  for (guint i = 0; i < world->n_streams; i++) {
    Push *push = &world->pushes[i];

    if (world->streams[i].state == before[i])
      continue;
    push->n_changes[MIN (world->now_ms / HOUR_MS, MAX_HOURS - 1)]++;
    push->gap_until_ms = world->now_ms + GAP_MS;
    lose (world, i, push->queued_kbit);
    push->queued_kbit = 0;
  }
}

static void
world_step (World *world)
{
  world->now_ms += STEP_MS;
  for (guint i = 0; i < world->n_streams; i++)
    fill (world, i);
  drain (world);
  if (world->now_ms % CG_UPLINK_TICK_MS == 0)
    decide (world);
}

static void
world_run (World *world, gint64 ms)
{
  const gint64 end_ms = world->now_ms + ms;

  while (world->now_ms < end_ms)
    world_step (world);
}

/* Returns: how long it took */
static gint64
run_until (World *world, guint i, CgUplinkState state)
{
  const gint64 begin_ms = world->now_ms;

  while (world->streams[i].state != state) {
    world_step (world);
    g_assert_cmpint (world->now_ms - begin_ms, <, HOUR_MS);
  }
  return world->now_ms - begin_ms;
}

/* Small once the queue is full and four seconds have been dropped; main after the pause. */
static void
test_how_soon (void)
{
  static const struct {
    double line_kbps;
    double group_s;
    gint64 most_ms;
  } rows[] = {
      {100, 1, 14000},  {1000, 1, 18000},  {2000, 1, 24000},
      {2000, 4, 32000}, {2000, 10, 60000}, {3500, 2, 100000},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (World) world;
    world_init (&world, 1, 8000);
    world.pushes[0].group_s = rows[i].group_s;
    world_run (&world, 60000);

    world.line_kbps = rows[i].line_kbps;
    const gint64 took_ms = run_until (&world, 0, CG_UPLINK_SLOW);
    world.line_kbps = 8000;
    const gint64 back_ms = run_until (&world, 0, CG_UPLINK_FREE);

    g_test_message ("row %u: %d ms, %d ms", i, (int)took_ms, (int)back_ms);
    g_assert_cmpint (took_ms, >, QUEUE_S * 1000);
    g_assert_cmpint (took_ms, <=, rows[i].most_ms);
    g_assert_cmpint (back_ms, >=, RETRY_MS);
    g_assert_cmpint (back_ms, <=, RETRY_MS + CG_UPLINK_TICK_MS);
  }
}

/* A line that never carries the main picture is tried later and later; one that did, soon again. */
static void
test_later_and_later (void)
{
  static const gint64 waits_s[] = {60, 120, 240, 480, 900, 900};
  g_auto (World) world;
  world_init (&world, 1, 1000);

  for (guint i = 0; i < G_N_ELEMENTS (waits_s); i++) {
    run_until (&world, 0, CG_UPLINK_SLOW);
    const gint64 wait_ms = run_until (&world, 0, CG_UPLINK_FREE);

    g_assert_cmpint (wait_ms, >=, waits_s[i] * 1000);
    g_assert_cmpint (wait_ms, <=, waits_s[i] * 1000 + CG_UPLINK_TICK_MS);
  }
  world.line_kbps = 8000;
  world_run (&world, HOUR_MS);
  world.line_kbps = 1000;
  run_until (&world, 0, CG_UPLINK_SLOW);

  g_assert_cmpint (run_until (&world, 0, CG_UPLINK_FREE), <=, RETRY_MS + CG_UPLINK_TICK_MS);
}

static guint
count_small (const World *world)
{
  guint n_small = 0;

  for (guint i = 0; i < world->n_streams; i++)
    n_small += world->streams[i].state != CG_UPLINK_FREE;
  return n_small;
}

/* A quarter of those in trouble at a time; nobody comes back while the others are on their way. */
static void
test_many_alike (void)
{
  g_auto (World) world;
  world_init (&world, 12, 12 * 500);
  guint n_small = 0;

  while (n_small < 12) {
    const guint n_slow = 12 - n_small;

    world_run (&world, CG_UPLINK_TICK_MS);
    const guint n_now = count_small (&world);
    g_assert_cmpuint (n_now, >=, n_small);
    if (n_now > n_small)
      g_assert_cmpuint (n_now - n_small, ==, MAX (n_slow / 4, 1));
    n_small = n_now;
    g_assert_cmpint (world.now_ms, <, 5 * 60 * 1000);
  }
}

/* The least important goes first, and comes back last. */
static void
test_first_and_last (void)
{
  g_auto (World) world;
  world_init (&world, 3, 1600);
  for (guint i = 0; i < 3; i++)
    world.streams[i].importance = i;

  for (guint i = 0; i < 3; i++) {
    run_until (&world, i, CG_UPLINK_SLOW);
    for (guint later = i + 1; later < 3; later++)
      g_assert_cmpint (world.streams[later].state, ==, CG_UPLINK_FREE);
  }
  world.line_kbps = 20000;

  for (guint i = 3; i-- > 0;) {
    run_until (&world, i, CG_UPLINK_FREE);
    for (guint earlier = 0; earlier < i; earlier++)
      g_assert_cmpint (world.streams[earlier].state, ==, CG_UPLINK_SLOW);
  }
}

/* Another server, another line: who has no small picture, or does not get through with that, costs
 * nobody else theirs. */
static void
test_trouble_of_its_own (void)
{
  for (guint has_small = FALSE; has_small <= TRUE; has_small++) {
    for (guint is_playing = FALSE; is_playing <= TRUE; is_playing++) {
      g_auto (World) world;
      world_init (&world, 3, 100000);
      world.streams[1].has_small = has_small;
      world.streams[1].is_playing = is_playing;
      world.streams[1].is_stuck = !is_playing;
      world.streams[2].importance = 9;

      for (guint i = 0; i < HOUR_MS / CG_UPLINK_TICK_MS; i++) {
        world_run (&world, CG_UPLINK_TICK_MS);
        world.streams[1].dropped += 50;
      }

      g_assert_cmpint (world.streams[0].state, ==, CG_UPLINK_FREE);
      g_assert_cmpint (world.streams[2].state, ==, CG_UPLINK_FREE);
      g_assert_cmpint (world.streams[1].state, ==, has_small ? CG_UPLINK_SLOW : CG_UPLINK_FREE);
    }
  }
}

/* A line that is nearly wide enough: whether it takes the main picture or the small one, it does
 * not go to and fro, and little is lost. */
static void
check_border (GRand *random)
{
  g_auto (World) world;
  world_init (&world, 1, 4000 * g_rand_double_range (random, 0.75, 1.05));
  world.pushes[0].group_s = g_rand_double_range (random, 0.5, 10);

  world_run (&world, HOUR_MS);
  world.lost_s = 0;
  world_run (&world, (MAX_HOURS - 1) * HOUR_MS);

  g_test_message ("line %.0f, group %.1f s: %u %u %u %u changes, lost %.1f s", world.line_kbps,
                  world.pushes[0].group_s, world.pushes[0].n_changes[0],
                  world.pushes[0].n_changes[1], world.pushes[0].n_changes[2],
                  world.pushes[0].n_changes[3], world.lost_s);
  g_assert_cmpuint (world.pushes[0].n_changes[0], <=, 14);
  for (guint hour = 1; hour < MAX_HOURS; hour++)
    g_assert_cmpuint (world.pushes[0].n_changes[hour], <=, 8);
  g_assert_cmpfloat (world.lost_s, <, (MAX_HOURS - 1) * 3600 * 0.18);
}

/* Widens and narrows as it likes. */
static void
check_restless (GRand *random)
{
  const double period_s = g_rand_double_range (random, 10, 3000);
  const double high_kbps = g_rand_double_range (random, 500, 20000);
  const double low_kbps = g_rand_double_range (random, 200, high_kbps);
  g_auto (World) world;
  world_init (&world, (guint)g_rand_int_range (random, 1, MAX_RESTLESS + 1), high_kbps);
  for (guint i = 0; i < world.n_streams; i++) {
    world.streams[i].importance = (guint)g_rand_int_range (random, 0, 4);
    world.streams[i].has_small = g_rand_int_range (random, 0, 8) > 0;
    world.pushes[i].main_kbps = g_rand_double_range (random, 1000, 8000);
    world.pushes[i].small_kbps = g_rand_double_range (random, 100, 1000);
    world.pushes[i].group_s = g_rand_double_range (random, 0.5, 10);
  }

  while (world.now_ms < 2 * HOUR_MS) {
    world_run (&world, (gint64)(period_s * g_rand_double_range (random, 500, 1500)));
    world.line_kbps = world.line_kbps == low_kbps ? high_kbps : low_kbps;
  }
  for (guint i = 0; i < world.n_streams; i++) {
    g_assert_cmpuint (world.pushes[i].n_changes[0], <=, 16);
    g_assert_cmpuint (world.pushes[i].n_changes[1], <=, 16);
  }

  world.line_kbps = 100000;
  world_run (&world, HOUR_MS);
  for (guint i = 0; i < world.n_streams; i++)
    g_assert_cmpint (world.streams[i].state, ==, CG_UPLINK_FREE);
}

static void
test_property (gconstpointer data)
{
  void (*const check) (GRand * random) = (void (*) (GRand *))data;

  for (guint seed = 0; seed < 40; seed++) {
    GRand *random = g_rand_new_with_seed (seed);

    g_test_message ("seed %u", seed);
    check (random);
    g_rand_free (random);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/uplink-line/how-soon", test_how_soon);
  g_test_add_func ("/camera/uplink-line/later-and-later", test_later_and_later);
  g_test_add_func ("/camera/uplink-line/many-alike", test_many_alike);
  g_test_add_func ("/camera/uplink-line/first-and-last", test_first_and_last);
  g_test_add_func ("/camera/uplink-line/trouble-of-its-own", test_trouble_of_its_own);
  g_test_add_data_func ("/camera/uplink-line/border", (gconstpointer)check_border, test_property);
  g_test_add_data_func ("/camera/uplink-line/restless", (gconstpointer)check_restless,
                        test_property);
  return g_test_run ();
}
