/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-keys.h"

#include <string.h>

/* Keyboards wait 250 to 660 ms before a held key repeats, and repeat every 25 to 50 ms then; a slow
 * line to the box gathers a few of them. */
#define FIRST_SILENCE_MS 700
#define REPEAT_SILENCE_MS 200
/* A held key refreshes the lease of its move, well before the lease ends. */
#define REFRESH_MS 1000

static const struct {
  const char *bytes;
  CgCtlKey key;
} keys[] = {
    {"\033[A", 0},
    {"\033[B", 1},
    {"\033[D", 2},
    {"\033[C", 3},
    {"\033OA", 0},
    {"\033OB", 1},
    {"\033OD", 2},
    {"\033OC", 3},
    {"\033[H", 4},
    {"\033[1~", 4},
    {"\033[7~", 4},
    {"\033OH", 4},
    {"\033[F", 5},
    {"\033[4~", 5},
    {"\033[8~", 5},
    {"\033OF", 5},
    {"\033[5~", 6},
    {"\033[6~", 7},
    {"+", 8},
    {"=", 8},
    {"-", 9},
    {"_", 9},
    {" ", CG_CTL_KEY_STOP},
    {"\032", CG_CTL_KEY_STOP},
    {"q", CG_CTL_KEY_LEAVE},
    {"Q", CG_CTL_KEY_LEAVE},
    {"\004", CG_CTL_KEY_LEAVE},
    {"s", CG_CTL_KEY_SLOW},
    {"m", CG_CTL_KEY_MEDIUM},
    {"f", CG_CTL_KEY_FAST},
};

/* How long an escape sequence is: ESC [ or ESC O, parameters, one letter that ends it. */
static gsize
measure_sequence (const char *bytes, gsize length)
{
  if (length < 2 || bytes[0] != '\033' || (bytes[1] != '[' && bytes[1] != 'O'))
    return 1;
  for (gsize i = 2; i < length; i++) {
    if (bytes[i] >= '@' && bytes[i] <= '~')
      return i + 1;
  }
  return length;
}

/**
 * cg_ctl_key_read:
 * @bytes: what the terminal sent
 * @length: of @bytes, at least 1
 * @key: (out): the first key; a lone escape, and escape sequences cut short, are a stop
 *
 * Returns: how many bytes it took
 */
gsize
cg_ctl_key_read (const char *bytes, gsize length, CgCtlKey *key)
{
  const gsize taken = measure_sequence (bytes, length);

  *key = taken == 1 && bytes[0] == '\033' ? CG_CTL_KEY_STOP : CG_CTL_KEY_OTHER;
  if (taken == 1 && g_ascii_isdigit (bytes[0]))
    *key = CG_CTL_KEY_PRESET + (guint)(bytes[0] - '0');
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (strlen (keys[i].bytes) == taken && memcmp (keys[i].bytes, bytes, taken) == 0)
      *key = keys[i].key;
  }
  return taken;
}

/**
 * cg_ctl_hold_press:
 * @self: a hold
 * @direction: of the key that came
 * @now_ms: when
 *
 * Returns: %CG_CTL_HOLD_START if a start is to be sent: a new direction, or a lease to refresh
 */
CgCtlHoldAction
cg_ctl_hold_press (CgCtlHold *self, guint direction, gint64 now_ms)
{
  self->repeats = self->direction == (int)direction;
  self->last_key_ms = now_ms;
  if (self->repeats && now_ms - self->last_start_ms < REFRESH_MS)
    return CG_CTL_HOLD_NOTHING;
  self->direction = (int)direction;
  self->last_start_ms = now_ms;
  return CG_CTL_HOLD_START;
}

static gint64
get_silence_ms (const CgCtlHold *self)
{
  return self->repeats ? REPEAT_SILENCE_MS : FIRST_SILENCE_MS;
}

/**
 * cg_ctl_hold_tick:
 * @self: a hold
 * @now_ms: now
 *
 * Returns: %CG_CTL_HOLD_STOP if the key was released meanwhile
 */
CgCtlHoldAction
cg_ctl_hold_tick (CgCtlHold *self, gint64 now_ms)
{
  if (self->direction < 0 || now_ms - self->last_key_ms < get_silence_ms (self))
    return CG_CTL_HOLD_NOTHING;
  self->direction = -1;
  return CG_CTL_HOLD_STOP;
}

/**
 * cg_ctl_hold_release:
 * @self: a hold
 *
 * Returns: whether a key was held
 */
gboolean
cg_ctl_hold_release (CgCtlHold *self)
{
  const gboolean held = self->direction >= 0;

  self->direction = -1;
  return held;
}

/**
 * cg_ctl_hold_get_wait_ms:
 * @self: a hold
 * @now_ms: now
 *
 * Returns: how long until cg_ctl_hold_tick() has something to tell; -1: for ever
 */
gint64
cg_ctl_hold_get_wait_ms (const CgCtlHold *self, gint64 now_ms)
{
  if (self->direction < 0)
    return -1;
  return MAX (0, self->last_key_ms + get_silence_ms (self) - now_ms);
}
