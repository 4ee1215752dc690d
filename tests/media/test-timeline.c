/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "cg-timeline.h"

#define FRAME 40000
#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct {
  CgTimeline timeline;
  gint64 now_us;
  gint64 dts_us;
  gint64 pts_us;
} Fixture;

/* Stamps a unit that arrives 40 ms after the one before, and checks what always holds. */
static void
stamp (Fixture *fixture, gint64 in_us)
{
  const gint64 last_us = fixture->dts_us;
  const gboolean is_first = fixture->now_us == 0;

  fixture->now_us += FRAME;
  cg_timeline_stamp (&fixture->timeline, in_us, fixture->now_us, &fixture->dts_us,
                     &fixture->pts_us);
  g_assert_cmpint (fixture->pts_us, >=, fixture->dts_us);
  if (!is_first)
    g_assert_cmpint (fixture->dts_us, >=, last_us + 1000);
}

static void
test_plain (void)
{
  Fixture fixture = {0};

  for (gint64 i = 0; i < 100; i++) {
    stamp (&fixture, i * FRAME);
    g_assert_cmpint (fixture.dts_us, ==, i * FRAME);
    g_assert_cmpint (fixture.pts_us, ==, i * FRAME);
  }
  g_assert_cmpuint (fixture.timeline.jumps, ==, 0);
}

/* Q22: I P B B P B B … as encoders send it */
static void
test_reordered (void)
{
  Fixture fixture = {0};

  stamp (&fixture, 0);
  for (gint64 group = 0; group < 50; group++) {
    const gint64 base = group * 3;
    const gint64 order[] = {base + 3, base + 1, base + 2};
    for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
      stamp (&fixture, order[i] * FRAME);
      if (group > 1)
        g_assert_cmpint (fixture.pts_us, ==, order[i] * FRAME);
    }
  }

  g_assert_cmpuint (fixture.timeline.depth, ==, 1);
  g_assert_cmpuint (fixture.timeline.jumps, ==, 0);
}

/* Q22: a pyramid, in which B-frames are references too */
static void
test_pyramid (void)
{
  Fixture fixture = {0};

  stamp (&fixture, 0);
  for (gint64 group = 0; group < 50; group++) {
    const gint64 base = group * 4;
    const gint64 order[] = {base + 4, base + 2, base + 1, base + 3};
    for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
      stamp (&fixture, order[i] * FRAME);
      if (group > 2)
        g_assert_cmpint (fixture.pts_us, ==, order[i] * FRAME);
    }
  }

  g_assert_cmpuint (fixture.timeline.depth, ==, 2);
}

/* Q22: a pyramid whose depth is known beforehand: nothing is late, and time goes on so when the
 * input is another one */
static void
test_described (void)
{
  static const guint depths[] = {2, 4, CG_TIMELINE_MAX_DEPTH, 1000};

  for (guint i = 0; i < G_N_ELEMENTS (depths); i++) {
    Fixture fixture = {0};

    cg_timeline_init (&fixture.timeline);
    cg_timeline_expect_depth (&fixture.timeline, depths[i]);
    for (gint64 input = 0; input < 2; input++) {
      const gint64 offset_us = input * 1000 * FRAME;

      cg_timeline_restart (&fixture.timeline, offset_us);
      stamp (&fixture, 0);
      for (gint64 group = 0; group < 20; group++) {
        const gint64 base = group * 4;
        const gint64 order[] = {base + 4, base + 2, base + 1, base + 3};
        for (guint k = 0; k < G_N_ELEMENTS (order); k++) {
          stamp (&fixture, order[k] * FRAME);
          g_assert_cmpint (fixture.pts_us, ==, offset_us + order[k] * FRAME);
        }
      }
    }
    g_assert_cmpuint (fixture.timeline.depth, ==, MIN (depths[i], CG_TIMELINE_MAX_DEPTH));
    g_assert_true (fixture.timeline.is_reordered);
  }
}

/* Q22: a depth that was told for nothing is no finding. */
static void
test_described_for_nothing (void)
{
  Fixture fixture = {0};

  cg_timeline_init (&fixture.timeline);
  cg_timeline_expect_depth (&fixture.timeline, 1);
  for (gint64 i = 0; i < 100; i++) {
    stamp (&fixture, i * FRAME);
    g_assert_cmpint (fixture.pts_us, ==, i * FRAME);
    g_assert_cmpint (fixture.dts_us, ==, (i - 1) * FRAME);
  }
  g_assert_false (fixture.timeline.is_reordered);
}

/* Q20: one wrong time among good ones */
static void
test_outlier (void)
{
  static const gint64 wrong_us[] = {-HOUR_US, HOUR_US, 0};

  for (guint i = 0; i < G_N_ELEMENTS (wrong_us); i++) {
    Fixture fixture = {0};
    const gint64 start_us = 100 * (gint64)G_USEC_PER_SEC;

    for (gint64 n = 0; n < 10; n++)
      stamp (&fixture, start_us + n * FRAME);
    stamp (&fixture, wrong_us[i]);
    g_assert_cmpint (fixture.pts_us, ==, start_us + 10 * FRAME);
    stamp (&fixture, start_us + 11 * FRAME);

    g_assert_cmpint (fixture.pts_us, ==, start_us + 11 * FRAME);
    g_assert_cmpuint (fixture.timeline.jumps, ==, 0);
  }
}

/* Q20: the camera's clock steps, by hours or back to the start */
static void
test_jump (void)
{
  static const gint64 new_start_us[] = {0, 2 * HOUR_US};

  for (guint i = 0; i < G_N_ELEMENTS (new_start_us); i++) {
    Fixture fixture = {0};
    const gint64 start_us = 100 * (gint64)G_USEC_PER_SEC;

    for (gint64 n = 0; n < 10; n++)
      stamp (&fixture, start_us + n * FRAME);
    for (gint64 n = 0; n < 10; n++) {
      stamp (&fixture, new_start_us[i] + n * FRAME);
      g_assert_cmpint (fixture.pts_us, ==, start_us + (10 + n) * FRAME);
    }

    g_assert_cmpuint (fixture.timeline.jumps, ==, 1);
  }
}

/* A network that stood still for a minute is no jump: the time stamps are right. */
static void
test_late (void)
{
  Fixture fixture = {0};

  for (gint64 n = 0; n < 10; n++)
    stamp (&fixture, n * FRAME);
  fixture.now_us += 60 * G_USEC_PER_SEC;
  stamp (&fixture, 10 * FRAME);
  g_assert_cmpint (fixture.pts_us, ==, 10 * FRAME);
  fixture.now_us += 60 * G_USEC_PER_SEC;
  stamp (&fixture, 10 * FRAME + 60 * G_USEC_PER_SEC);
  g_assert_cmpint (fixture.pts_us, ==, 10 * FRAME + 60 * G_USEC_PER_SEC);

  g_assert_cmpuint (fixture.timeline.jumps, ==, 0);
}

static void
test_restart (void)
{
  Fixture fixture = {0};

  for (gint64 n = 0; n < 10; n++)
    stamp (&fixture, n * FRAME);
  cg_timeline_restart (&fixture.timeline, G_USEC_PER_SEC - 5 * FRAME);
  stamp (&fixture, 5 * FRAME);

  g_assert_cmpint (fixture.pts_us, ==, G_USEC_PER_SEC);
}

/* Whatever comes in, what goes out rises. */
static void
test_nonsense (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  Fixture fixture = {0};

  for (guint i = 0; i < 20000; i++)
    stamp (&fixture, (gint64)g_rand_int (rand) * (i % 3 == 0 ? -1000 : 100));
}

/* Sound has no order of its own: a step back, as UDP makes it, delays nothing for good. */
static void
test_sound_steps_back (void)
{
  Fixture fixture = {0};

  cg_timeline_expect_order (&fixture.timeline);
  for (gint64 i = 0; i < 100; i++) {
    stamp (&fixture, (i == 20 ? i - 2 : i) * FRAME);
    if (i != 20) {
      g_assert_cmpint (fixture.dts_us, ==, i * FRAME);
      g_assert_cmpint (fixture.pts_us, ==, i * FRAME);
    }
  }
  g_assert_false (fixture.timeline.is_reordered);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/timeline/plain", test_plain);
  g_test_add_func ("/timeline/q22-reordered", test_reordered);
  g_test_add_func ("/timeline/q22-pyramid", test_pyramid);
  g_test_add_func ("/timeline/q22-described", test_described);
  g_test_add_func ("/timeline/q22-described-for-nothing", test_described_for_nothing);
  g_test_add_func ("/timeline/q20-outlier", test_outlier);
  g_test_add_func ("/timeline/q20-jump", test_jump);
  g_test_add_func ("/timeline/late", test_late);
  g_test_add_func ("/timeline/restart", test_restart);
  g_test_add_func ("/timeline/sound-steps-back", test_sound_steps_back);
  g_test_add_func ("/timeline/nonsense", test_nonsense);
  return g_test_run ();
}
