/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-error.h"
#include "cg-pull-watch.h"
#include "cg-stall.h"

#define START_MS 20000
#define STALL_MS 10000

/* Every second: how many packets and pictures come in it; then nothing is different any more. */
typedef struct {
  const char *name;
  gint64 live_ms; /* 0: never */
  gint64 packets_until_ms;
  gint64 frames_until_ms;
  gboolean is_described;
  gint64 over_ms;
  int code;
  CgErrorCause cause;
  const char *words;
} Row;

static const Row rows[] = {
    {"mute", 0, 0, 0, FALSE, START_MS, CG_ERROR_TIMED_OUT, CG_ERROR_CAUSE_NONE, "did not answer"},
    {"described", 0, 0, 0, TRUE, START_MS, CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NONE,
     "no picture within 20000 ms"},
    {"begun", 0, 1000, 0, TRUE, START_MS, CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NONE,
     "no picture within 20000 ms"},
    {"garbled", 0, 60000, 0, TRUE, START_MS, CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NO_PICTURE,
     "packets without a picture within 20000 ms"},
    {"no key", 0, 60000, 60000, TRUE, START_MS, CG_ERROR_STREAM_STALLED,
     CG_ERROR_CAUSE_NO_KEY_FRAME, "no key frame within 20000 ms"},
    {"packets end", 2000, 30000, 30000, TRUE, 35000, CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NONE,
     "nothing for 5000 ms"},
    {"pictures end", 2000, 60000, 30000, TRUE, 40000, CG_ERROR_STREAM_STALLED,
     CG_ERROR_CAUSE_NO_PICTURE, "packets without a picture for 10000 ms"},
    {"pictures end, then packets", 2000, 36000, 30000, TRUE, 40000, CG_ERROR_STREAM_STALLED,
     CG_ERROR_CAUSE_NONE, "no picture for 10000 ms"},
};

/* Q8: each point has a deadline of its own, and says that it is this one. */
static void
test_points (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    CgPullCount count = {.is_described = row->is_described};
    g_autoptr (GError) error = NULL;
    CgPullWatch watch;
    gint64 now_ms = 0;

    g_test_message ("%s", row->name);
    cg_pull_watch_init (&watch, START_MS, STALL_MS);
    cg_pull_watch_begin (&watch, 0);
    while (error == NULL && now_ms < 120000) {
      now_ms += 500;
      count.packets += now_ms <= row->packets_until_ms ? 7 : 0;
      count.frames += now_ms <= row->frames_until_ms ? 1 : 0;
      if (now_ms == row->live_ms)
        cg_pull_watch_go_live (&watch, now_ms);
      error = cg_pull_watch_look (&watch, now_ms, &count);
    }

    g_assert_error (error, CG_ERROR, row->code);
    g_assert_cmpint (cg_error_get_cause (error), ==, row->cause);
    g_assert_nonnull (g_strstr_len (error->message, -1, row->words));
    g_assert_cmpint (now_ms, ==, row->over_ms);
  }
}

static void
test_timeouts (void)
{
  static const struct {
    guint stall_ms;
    guint wanted_ms[CG_N_STALL_POINTS];
  } timeouts[] = {
      {10000, {5000, 10000, 15000}},
      {1500, {1000, 1500, 2250}},
      {200, {200, 200, 300}},
      {600000, {300000, 600000, 900000}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++) {
    for (int point = 0; point < CG_N_STALL_POINTS; point++)
      g_assert_cmpuint (cg_stall_get_timeout_ms ((CgStallPoint)point, timeouts[i].stall_ms), ==,
                        timeouts[i].wanted_ms[point]);
  }
}

/* The shortest of the deadlines is met in time. */
static void
test_pause (void)
{
  CgPullWatch watch;

  cg_pull_watch_init (&watch, START_MS, STALL_MS);
  g_assert_cmpuint (cg_pull_watch_get_pause_ms (&watch), ==, 625);
  cg_pull_watch_init (&watch, 100, STALL_MS);
  g_assert_cmpuint (cg_pull_watch_get_pause_ms (&watch), ==, 12);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pull-watch/q8-points", test_points);
  g_test_add_func ("/pull-watch/q8-timeouts", test_timeouts);
  g_test_add_func ("/pull-watch/pause", test_pause);
  return g_test_run ();
}
