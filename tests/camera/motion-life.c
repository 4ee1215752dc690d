/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "motion-life.h"

#include "cg-clock-dummy.h"
#include "cg-error.h"

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

typedef struct {
  MotionLife *life;
  MotionAsk *ask;
} Waiting;

static gint64
now_ms (MotionLife *life)
{
  return cg_clock_get_monotonic_ms (life->clock);
}

void
motion_life_tell (MotionLife *life, const char *format, ...)
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
check (MotionLife *life, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("%s\n--seed %u --runs 1 --story: %s\n", life->story->str, life->seed, text);
  g_error ("seed %u: %s", life->seed, text);
}

gboolean
motion_life_chance (MotionLife *life, double probability)
{
  return g_rand_double (life->random) < probability;
}

int
motion_life_choose (MotionLife *life, int count)
{
  return g_rand_int_range (life->random, 0, count);
}

static void
tell_nature (MotionLife *life)
{
  g_autofree char *words = cg_model_nature_describe (&life->nature);
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    motion_life_tell (life, "%s", *line);
}

/* What must be true of what it does. */

static void
on_call (CgModelCall call, const char *words, gpointer user_data)
{
  MotionLife *life = user_data;

  motion_life_tell (life, "        %s", words);
  switch (call) {
  case CG_MODEL_MOVE:
  case CG_MODEL_GOTO:
    if (!life->may_move)
      check (life, "a move after a stop");
    life->newest->is_sent = TRUE;
    life->goto_ms = call == CG_MODEL_GOTO ? now_ms (life) : life->goto_ms;
    break;
  case CG_MODEL_STOP:
    if (life->newest == NULL || life->newest->kind == MOTION_ASK_STOP || life->newest->is_sent)
      life->may_move = FALSE;
    break;
  case CG_MODEL_LOOK:
    break;
  }
}

static void
check_error (MotionLife *life, MotionAsk *ask, const GError *error)
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
  MotionLife *life = waiting->life;
  MotionAsk *ask = waiting->ask;

  ask->answered_ms = now_ms (life);
  ask->replies++;
  if (ask->is_killed)
    return;
  motion_life_tell (life, "    %u: %s%s", ask->replies, error != NULL ? "fails: " : "done",
                    error != NULL ? error->message : "");
  if (ask->replies > 1)
    check (life, "a second reply");
  if (ask->answered_ms - ask->asked_ms > REPLY_TIMEOUT_MS + SLACK_MS)
    check (life, "a reply after %d ms", (int)(ask->answered_ms - ask->asked_ms));
  if (error != NULL)
    check_error (life, ask, error);
  else if (ask->kind == MOTION_ASK_GOTO)
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

static Waiting *
ask (MotionLife *life, MotionAskKind kind)
{
  Waiting *waiting = g_new (Waiting, 1);
  MotionAsk *made = g_new0 (MotionAsk, 1);

  made->kind = kind;
  made->asked_ms = now_ms (life);
  g_ptr_array_add (life->asks, made);
  life->newest = made;
  life->may_move = kind != MOTION_ASK_STOP;
  *waiting = (Waiting){life, made};
  return waiting;
}

void
motion_life_start (MotionLife *life, const CgMoveRequest *request)
{
  Waiting *waiting = ask (life, MOTION_ASK_START);

  waiting->ask->direction = request->direction;
  cg_motion_start_async (life->motion, request, now_ms (life), on_started, waiting);
}

void
motion_life_stop (MotionLife *life)
{
  cg_motion_halt_async (life->motion, on_halted, ask (life, MOTION_ASK_STOP));
}

void
motion_life_goto (MotionLife *life, const CgMotionTarget *target)
{
  Waiting *waiting = ask (life, MOTION_ASK_GOTO);

  waiting->ask->preset = g_strdup (target->token);
  cg_motion_goto_async (life->motion, target, cg_motion_take_turn (life->motion), now_ms (life),
                        on_started, waiting);
}

void
motion_life_pass (MotionLife *life, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (life->clock), ms);
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (life->clock), 0);
}

static void
on_held (CgMotion *motion, gboolean is_held, MotionLife *life)
{
  life->is_held = is_held;
}

static void
on_arrived (CgMotion *motion, guint index, const CgPtzLook *look, MotionLife *life)
{
  const guint i = index - 1;
  CgSimPosition at;

  motion_life_tell (life, "        arrived at %u%s", index, look != NULL ? ", and seen there" : "");
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
on_not_stopped (CgMotion *motion, const char *message, MotionLife *life)
{
  motion_life_tell (life, "        not stopped: %s", message);
  life->is_given_up = TRUE;
}

static void
be_born (MotionLife *life)
{
  life->newest = NULL;
  life->may_move = FALSE;
  life->driver = cg_driver_model_new (life->line, on_call, life);
  life->motion = cg_motion_new (CG_PTZ_DRIVER (life->driver), life->clock, "camera", &life->config);
  g_signal_connect (life->motion, "held", G_CALLBACK (on_held), life);
  g_signal_connect (life->motion, "arrived", G_CALLBACK (on_arrived), life);
  g_signal_connect (life->motion, "not-stopped", G_CALLBACK (on_not_stopped), life);
  if (life->learnt != NULL)
    cg_motion_set_learnt (life->motion, CG_ONVIF_STOP_UNKNOWN, life->learnt);
  cg_motion_contacted (life->motion);
}

static void
let_go (MotionLife *life, gpointer object, const char *what)
{
  gpointer weak = object;

  g_object_add_weak_pointer (object, &weak);
  g_object_unref (object);
  if (weak != NULL)
    check (life, "%s is still held", what);
}

static void
die (MotionLife *life)
{
  for (guint i = 0; i < life->asks->len; i++) {
    MotionAsk *ask = g_ptr_array_index (life->asks, i);

    ask->is_killed = ask->is_killed || ask->replies == 0;
  }
  g_clear_pointer (&life->learnt, json_node_unref);
  if (motion_life_chance (life, 0.5))
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
void
motion_life_restart (MotionLife *life)
{
  const gboolean is_marked = life->is_held;

  motion_life_tell (life, "killed%s", is_marked ? ", with a mark" : "");
  die (life);
  motion_life_pass (life, g_rand_int_range (life->random, 1500, 5000));
  motion_life_tell (life, "born again");
  life->is_held = FALSE;
  be_born (life);
  if (is_marked)
    cg_motion_recover (life->motion);
}

static void
ask_free (gpointer data)
{
  MotionAsk *self = data;

  g_free (self->preset);
  g_free (self);
}

static void
place_camera (MotionLife *life)
{
  cg_model_presets_keep (life->camera);
  cg_model_camera_place (life->camera, g_rand_double_range (life->random, -1.2, 1.2),
                         g_rand_double_range (life->random, -1.2, 1.2),
                         g_rand_double_range (life->random, 0, 1));
}

void
motion_life_begin (MotionLife *life, guint32 seed)
{
  g_random_set_seed (seed); /* of pauses between tries */
  *life = (MotionLife){.seed = seed,
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
      .goto_interrupt = motion_life_chance (life, 0.2),
      .arbitration = motion_life_chance (life, 0.3) ? CG_ARBITRATION_PRIORITY : CG_ARBITRATION_LAST,
      .priority = "local;cloud",
  };
  cg_model_nature_choose (&life->nature, life->random);
  life->camera = cg_model_camera_new (life->clock, &life->nature);
  life->line = cg_model_line_new (life->camera, seed);
  place_camera (life);
  tell_nature (life);
  be_born (life);
}

void
motion_life_end (MotionLife *life)
{
  die (life);
  g_clear_pointer (&life->learnt, json_node_unref);
  cg_model_line_free (life->line);
  cg_model_camera_free (life->camera);
  g_assert_finalize_object (life->clock);
  g_ptr_array_unref (life->asks);
  g_string_free (life->story, TRUE);
  g_rand_free (life->random);
}

static void
check_replies (MotionLife *life)
{
  for (guint i = 0; i < life->asks->len; i++) {
    const MotionAsk *ask = g_ptr_array_index (life->asks, i);

    if (!ask->is_killed && ask->replies != 1)
      check (life, "ask %u of kind %d: %u replies", i, ask->kind, ask->replies);
  }
}

static void
check_stands (MotionLife *life)
{
  CgErrorBasis basis;

  for (int ms = 0; ms < STAND_MS && cg_model_nature_ends_moves (&life->nature); ms += 100) {
    CgSimPosition at;

    cg_model_camera_read (life->camera, &at);
    if (at.moving_pan_tilt || at.moving_zoom)
      check (life, "it still moves");
    motion_life_pass (life, 100);
  }
  if (!life->is_given_up && cg_motion_is_moving (life->motion))
    check (life, "it is still held for moving");
  if (cg_motion_is_calling (life->motion, &basis))
    check (life, "it is still busy");
  if (life->is_given_up && cg_model_nature_obeys_stops (&life->nature) &&
      !cg_model_nature_is_liar (&life->nature) && life->nature.coast_ms == 0)
    check (life, "it was given up for nothing");
}

void
motion_life_judge (MotionLife *life)
{
  motion_life_tell (life, "from now on the network is good, and nobody asks for anything");
  cg_model_line_heal (life->line);
  motion_life_pass (life, BOUND_MS);
  motion_life_tell (life, "the time is up");
  check_replies (life);
  check_stands (life);
}
