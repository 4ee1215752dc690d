/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cg-ctl-moves.h"

/* A camera's answer may take a while; the last stop is waited for no longer than a person would. */
#define ANSWER_WIDTH 200

typedef struct {
  CgCtl *ctl;
  CgCtlTarget *target;
  CgCtlInterrupt *interrupt;
  CgCtlHold hold;
  guint speed;
  gboolean moved; /* and nothing that ends by itself was asked for since */
  gboolean leaving;
  char doing[64];
  char *trouble; /* (nullable): the last code that came back */
  char *shown;   /* (nullable): the line on the screen */
} Keys;

typedef struct {
  struct termios before;
  gboolean is_set;
} RawTerminal;

static const char legend[] = "Hold a key to move, let go to stop.\n"
                             "  arrows               up, down, left, right\n"
                             "  Home End PgUp PgDn   the diagonals\n"
                             "  + -                  zoom in, zoom out\n"
                             "  1-9, 0               go to preset 1-9, 10\n"
                             "  s m f                slow, medium, fast\n"
                             "  space                stop\n"
                             "  q                    leave\n";

static gboolean
raw_terminal_enter (RawTerminal *self)
{
  struct termios raw;

  if (tcgetattr (STDIN_FILENO, &self->before) != 0)
    return FALSE;
  raw = self->before;
  raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  raw.c_cc[VSUSP] = _POSIX_VDISABLE; /* nobody would be left to stop the camera */
  self->is_set = tcsetattr (STDIN_FILENO, TCSAFLUSH, &raw) == 0;
  return self->is_set;
}

static void
raw_terminal_leave (RawTerminal *self)
{
  if (self->is_set)
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &self->before);
  self->is_set = FALSE;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RawTerminal, raw_terminal_leave)

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

/* One line, written over itself; no more of it than fits, or it could not be written over. */
static void
show (Keys *self)
{
  g_autoptr (GString) line = g_string_new (NULL);
  const guint width = self->ctl->screen.width > 1 ? self->ctl->screen.width - 1 : ANSWER_WIDTH;
  const char *end;

  g_string_append_printf (line, "%s  %s", cg_ctl_speeds_get_word (self->speed), self->doing);
  if (self->trouble != NULL)
    g_string_append_printf (line, "  %s", self->trouble);
  while (cg_ctl_text_columns (line->str) > width) {
    end = g_utf8_prev_char (line->str + line->len);
    g_string_truncate (line, (gsize)(end - line->str));
  }
  if (g_strcmp0 (line->str, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (line->str);
  if (self->ctl->screen.colour)
    g_print ("\r\033[K%s", line->str);
  else
    g_print ("%s\n", line->str);
  fflush (stdout);
}

static gboolean
post_start (Keys *self, GError **error)
{
  const guint direction = (guint)self->hold.direction;
  JsonObject *parameters = json_object_new ();

  json_object_set_int_member (parameters, "direction", direction);
  json_object_set_int_member (parameters, "speed", self->speed);
  self->moved = TRUE;
  g_strlcpy (self->doing, cg_ctl_moves_get_word (direction), sizeof self->doing);
  g_clear_pointer (&self->trouble, g_free);
  return cg_ctl_target_post (self->target, "ptz", "start", parameters, error);
}

static gboolean
post_stop (Keys *self, GError **error)
{
  cg_ctl_hold_release (&self->hold);
  g_strlcpy (self->doing, "stop", sizeof self->doing);
  return cg_ctl_target_post (self->target, "ptz", "stop", json_object_new (), error);
}

static gboolean
post_goto (Keys *self, guint digit, GError **error)
{
  const guint index = digit == 0 ? 10 : digit;
  JsonObject *parameters = json_object_new ();

  json_object_set_int_member (parameters, "index", index);
  self->moved = FALSE;
  g_snprintf (self->doing, sizeof self->doing, "preset %u", index);
  g_clear_pointer (&self->trouble, g_free);
  return cg_ctl_target_post (self->target, "preset", "goto", parameters, error);
}

static gboolean
set_speed (Keys *self, guint speed, GError **error)
{
  self->speed = speed;
  return self->hold.direction < 0 || post_start (self, error);
}

static gboolean
press (Keys *self, CgCtlKey key, GError **error)
{
  if (key < CG_CTL_KEY_STOP) {
    return cg_ctl_hold_press (&self->hold, key, now_ms ()) != CG_CTL_HOLD_START ||
           post_start (self, error);
  }
  if (key == CG_CTL_KEY_STOP)
    return post_stop (self, error);
  if (key >= CG_CTL_KEY_SLOW && key <= CG_CTL_KEY_FAST)
    return set_speed (self, key - CG_CTL_KEY_SLOW, error);
  if (key >= CG_CTL_KEY_PRESET && key < CG_CTL_KEY_OTHER) {
    if (cg_ctl_hold_release (&self->hold) && !post_stop (self, error))
      return FALSE;
    return post_goto (self, key - CG_CTL_KEY_PRESET, error);
  }
  self->leaving = self->leaving || key == CG_CTL_KEY_LEAVE;
  return TRUE;
}

/* All that was typed until now. A terminal that is gone is a reason to leave. */
static gboolean
read_keys (Keys *self, GError **error)
{
  char bytes[256];
  const gssize length = read (STDIN_FILENO, bytes, sizeof bytes);

  if (length <= 0) {
    self->leaving = length == 0 || errno != EINTR;
    return TRUE;
  }
  for (gsize at = 0; at < (gsize)length && !self->leaving;) {
    CgCtlKey key;

    at += cg_ctl_key_read (bytes + at, (gsize)length - at, &key);
    if (!press (self, key, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_answers (Keys *self, GError **error)
{
  for (;;) {
    g_autoptr (CgCtlAnswer) answer = NULL;

    if (!cg_ctl_target_take (self->target, &answer, error))
      return FALSE;
    if (answer == NULL)
      return TRUE;
    if (answer->code == 0)
      continue;
    g_free (self->trouble);
    self->trouble = g_strdup_printf ("%d %s", answer->code, cg_ctl_code_get_meaning (answer->code));
  }
}

static gboolean
turn (Keys *self, GError **error)
{
  GPollFD wanted[] = {
      {.fd = STDIN_FILENO, .events = G_IO_IN},
      {.fd = cg_ctl_interrupt_get_fd (self->interrupt), .events = G_IO_IN},
      {.fd = cg_ctl_target_get_fd (self->target), .events = G_IO_IN},
  };
  const gushort any = G_IO_IN | G_IO_HUP | G_IO_ERR;

  show (self);
  g_poll (wanted, G_N_ELEMENTS (wanted), (int)cg_ctl_hold_get_wait_ms (&self->hold, now_ms ()));
  if (cg_ctl_interrupt_is_raised (self->interrupt)) {
    self->leaving = TRUE;
    return TRUE;
  }
  if ((wanted[0].revents & any) != 0 && !read_keys (self, error))
    return FALSE;
  if (cg_ctl_hold_tick (&self->hold, now_ms ()) == CG_CTL_HOLD_STOP && !post_stop (self, error))
    return FALSE;
  return read_answers (self, error);
}

/* The way out, whichever: the camera stands when we are gone. */
static gboolean
stop_at_last (Keys *self, GError **error)
{
  g_autoptr (CgCtlAnswer) answer = NULL;

  if (!self->moved)
    return TRUE;
  answer = cg_ctl_target_ask (self->target, "ptz", "stop", json_object_new (), error);
  return answer != NULL && cg_ctl_answer_check (answer, error);
}

/**
 * cg_ctl_keys_run:
 * @ctl: a run
 * @target: whom to move
 * @interrupt: held since before
 * @speed: to begin with
 *
 * The keyboard as a joystick, until `q`, a signal, or the end of the terminal.
 *
 * Returns: %FALSE with error if camgated or the camera is gone, or the last stop failed
 */
gboolean
cg_ctl_keys_run (
    CgCtl *ctl, CgCtlTarget *target, CgCtlInterrupt *interrupt, guint speed, GError **error)
{
  Keys self = {ctl, target, interrupt, CG_CTL_HOLD_INIT, speed, FALSE, FALSE, "ready", NULL, NULL};
  g_auto (RawTerminal) terminal = {.is_set = FALSE};
  g_autoptr (GError) stop_error = NULL;
  gboolean done = TRUE;

  cg_ctl_say (ctl, "%s\n", legend);
  if (!raw_terminal_enter (&terminal))
    return cg_ctl_fail_usage (ctl, error, "keys cannot use this terminal");

  while (done && !self.leaving)
    done = turn (&self, error);
  if (!stop_at_last (&self, done ? error : &stop_error))
    done = FALSE;
  raw_terminal_leave (&terminal);
  g_print ("\n");
  g_free (self.trouble);
  g_free (self.shown);
  return done;
}
