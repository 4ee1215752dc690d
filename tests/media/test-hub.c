/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-hub.h"
#include "media-fixture.h"

#define FRAME 40000

/* Pops all there is; checks that time rises; returns how many pictures came. */
static guint
drain (CgHubOutput *output, gint64 *last_dts_us)
{
  gint64 dts_us, pts_us;
  guint count = 0;

  for (;;) {
    g_autoptr (CgAccessUnit) unit = cg_hub_output_pop (output, &dts_us, &pts_us);
    if (unit == NULL)
      return count;
    if (unit->track == CG_TRACK_AUDIO)
      continue;
    g_assert_cmpint (dts_us, >, *last_dts_us);
    *last_dts_us = dts_us;
    count++;
  }
}

static void
test_waits_for_key (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  CgHubOutput *output = cg_hub_add_output (hub, NULL, NULL);
  const guint input = cg_hub_open_input (hub);
  gint64 last_us = -1;

  media_feed_pictures (hub, input, 1, 9, 10, 100);
  g_assert_false (media_has_key_frame (hub));
  g_assert_cmpuint (drain (output, &last_us), ==, 0);
  media_feed_pictures (hub, input, 10, 5, 10, 100);

  g_assert_true (media_has_key_frame (hub));
  g_assert_cmpuint (drain (output, &last_us), ==, 5);
  g_assert_cmpint (last_us, ==, 4 * FRAME);
  cg_hub_remove_output (hub, output);
}

static void
test_cache (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  const guint input = cg_hub_open_input (hub);
  gint64 dts_us, pts_us, last_us = 0;

  media_feed_pictures (hub, input, 0, 27, 10, 100);
  CgHubOutput *output = cg_hub_add_output (hub, NULL, NULL);
  g_autoptr (CgAccessUnit) first = cg_hub_output_pop (output, &dts_us, &pts_us);

  g_assert_nonnull (first);
  g_assert_true (first->key);
  g_assert_cmpint (dts_us, ==, 0);
  g_assert_cmpuint (drain (output, &last_us), ==, 6);
  media_feed_pictures (hub, input, 27, 1, 10, 100);
  g_assert_cmpuint (drain (output, &last_us), ==, 1);
  g_assert_cmpint (last_us, ==, 7 * FRAME);
  cg_hub_remove_output (hub, output);
}

/* Q14: minutes between key frames must not eat the memory */
static void
test_cache_bounded (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  const guint input = cg_hub_open_input (hub);
  gint64 last_us = -1;

  media_feed_pictures (hub, input, 0, 1000, 100000, 20000);
  CgHubOutput *output = cg_hub_add_output (hub, NULL, NULL);

  g_assert_null (cg_hub_get_key_frame (hub));
  g_assert_cmpuint (drain (output, &last_us), ==, 0);
  cg_hub_remove_output (hub, output);
}

/* Nothing is kept: who comes later waits for the next key frame, and then gets everything. */
static void
test_no_cache (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  const guint input = cg_hub_open_input (hub);
  gint64 last_us = -1;

  cg_hub_set_cache_max_bytes (hub, 0);
  media_feed_pictures (hub, input, 0, 15, 10, 100);
  CgHubOutput *output = cg_hub_add_output (hub, NULL, NULL);

  g_assert_null (cg_hub_get_key_frame (hub));
  g_assert_cmpuint (drain (output, &last_us), ==, 0);
  media_feed_pictures (hub, input, 15, 15, 10, 100);
  g_assert_cmpuint (drain (output, &last_us), ==, 10);
  cg_hub_remove_output (hub, output);
}

static void
test_drops_groups (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  CgHubOutput *output = cg_hub_add_output (hub, NULL, NULL);
  const guint input = cg_hub_open_input (hub);
  gint64 dts_us, pts_us, last_us;
  CgHubStats stats;

  media_feed_pictures (hub, input, 0, 3, 25, 100);
  g_clear_pointer (&(CgAccessUnit *){cg_hub_output_pop (output, &dts_us, &pts_us)},
                   cg_access_unit_unref);
  media_feed_pictures (hub, input, 3, 1000, 25, 100);
  g_autoptr (CgAccessUnit) next = cg_hub_output_pop (output, &dts_us, &pts_us);

  g_assert_true (next->key);
  g_assert_cmpint (dts_us % (25 * FRAME), ==, 0);
  last_us = dts_us;
  const guint count = drain (output, &last_us);
  g_assert_cmpint (last_us, ==, 1002 * FRAME);
  g_assert_cmpuint (count * FRAME, <=, 8 * G_USEC_PER_SEC);
  cg_hub_get_stats (hub, &stats);
  g_assert_cmpuint (stats.dropped, ==, 1003 - 1 - 1 - count);
  cg_hub_remove_output (hub, output);
  cg_hub_get_stats (hub, &stats);
  g_assert_cmpuint (stats.dropped, ==, 1003 - 1 - 1 - count);
}

/* A group longer than the queue: nothing useful is left but the next key frame. */
static void
test_drops_long_group (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  CgHubOutput *output = cg_hub_add_output (hub, NULL, NULL);
  const guint input = cg_hub_open_input (hub);
  gint64 dts_us, pts_us;

  media_feed_pictures (hub, input, 0, 1002, 1000, 100);
  g_autoptr (CgAccessUnit) first = cg_hub_output_pop (output, &dts_us, &pts_us);

  g_assert_true (first->key);
  g_assert_cmpint (dts_us, ==, 1000 * FRAME);
  cg_hub_remove_output (hub, output);
}

static gint64
get_starvation_us (CgHub *hub, gint64 *fresh_us, gint64 *urgent_us)
{
  CgHubStarvation starvation;

  cg_hub_get_starvation (hub, &starvation);
  *fresh_us = starvation.fresh_us;
  *urgent_us = starvation.urgent_us;
  return starvation.any_us;
}

/* Q14: who has lost a long group, and who comes after the cache has overflowed, goes without until
 * the next key frame: that is seen. */
static void
test_starvation (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  CgHubOutput *slow = cg_hub_add_output (hub, NULL, NULL);
  const guint input = cg_hub_open_input (hub);
  gint64 fresh_us, urgent_us;

  media_feed_pictures (hub, input, 0, 200, 100000, 100);
  g_assert_cmpint (get_starvation_us (hub, &fresh_us, &urgent_us), ==, -1);
  media_feed_pictures (hub, input, 200, 50, 100000, 100);
  const gint64 lost_us = get_starvation_us (hub, &fresh_us, &urgent_us);
  g_assert_cmpint (lost_us, >=, G_USEC_PER_SEC);
  g_assert_cmpint (urgent_us, ==, lost_us);
  g_assert_cmpint (fresh_us, ==, -1);

  cg_hub_output_set_patient (slow);
  media_feed_pictures (hub, input, 250, 4000, 100000, 100); /* the cache is of no use now */
  CgHubOutput *late = cg_hub_add_output (hub, NULL, NULL);
  media_feed_pictures (hub, input, 4250, 26, 100000, 100);
  g_assert_cmpint (get_starvation_us (hub, &fresh_us, &urgent_us), >, 160 * G_USEC_PER_SEC);
  g_assert_cmpint (fresh_us, ==, 25 * FRAME);
  g_assert_cmpint (urgent_us, ==, 25 * FRAME);

  media_feed_pictures (hub, input, 100000, 1, 100000, 100);
  g_assert_cmpint (get_starvation_us (hub, &fresh_us, &urgent_us), ==, -1);
  cg_hub_remove_output (hub, slow);
  cg_hub_remove_output (hub, late);
}

static void
test_replaced_input (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  CgHubOutput *output = cg_hub_add_output (hub, NULL, NULL);
  const guint old = cg_hub_open_input (hub);
  gint64 last_us = -1;
  CgHubStats stats;

  media_feed_pictures (hub, old, 100, 15, 10, 100);
  g_assert_cmpuint (drain (output, &last_us), ==, 15);
  cg_hub_close_input (hub, old);
  g_assert_false (media_has_key_frame (hub));
  const guint new = cg_hub_open_input (hub);
  media_feed_pictures (hub, old, 115, 5, 10, 100);
  g_assert_cmpuint (drain (output, &last_us), ==, 0);
  /* 66 pictures further on the clock, but the new pull counts its time from 0 */
  g_autoptr (CgFormat) format = media_make_video_format (64);
  cg_hub_feed (hub, new, media_make_video (format, FALSE, 100), 0, 179 * FRAME);
  cg_hub_feed (hub, new, media_make_video (format, TRUE, 100), FRAME, 180 * FRAME + 1);

  g_assert_cmpuint (drain (output, &last_us), ==, 1);
  g_assert_cmpint (last_us, ==, 80 * FRAME);
  cg_hub_close_input (hub, old);
  g_assert_true (media_has_key_frame (hub));
  cg_hub_get_stats (hub, &stats);
  g_assert_cmpuint (stats.inputs, ==, 2);
  cg_hub_remove_output (hub, output);
}

/* What is owed is dropped; the next key frame goes out, and time goes on. */
static void
test_skip (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  CgHubOutput *output = cg_hub_add_output (hub, NULL, NULL);
  const guint input = cg_hub_open_input (hub);
  gint64 last_us = -1;

  media_feed_pictures (hub, input, 0, 15, 10, 100);
  cg_hub_skip (hub);
  g_assert_cmpuint (drain (output, &last_us), ==, 0);
  g_assert_cmpuint (cg_hub_output_get_dropped (output), ==, 15);
  media_feed_pictures (hub, input, 15, 8, 10, 100);

  g_assert_cmpuint (drain (output, &last_us), ==, 3);
  g_assert_cmpint (last_us, ==, 22 * FRAME);
  cg_hub_remove_output (hub, output);
}

static void
test_audio (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  g_autoptr (CgFormat) sound = media_make_audio_format ();
  CgHubOutput *output = cg_hub_add_output (hub, NULL, NULL);
  const guint input = cg_hub_open_input (hub);
  gint64 dts_us, pts_us;

  g_assert_false (cg_hub_feed (hub, input, media_make_audio (sound), 0, 1));
  media_feed_pictures (hub, input, 0, 1, 10, 100);
  g_assert_true (cg_hub_feed (hub, input, media_make_audio (sound), -20000, 2));
  g_assert_true (cg_hub_feed (hub, input, media_make_audio (sound), 1333, 3));

  g_autoptr (CgAccessUnit) video = cg_hub_output_pop (output, &dts_us, &pts_us);
  g_assert_cmpint (video->track, ==, CG_TRACK_VIDEO);
  g_autoptr (CgAccessUnit) audio = cg_hub_output_pop (output, &dts_us, &pts_us);
  g_assert_cmpint (audio->track, ==, CG_TRACK_AUDIO);
  g_assert_cmpint (dts_us, ==, 1333);
  g_assert_null (cg_hub_output_pop (output, &dts_us, &pts_us));
  cg_hub_remove_output (hub, output);
}

static void
count_wake (gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
test_wakes (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  guint wakes = 0;
  CgHubOutput *output = cg_hub_add_output (hub, count_wake, &wakes);
  const guint input = cg_hub_open_input (hub);
  gint64 last_us = -1;

  media_feed_pictures (hub, input, 0, 5, 10, 100);
  g_assert_cmpuint (wakes, ==, 1);
  drain (output, &last_us);
  media_feed_pictures (hub, input, 5, 1, 10, 100);
  g_assert_cmpuint (wakes, ==, 2);

  cg_hub_remove_output (hub, output);
  media_feed_pictures (hub, input, 6, 5, 10, 100);
  g_assert_cmpuint (wakes, ==, 2);
}

static void
test_stats (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  const guint input = cg_hub_open_input (hub);
  CgHubStats stats;

  media_feed_pictures (hub, input, 0, 101, 50, 1000);
  cg_hub_get_stats (hub, &stats);

  g_assert_cmpuint (stats.frames, ==, 101);
  g_assert_cmpuint (stats.key_frames, ==, 3);
  g_assert_cmpuint (stats.bytes, ==, 101000);
  g_assert_cmpuint (stats.gop_ms, ==, 2000);
  g_assert_cmpuint (stats.bitrate_kbps, >=, 199);
  g_assert_cmpuint (stats.bitrate_kbps, <=, 205);
  g_assert_cmpfloat_with_epsilon (stats.fps, 25, 1);
  g_assert_cmpuint (stats.width, ==, 64);
  g_assert_false (stats.reordered);
}

/* What has ended sends nothing. */
static void
test_rates_end_with_the_input (void)
{
  g_autoptr (CgHub) hub = cg_hub_new ();
  const guint input = cg_hub_open_input (hub);
  CgHubStats stats;

  media_feed_pictures (hub, input, 0, 101, 50, 1000);
  cg_hub_close_input (hub, input);
  cg_hub_get_stats (hub, &stats);

  g_assert_cmpuint (stats.frames, ==, 101);
  g_assert_cmpuint (stats.bitrate_kbps, ==, 0);
  g_assert_cmpfloat (stats.fps, ==, 0);
  g_assert_cmpuint (stats.gop_ms, ==, 0);

  /* Nor is an outage a long group. */
  const guint next = cg_hub_open_input (hub);
  media_feed_pictures (hub, next, 10000, 60, 50, 1000);
  cg_hub_get_stats (hub, &stats);
  g_assert_cmpuint (stats.gop_ms, ==, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/hub/waits-for-key", test_waits_for_key);
  g_test_add_func ("/hub/cache", test_cache);
  g_test_add_func ("/hub/q14-cache-bounded", test_cache_bounded);
  g_test_add_func ("/hub/no-cache", test_no_cache);
  g_test_add_func ("/hub/drops-groups", test_drops_groups);
  g_test_add_func ("/hub/drops-long-group", test_drops_long_group);
  g_test_add_func ("/hub/q14-starvation", test_starvation);
  g_test_add_func ("/hub/replaced-input", test_replaced_input);
  g_test_add_func ("/hub/skip", test_skip);
  g_test_add_func ("/hub/audio", test_audio);
  g_test_add_func ("/hub/wakes", test_wakes);
  g_test_add_func ("/hub/stats", test_stats);
  g_test_add_func ("/hub/rates-end-with-the-input", test_rates_end_with_the_input);
  return g_test_run ();
}
