/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever is asked of whatever camera: it stands in the end, every request is answered once and in
 * time, no move follows a stop, nobody is busy for ever, what is called measured is true, and what
 * is known of where a preset is.
 *
 *   test-camera-motion-property --runs 10000              with another seed each time
 *   test-camera-motion-property --seed 4711 --runs 1 --story     the one that failed
 */
#include "cg-clock-dummy.h"
#include "cg-driver-model.h"
#include "cg-error.h"
#include "cg-model-nature.h"
#include "cg-model-presets.h"
#include "cg-motion.h"

#define MOVE_TIMEOUT_MS 5000
#define GRACE_MS 2000
#define REPLY_TIMEOUT_MS 3000
#define GOTO_TIMEOUT_MS 8000
/* Later than promised by this is late: timers fire on their millisecond. */
#define SLACK_MS 20
/* When a camera that could not be looked at, or told, is looked at or told again. */
#define LATER_MS 30000
/* After the last word: the lease, the stop and all its forms, each looked at, now or later; a stop
 * that found no network may have come to pauses of ten seconds. */
#define BOUND_MS (MOVE_TIMEOUT_MS + GRACE_MS + GOTO_TIMEOUT_MS + 30000 + LATER_MS + 5000)
/* So long it must stand then. */
#define STAND_MS 3000

typedef enum { ASK_START, ASK_STOP, ASK_GOTO } AskKind;

typedef struct {
  AskKind kind;
  CgDirection direction;
  char *preset;
  gint64 asked_ms, answered_ms;
  guint replies;
  gboolean is_sent; /* the driver has seen a move of it */
  gboolean is_killed;
} Ask;

typedef struct {
  guint32 seed;
  GRand *random;
  CgModelNature nature;
  CgClock *clock;
  CgModelCamera *camera;
  CgDriverModel *driver;
  CgMotion *motion;
  CgPtzConfig config;
  GPtrArray *asks;   /* (owned) (element-type Ask) */
  Ask *newest;       /* (unowned) (nullable) */
  gboolean may_move; /* the newest is no stop, and none has followed it */
  gboolean is_held;
  gboolean is_given_up;                 /* "not-stopped" */
  gint64 goto_ms;                       /* when one was accepted last */
  CgPtzLook places[CG_MODEL_N_PRESETS]; /* of presets, as far as known */
  gboolean has_place[CG_MODEL_N_PRESETS];
  JsonNode *learnt;
  GString *story;
} Life;

typedef struct {
  Life *life;
  Ask *ask;
} Waiting;

static struct {
  int seed, runs;
  gboolean story;
} given = {.seed = -1, .runs = 300};

static const char *const sources[] = {"cloud-1", "local-1", "local-2"};

static gint64
now_ms (Life *life)
{
  return cg_clock_get_monotonic_ms (life->clock);
}

G_GNUC_PRINTF (2, 3)
static void
tell (Life *life, const char *format, ...)
{
  CgSimPosition at;
  va_list args;

  cg_model_camera_read (life->camera, &at);
  g_string_append_printf (life->story, "%8" G_GINT64_FORMAT " (%5.2f %5.2f %4.2f)%c ",
                          now_ms (life) - 1000, at.pan, at.tilt, at.zoom,
                          at.moving_pan_tilt || at.moving_zoom ? '~' : ' ');
  va_start (args, format);
  g_string_append_vprintf (life->story, format, args);
  va_end (args);
  g_string_append_c (life->story, '\n');
}

G_GNUC_PRINTF (2, 3)
static void
check (Life *life, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("%s\n--seed %u --runs 1 --story: %s\n", life->story->str, life->seed, text);
  g_error ("seed %u: %s", life->seed, text);
}

static gboolean
chance (Life *life, double probability)
{
  return g_rand_double (life->random) < probability;
}

static int
choose (Life *life, int count)
{
  return g_rand_int_range (life->random, 0, count);
}

static void
tell_nature (Life *life)
{
  g_autofree char *words = cg_model_nature_describe (&life->nature);
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    tell (life, "%s", *line);
}

/* What must be true of what it does. */

static void
on_call (CgModelCall call, const char *words, gpointer user_data)
{
  Life *life = user_data;

  tell (life, "        %s", words);
  switch (call) {
  case CG_MODEL_MOVE:
  case CG_MODEL_GOTO:
    if (!life->may_move)
      check (life, "a move after a stop");
    life->newest->is_sent = TRUE;
    life->goto_ms = call == CG_MODEL_GOTO ? now_ms (life) : life->goto_ms;
    break;
  case CG_MODEL_STOP:
    if (life->newest == NULL || life->newest->kind == ASK_STOP || life->newest->is_sent)
      life->may_move = FALSE;
    break;
  case CG_MODEL_LOOK:
    break;
  }
}

static void
check_error (Life *life, Ask *ask, const GError *error)
{
  const CgErrorBasis basis = cg_error_get_basis (error);
  CgSimPosition at;
  const gboolean is_limit = error->code >= CG_ERROR_LIMIT_UP && error->code <= CG_ERROR_LIMIT_RIGHT;
  const gboolean is_measured =
      basis == CG_ERROR_BASIS_MEASURED && !cg_model_nature_is_liar (&life->nature);

  cg_model_camera_read (life->camera, &at);
  if ((is_limit || error->code == CG_ERROR_PRESET_BUSY || error->code == CG_ERROR_AT_PRESET) !=
      (basis != CG_ERROR_BASIS_NONE))
    check (life, "%s with basis %d", error->message, basis);
  if (is_limit && is_measured && !cg_model_nature_is_end (&life->nature, ask->direction, &at))
    check (life, "no such limit was reached");
  if (error->code == CG_ERROR_AT_PRESET && is_measured &&
      !cg_model_presets_are_at (ask->preset, &life->nature, &at))
    check (life, "it is not at the preset");
  if (error->code == CG_ERROR_PRESET_BUSY &&
      now_ms (life) - life->goto_ms > GOTO_TIMEOUT_MS + REPLY_TIMEOUT_MS)
    check (life, "busy for too long");
}

static void
note_reply (Waiting *waiting, const GError *error)
{
  Life *life = waiting->life;
  Ask *ask = waiting->ask;

  ask->answered_ms = now_ms (life);
  ask->replies++;
  if (ask->is_killed)
    return;
  tell (life, "    %u: %s%s", ask->replies, error != NULL ? "fails: " : "done",
        error != NULL ? error->message : "");
  if (ask->replies > 1)
    check (life, "a second reply");
  if (ask->answered_ms - ask->asked_ms > REPLY_TIMEOUT_MS + SLACK_MS)
    check (life, "a reply after %d ms", (int)(ask->answered_ms - ask->asked_ms));
  if (error != NULL)
    check_error (life, ask, error);
  else if (ask->kind == ASK_GOTO)
    life->goto_ms = now_ms (life);
}

static void
on_started (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Waiting *waiting = user_data;
  g_autoptr (GError) error = NULL;

  cg_motion_start_finish (CG_MOTION (object), result, &error);
  note_reply (waiting, error);
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Waiting *waiting = user_data;
  g_autoptr (GError) error = NULL;

  cg_motion_halt_finish (CG_MOTION (object), result, &error);
  note_reply (waiting, error);
}

/* What is asked of it. */

static Waiting *
ask (Life *life, AskKind kind)
{
  Waiting *waiting = g_new (Waiting, 1);
  Ask *made = g_new0 (Ask, 1);

  made->kind = kind;
  made->asked_ms = now_ms (life);
  g_ptr_array_add (life->asks, made);
  life->newest = made;
  life->may_move = kind != ASK_STOP;
  *waiting = (Waiting){life, made};
  return waiting;
}

static void
do_start (Life *life, CgDirection direction)
{
  const CgMoveRequest request = {
      .direction = direction,
      .speed = (CgSpeed)choose (life, CG_N_SPEEDS),
      .source = sources[choose (life, (int)G_N_ELEMENTS (sources))],
  };
  Waiting *waiting = ask (life, ASK_START);

  waiting->ask->direction = direction;
  tell (life, "start %d by %s", direction, request.source);
  cg_motion_start_async (life->motion, &request, now_ms (life), on_started, waiting);
}

static void
do_any_start (Life *life)
{
  do_start (life, (CgDirection)choose (life, CG_N_DIRECTIONS));
}

/* As one who holds a key. */
static void
do_same_start (Life *life)
{
  for (guint i = life->asks->len; i > 0; i--) {
    const Ask *before = g_ptr_array_index (life->asks, i - 1);

    if (before->kind == ASK_START) {
      do_start (life, before->direction);
      return;
    }
  }
}

static void
do_stop (Life *life)
{
  Waiting *waiting = ask (life, ASK_STOP);

  tell (life, "stop");
  cg_motion_halt_async (life->motion, on_halted, waiting);
}

static void
do_goto (Life *life)
{
  const int i = choose (life, CG_MODEL_N_PRESETS + 1);
  const gboolean is_there = i < CG_MODEL_N_PRESETS;
  const gboolean is_known = is_there && life->has_place[i];
  Waiting *waiting = ask (life, ASK_GOTO);
  CgPtzLook place = {0};

  if (is_known)
    place = life->places[i];
  else if (is_there)
    place = cg_model_presets_get_told (i, &life->nature);
  waiting->ask->preset = g_strdup (is_there ? cg_model_preset_tokens[i] : "9");
  tell (life, "goto %s%s", waiting->ask->preset, is_known ? ", which is known" : "");
  const CgMotionTarget target = {(guint)i + 1, waiting->ask->preset,
                                 is_known || (is_there && chance (life, 0.4)) ? &place : NULL,
                                 NULL};
  cg_motion_goto_async (life->motion, &target, cg_motion_take_turn (life->motion), now_ms (life),
                        on_started, waiting);
}

static void
do_link_loss (Life *life)
{
  const char *source = sources[choose (life, (int)G_N_ELEMENTS (sources))];

  tell (life, "%s is lost", source);
  cg_motion_link_lost (life->motion, source);
}

static void
pass (Life *life, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (life->clock), ms);
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (life->clock), 0);
}

static void
do_wait (Life *life)
{
  static const int spans_ms[] = {1, 30, 300, 1500, 7000};

  pass (life, choose (life, spans_ms[choose (life, (int)G_N_ELEMENTS (spans_ms))]));
}

static void
on_held (CgMotion *motion, gboolean is_held, Life *life)
{
  life->is_held = is_held;
}

static void
on_arrived (CgMotion *motion, guint index, const CgPtzLook *look, Life *life)
{
  const guint i = index - 1;
  CgSimPosition at;

  tell (life, "        arrived at %u%s", index, look != NULL ? ", and seen there" : "");
  if (look == NULL || !look->has_position)
    return;
  cg_model_camera_read (life->camera, &at);
  if (!cg_model_nature_is_liar (&life->nature) &&
      (i >= CG_MODEL_N_PRESETS ||
       !cg_model_presets_are_at (cg_model_preset_tokens[i], &life->nature, &at)))
    check (life, "this is not where the preset is");
  if (i >= CG_MODEL_N_PRESETS)
    return;
  life->places[i] = *look;
  life->has_place[i] = TRUE;
}

static void
on_not_stopped (CgMotion *motion, const char *message, Life *life)
{
  tell (life, "        not stopped: %s", message);
  life->is_given_up = TRUE;
}

static void
be_born (Life *life)
{
  life->newest = NULL;
  life->may_move = FALSE;
  life->driver = cg_driver_model_new (life->camera, on_call, life);
  life->motion = cg_motion_new (CG_PTZ_DRIVER (life->driver), life->clock, "camera", &life->config);
  g_signal_connect (life->motion, "held", G_CALLBACK (on_held), life);
  g_signal_connect (life->motion, "arrived", G_CALLBACK (on_arrived), life);
  g_signal_connect (life->motion, "not-stopped", G_CALLBACK (on_not_stopped), life);
  if (life->learnt != NULL)
    cg_motion_set_learnt (life->motion, CG_ONVIF_STOP_UNKNOWN, life->learnt);
  cg_motion_contacted (life->motion);
}

static void
let_go (Life *life, gpointer object, const char *what)
{
  gpointer weak = object;

  g_object_add_weak_pointer (object, &weak);
  g_object_unref (object);
  if (weak != NULL)
    check (life, "%s is still held", what);
}

static void
die (Life *life)
{
  for (guint i = 0; i < life->asks->len; i++) {
    Ask *ask = g_ptr_array_index (life->asks, i);

    ask->is_killed = ask->is_killed || ask->replies == 0;
  }
  g_clear_pointer (&life->learnt, json_node_unref);
  if (chance (life, 0.5))
    life->learnt = cg_motion_get_learnt (life->motion);
  g_signal_handlers_disconnect_by_data (life->motion, life);
  cg_driver_model_kill (life->driver);
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (life->clock), 0);
  g_object_run_dispose (G_OBJECT (life->motion));
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (life->clock), 0);
  let_go (life, life->motion, "the motion");
  let_go (life, life->driver, "the driver");
}

/* The mark of a move is taken for as good as its signal; that it is, is tested elsewhere. */
static void
do_kill (Life *life)
{
  const gboolean is_marked = life->is_held;

  tell (life, "killed%s", is_marked ? ", with a mark" : "");
  die (life);
  pass (life, g_rand_int_range (life->random, 1500, 5000));
  tell (life, "born again");
  life->is_held = FALSE;
  be_born (life);
  if (is_marked)
    cg_motion_recover (life->motion);
}

static void
do_something (Life *life)
{
  static const struct {
    int weight;
    void (*act) (Life *life);
  } acts[] = {{10, do_any_start}, {4, do_same_start}, {8, do_stop}, {5, do_goto},
              {2, do_link_loss},  {1, do_kill},       {14, do_wait}};
  int left = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++)
    left += acts[i].weight;
  left = choose (life, left);
  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++) {
    left -= acts[i].weight;
    if (left < 0) {
      acts[i].act (life);
      return;
    }
  }
}

/* One life. */

static void
ask_free (gpointer data)
{
  Ask *self = data;

  g_free (self->preset);
  g_free (self);
}

static void
place_camera (Life *life)
{
  cg_model_presets_keep (life->camera);
  cg_model_camera_place (life->camera, g_rand_double_range (life->random, -1.2, 1.2),
                         g_rand_double_range (life->random, -1.2, 1.2),
                         g_rand_double_range (life->random, 0, 1));
}

static void
life_begin (Life *life, guint32 seed)
{
  g_random_set_seed (seed); /* of pauses between tries */
  *life = (Life){.seed = seed,
                 .random = g_rand_new_with_seed (seed),
                 .clock = CG_CLOCK (cg_clock_dummy_new ()),
                 .asks = g_ptr_array_new_with_free_func (ask_free),
                 .story = g_string_new (NULL)};
  life->config = (CgPtzConfig){
      .move_timeout_ms = MOVE_TIMEOUT_MS,
      .link_grace_ms = GRACE_MS,
      .reply_timeout_ms = REPLY_TIMEOUT_MS,
      .speeds = {0.33, 0.66, 1.0},
      .goto_timeout_ms = GOTO_TIMEOUT_MS,
      .goto_interrupt = chance (life, 0.2),
      .arbitration = chance (life, 0.3) ? CG_ARBITRATION_PRIORITY : CG_ARBITRATION_LAST,
      .priority = "local;cloud",
  };
  cg_model_nature_choose (&life->nature, life->random);
  life->camera = cg_model_camera_new (life->clock, &life->nature, seed);
  place_camera (life);
  tell_nature (life);
  be_born (life);
}

static void
life_end (Life *life)
{
  die (life);
  g_clear_pointer (&life->learnt, json_node_unref);
  cg_model_camera_free (life->camera);
  g_assert_finalize_object (life->clock);
  g_ptr_array_unref (life->asks);
  g_string_free (life->story, TRUE);
  g_rand_free (life->random);
}

static void
check_replies (Life *life)
{
  for (guint i = 0; i < life->asks->len; i++) {
    const Ask *ask = g_ptr_array_index (life->asks, i);

    if (!ask->is_killed && ask->replies != 1)
      check (life, "ask %u of kind %d: %u replies", i, ask->kind, ask->replies);
  }
}

static void
check_stands (Life *life)
{
  CgErrorBasis basis;

  for (int ms = 0; ms < STAND_MS && cg_model_nature_ends_moves (&life->nature); ms += 100) {
    CgSimPosition at;

    cg_model_camera_read (life->camera, &at);
    if (at.moving_pan_tilt || at.moving_zoom)
      check (life, "it still moves");
    pass (life, 100);
  }
  if (!life->is_given_up && cg_motion_is_moving (life->motion))
    check (life, "it is still held for moving");
  if (cg_motion_is_calling (life->motion, &basis))
    check (life, "it is still busy");
  if (life->is_given_up && cg_model_nature_obeys_stops (&life->nature) &&
      !cg_model_nature_is_liar (&life->nature) && life->nature.coast_ms == 0)
    check (life, "it was given up for nothing");
}

static void
live (guint32 seed)
{
  Life life;

  life_begin (&life, seed);
  for (int steps = choose (&life, 25) + 3; steps > 0; steps--) {
    do_something (&life);
    cg_clock_dummy_advance (CG_CLOCK_DUMMY (life.clock), 0);
  }
  tell (&life, "from now on the network is good, and nobody asks for anything");
  cg_model_camera_heal_network (life.camera);
  pass (&life, BOUND_MS);
  tell (&life, "the time is up");
  check_replies (&life);
  check_stands (&life);
  if (given.story)
    g_print ("%s", life.story->str);
  life_end (&life);
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
