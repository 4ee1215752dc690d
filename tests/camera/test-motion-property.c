/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever is asked of whatever camera: it stands in the end, every request is answered once and in
 * time, no move follows a stop, nobody is busy for ever, what is called measured is true, and what
 * is known of where a preset is.
 *
 *   test-camera-motion-property --runs 10000              with another seed each time
 *   test-camera-motion-property --seed 4711 --runs 1 --story     the one that failed
 */
#include "motion-life.h"

static struct {
  int seed, runs;
  gboolean story;
} given = {.seed = -1, .runs = 300};

static const char *const sources[] = {"cloud-1", "local-1", "local-2"};

static void
do_start (MotionLife *life, CgDirection direction)
{
  const CgMoveRequest request = {
      .direction = direction,
      .speed = (CgSpeed)motion_life_choose (life, CG_N_SPEEDS),
      .source = sources[motion_life_choose (life, (int)G_N_ELEMENTS (sources))],
  };

  motion_life_tell (life, "start %d by %s", direction, request.source);
  motion_life_start (life, &request);
}

static void
do_any_start (MotionLife *life)
{
  do_start (life, (CgDirection)motion_life_choose (life, CG_N_DIRECTIONS));
}

/* As one who holds a key. */
static void
do_same_start (MotionLife *life)
{
  for (guint i = life->asks->len; i > 0; i--) {
    const MotionAsk *before = g_ptr_array_index (life->asks, i - 1);

    if (before->kind == MOTION_ASK_START) {
      do_start (life, before->direction);
      return;
    }
  }
}

static void
do_stop (MotionLife *life)
{
  motion_life_tell (life, "stop");
  motion_life_stop (life);
}

static void
do_goto (MotionLife *life)
{
  const int i = motion_life_choose (life, CG_MODEL_N_PRESETS + 1);
  const gboolean is_there = i < CG_MODEL_N_PRESETS;
  const gboolean is_known = is_there && life->has_place[i];
  const char *token = is_there ? cg_model_preset_tokens[i] : "9";
  CgPtzLook place = {0};

  if (is_known)
    place = life->places[i];
  else if (is_there)
    place = cg_model_presets_get_told (i, &life->nature);
  motion_life_tell (life, "goto %s%s", token, is_known ? ", which is known" : "");
  const CgMotionTarget target = {
      (guint)i + 1, token, is_known || (is_there && motion_life_chance (life, 0.4)) ? &place : NULL,
      NULL};
  motion_life_goto (life, &target);
}

static void
do_link_loss (MotionLife *life)
{
  const char *source = sources[motion_life_choose (life, (int)G_N_ELEMENTS (sources))];

  motion_life_tell (life, "%s is lost", source);
  cg_motion_link_lost (life->motion, source);
}

static void
do_remove (MotionLife *life)
{
  motion_life_tell (life, "a preset is being removed");
  cg_motion_tokens_change (life->motion);
}

static void
do_wait (MotionLife *life)
{
  static const int spans_ms[] = {1, 30, 300, 1500, 7000};

  const int span_ms = spans_ms[motion_life_choose (life, (int)G_N_ELEMENTS (spans_ms))];

  motion_life_pass (life, motion_life_choose (life, span_ms));
}

static void
do_something (MotionLife *life)
{
  static const struct {
    int weight;
    void (*act) (MotionLife *life);
  } acts[] = {{10, do_any_start}, {4, do_same_start},       {8, do_stop},  {5, do_goto},
              {2, do_link_loss},  {1, motion_life_restart}, {14, do_wait}, {4, do_remove}};
  int left = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++)
    left += acts[i].weight;
  left = motion_life_choose (life, left);
  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++) {
    left -= acts[i].weight;
    if (left < 0) {
      acts[i].act (life);
      return;
    }
  }
}

static void
live (guint32 seed)
{
  MotionLife life;

  motion_life_begin (&life, seed);
  for (int steps = motion_life_choose (&life, 25) + 3; steps > 0; steps--) {
    do_something (&life);
    motion_life_pass (&life, 0);
  }
  motion_life_judge (&life);
  if (given.story)
    g_print ("%s", life.story->str);
  motion_life_end (&life);
}

static void
test_lives (void)
{
  const guint32 first = given.seed >= 0 ? (guint32)given.seed : g_random_int () >> 1;

  g_test_message ("--seed %u --runs %d", first, given.runs);
  for (int i = 0; i < given.runs; i++)
    live (first + (guint32)i);
}

/* What camgate warns of happens all the time here. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) == 0)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, user_data);
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
      {"seed", 0, 0, G_OPTION_ARG_INT, &given.seed, "Of the first life (any)", "N"},
      {"runs", 0, 0, G_OPTION_ARG_INT, &given.runs, "So many lives (300)", "N"},
      {"story", 0, 0, G_OPTION_ARG_NONE, &given.story, "Tell them", NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, NULL))
    return 2;
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_log_set_writer_func (write_log, NULL, NULL);
  g_test_add_func ("/camera/motion/property", test_lives);
  return g_test_run ();
}
