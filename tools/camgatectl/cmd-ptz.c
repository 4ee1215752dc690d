/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-interrupt.h"
#include "cg-ctl-keys.h"
#include "cg-ctl-moves.h"
#include "cg-ctl-ptz.h"
#include "cg-ctl-target.h"

/* Well before the shortest lease of a move that makes sense runs out. */
#define REFRESH_MS 1000
/* Without camgated nobody ends a move for us: a short one, unless told otherwise. */
#define CAMERA_DURATION_MS 1000

static CgCtlAnswer *
ask_start (CgCtlTarget *target, guint direction, guint speed, GError **error)
{
  JsonObject *parameters = json_object_new ();

  json_object_set_int_member (parameters, "direction", direction);
  json_object_set_int_member (parameters, "speed", speed);
  return cg_ctl_target_ask (target, "ptz", "start", parameters, error);
}

static CgCtlAnswer *
ask_stop (CgCtlTarget *target, GError **error)
{
  return cg_ctl_target_ask (target, "ptz", "stop", json_object_new (), error);
}

/* Holds the move for so long. Gives the first answer that is no success, else the first at all. */
static CgCtlAnswer *
hold (CgCtlTarget *target,
      CgCtlInterrupt *interrupt,
      guint direction,
      guint speed,
      gint64 duration_ms,
      GError **error)
{
  const gint64 end_ms = g_get_monotonic_time () / 1000 + duration_ms;
  g_autoptr (CgCtlAnswer) answer = ask_start (target, direction, speed, error);

  while (answer != NULL && answer->code == 0) {
    const gint64 left_ms = end_ms - g_get_monotonic_time () / 1000;
    CgCtlAnswer *next;

    if (cg_ctl_interrupt_wait (interrupt, CLAMP (left_ms, 0, REFRESH_MS)))
      return g_steal_pointer (&answer);
    if (left_ms <= REFRESH_MS)
      return g_steal_pointer (&answer);
    next = ask_start (target, direction, speed, error);
    cg_ctl_answer_free (g_steal_pointer (&answer));
    answer = next;
  }
  return g_steal_pointer (&answer);
}

/* Whatever became of the move, a stop follows it. */
static gboolean
move_and_stop (CgCtl *self,
               CgCtlTarget *target,
               CgCtlInterrupt *interrupt,
               guint direction,
               guint speed,
               gint64 duration_ms,
               GError **error)
{
  g_autoptr (GError) stop_error = NULL;
  g_autoptr (CgCtlAnswer) answer = hold (target, interrupt, direction, speed, duration_ms, error);
  g_autoptr (CgCtlAnswer) stopped = ask_stop (target, &stop_error);

  if (answer == NULL)
    return FALSE;
  if (stopped == NULL) {
    g_propagate_prefixed_error (error, g_steal_pointer (&stop_error), "not stopped: ");
    return FALSE;
  }
  if (answer->code != 0)
    return cg_ctl_finish (self, answer, error);
  if (stopped->code != 0) {
    cg_ctl_finish (self, stopped, error);
    g_prefix_error (error, "not stopped: ");
    return FALSE;
  }
  if (cg_ctl_interrupt_is_raised (interrupt))
    cg_ctl_say (self, "stopped\n");
  else
    cg_ctl_say (self, "moved %s for %g s, stopped\n", cg_ctl_moves_get_word (direction),
                (double)duration_ms / 1000);
  return cg_ctl_finish (self, answer, error);
}

static gboolean
move (CgCtl *self,
      CgCtlTarget *target,
      CgCtlInterrupt *interrupt,
      guint direction,
      guint speed,
      GError **error)
{
  gint64 duration_ms = (gint64)(self->options->duration_s * 1000);
  g_autoptr (CgCtlAnswer) answer = NULL;

  if (duration_ms == 0 && cg_ctl_target_is_camera (target))
    duration_ms = CAMERA_DURATION_MS;
  if (duration_ms > 0)
    return move_and_stop (self, target, interrupt, direction, speed, duration_ms, error);

  answer = ask_start (target, direction, speed, error);
  if (answer == NULL || !cg_ctl_finish (self, answer, error))
    return FALSE;
  cg_ctl_say (self,
              "moving %s; it ends by itself within seconds, or with: camgatectl ptz %s stop\n",
              cg_ctl_moves_get_word (direction), cg_ctl_target_get_name (target));
  return TRUE;
}

static gboolean
stop (CgCtl *self, CgCtlTarget *target, GError **error)
{
  g_autoptr (CgCtlAnswer) answer = ask_stop (target, error);

  if (answer == NULL || !cg_ctl_finish (self, answer, error))
    return FALSE;
  cg_ctl_say (self, "stopped\n");
  return TRUE;
}

/* Prints what is known of how the camera moves, without the code that says that it is. */
static gboolean
status (CgCtl *self, CgCtlTarget *target, GError **error)
{
  g_autoptr (CgCtlAnswer) answer =
      cg_ctl_target_ask (target, "ptz", "status", json_object_new (), error);
  g_autofree char *text = NULL;

  if (answer == NULL || !cg_ctl_finish (self, answer, error))
    return FALSE;
  json_object_remove_member (answer->body, "code");
  text = cg_ctl_ptz_to_text (answer->body, &self->screen);
  cg_ctl_say (self, "%s", text);
  return TRUE;
}

static gboolean
is_verb (const char *word)
{
  static const char *const verbs[] = {"stop", "keys", "status", NULL};

  return g_strv_contains (verbs, word);
}

static gboolean
check_words (CgCtl *self, int *direction, int *speed, GError **error)
{
  const char *word = self->words[0];
  const char *nearest = cg_ctl_moves_get_nearest (word);

  *direction = cg_ctl_moves_find (word);
  *speed = cg_ctl_speeds_find (self->options->speed != NULL ? self->options->speed : "medium");
  if (*direction < 0 && !is_verb (word) && nearest != NULL)
    return cg_ctl_fail_usage (self, error, "no direction is called %s; did you mean %s?", word,
                              nearest);
  if (*direction < 0 && !is_verb (word))
    return cg_ctl_fail_usage (self, error, "no direction is called %s", word);
  if (*speed < 0)
    return cg_ctl_fail_usage (self, error, "--speed is slow, medium or fast, not \"%s\"",
                              self->options->speed);
  if (self->options->duration_s > 0 && is_verb (word))
    return cg_ctl_fail_usage (self, error, "--for goes with a direction, not with %s", word);
  if (strcmp (word, "keys") == 0 && (!isatty (STDIN_FILENO) || self->options->json))
    return cg_ctl_fail_usage (self, error, "keys needs a keyboard: a terminal, and no --json");
  return TRUE;
}

/**
 * cg_cmd_ptz:
 * @self: a run
 *
 * Moves a camera, stops it, lends it to the keyboard, or tells where it stands.
 *
 * Returns: %FALSE with error if not done
 */
gboolean
cg_cmd_ptz (CgCtl *self, GError **error)
{
  g_autoptr (CgCtlInterrupt) interrupt = NULL;
  g_autoptr (CgCtlTarget) target = NULL;
  int direction;
  int speed;

  if (!check_words (self, &direction, &speed, error))
    return FALSE;
  interrupt = cg_ctl_interrupt_new ();
  target = cg_ctl_target_open (self, error);
  if (target == NULL)
    return FALSE;
  if (strcmp (self->words[0], "stop") == 0)
    return stop (self, target, error);
  if (strcmp (self->words[0], "status") == 0)
    return status (self, target, error);
  if (strcmp (self->words[0], "keys") == 0)
    return cg_ctl_keys_run (self, target, interrupt, (guint)speed, error);
  return move (self, target, interrupt, (guint)direction, (guint)speed, error);
}
