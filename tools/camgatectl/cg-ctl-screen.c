/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-screen.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A paragraph narrower than this is no easier to read, only longer. */
#define MIN_TEXT_WIDTH 20

static const char *const inks[] = {
    [CG_CTL_INK_PLAIN] = "\033[0m",  [CG_CTL_INK_TITLE] = "\033[1m", [CG_CTL_INK_GOOD] = "\033[32m",
    [CG_CTL_INK_SO_SO] = "\033[33m", [CG_CTL_INK_BAD] = "\033[31m",  [CG_CTL_INK_FAINT] = "\033[2m",
};

static guint
find_width (int fd)
{
  struct winsize size = {0};
  guint64 columns;

  if (ioctl (fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  if (g_ascii_string_to_unsigned (g_getenv ("COLUMNS") ?: "", 10, 1, 1000, &columns, NULL))
    return (guint)columns;
  return CG_CTL_PAGE_WIDTH;
}

/**
 * cg_ctl_screen_init:
 * @self: (out): filled in
 * @fd: where the output goes
 *
 * Colour is for terminals that have it, unless `NO_COLOR` is set.
 */
void
cg_ctl_screen_init (CgCtlScreen *self, int fd)
{
  const char *term = g_getenv ("TERM");

  *self = (CgCtlScreen){0};
  if (!isatty (fd))
    return;
  self->is_terminal = TRUE;
  self->width = find_width (fd);
  self->rewrites = term != NULL && *term != '\0' && strcmp (term, "dumb") != 0;
  self->colour = self->rewrites && (g_getenv ("NO_COLOR") ?: "")[0] == '\0';
}

/**
 * cg_ctl_screen_ink:
 * @self: where it goes
 * @ink: what is to be said with it
 *
 * Returns: (transfer none): what to print to write so from here on; empty without colour
 */
const char *
cg_ctl_screen_ink (const CgCtlScreen *self, CgCtlInk ink)
{
  return self->colour ? inks[ink] : "";
}

/**
 * cg_ctl_text_columns:
 * @text: valid UTF-8
 *
 * Returns: how many columns of a terminal it takes
 */
guint
cg_ctl_text_columns (const char *text)
{
  guint columns = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    const gunichar letter = g_utf8_get_char (at);

    if (!g_unichar_iszerowidth (letter))
      columns += g_unichar_iswide (letter) ? 2 : 1;
  }
  return columns;
}

static gboolean
moves_the_cursor (gunichar letter)
{
  const gboolean joins = letter == 0x200c || letter == 0x200d; /* scripts that need them */

  switch ((int)g_unichar_type (letter)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
    return TRUE;
  case G_UNICODE_FORMAT:
    return !joins;
  default:
    return FALSE;
  }
}

static gboolean
ends_a_line (const char *at)
{
  return *at == '\n' || (at[0] == '\r' && at[1] == '\n');
}

static char *
clean (const char *text, gboolean keeps_lines)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) clean = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    const gunichar letter = g_utf8_get_char (at);
    const gboolean is_kept = !moves_the_cursor (letter) || (keeps_lines && ends_a_line (at));

    g_string_append_unichar (clean, is_kept ? letter : '?');
  }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

/**
 * cg_ctl_text_clean:
 * @text: (nullable): what a camera or a cloud said
 *
 * A camera's name is not to clear our screen: what is no letter, number, sign or space becomes
 * a question mark.
 *
 * Returns: (transfer full): valid UTF-8 on one line
 */
char *
cg_ctl_text_clean (const char *text)
{
  return clean (text != NULL ? text : "", FALSE);
}

/**
 * cg_ctl_text_clean_lines:
 * @text: lines of ours, with what a camera or a cloud said in them
 *
 * Returns: (transfer full): as cg_ctl_text_clean(), on the lines it had
 */
char *
cg_ctl_text_clean_lines (const char *text)
{
  return clean (text, TRUE);
}

static void
append_escaped (GString *to, gunichar letter)
{
  if (letter <= 0xffff)
    g_string_append_printf (to, "\\u%04x", letter);
  else
    g_string_append_printf (to, "\\u%04x\\u%04x", 0xd800 + ((letter - 0x10000) >> 10),
                            0xdc00 + ((letter - 0x10000) & 0x3ff));
}

/**
 * cg_ctl_text_escape:
 * @json: a JSON text
 *
 * What would steer a terminal is written as its number (RFC 8259 section 7). It can stand in
 * strings only: all below 0x20 is escaped there already, and is ours elsewhere.
 *
 * Returns: (transfer full): JSON that says the same
 */
char *
cg_ctl_text_escape (const char *json)
{
  g_autofree char *valid = g_utf8_make_valid (json, -1);
  g_autoptr (GString) escaped = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    const gunichar letter = g_utf8_get_char (at);

    if (letter >= 0x20 && moves_the_cursor (letter))
      append_escaped (escaped, letter);
    else
      g_string_append_unichar (escaped, letter);
  }
  return g_string_free (g_steal_pointer (&escaped), FALSE);
}

static void
wrap_line (GString *to, const char *line, guint indent, guint hang, guint width)
{
  const gsize own_indent = strspn (line, " ");
  const guint left = indent + (guint)own_indent;
  const guint room = MAX (width, left + MIN_TEXT_WIDTH);
  g_auto (GStrv) words = g_strsplit (line + own_indent, " ", -1);
  guint column = left;
  gboolean first = TRUE; /* word of a line */

  g_string_append_printf (to, "%*s", (int)left, "");
  for (guint i = 0; words[i] != NULL; i++) {
    const guint columns = cg_ctl_text_columns (words[i]);

    if (!first && column + 1 + columns > room) {
      column = left + hang;
      g_string_append_printf (to, "\n%*s", (int)column, "");
      first = TRUE;
    }
    g_string_append_printf (to, "%s%s", first ? "" : " ", words[i]);
    column += columns + (first ? 0 : 1);
    first = FALSE;
  }
  g_string_append_c (to, '\n');
}

/**
 * cg_ctl_text_wrap:
 * @to: appended to
 * @text: lines; each stays a line of its own, and keeps its indentation when it must be broken
 * @indent: spaces before each line
 * @hang: spaces more before what does not fit on a line and goes below it
 * @width: columns in all
 *
 * Ends with a newline. Words are never broken: an address must stay one that can be copied.
 */
void
cg_ctl_text_wrap (GString *to, const char *text, guint indent, guint hang, guint width)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    if (*lines[i] == '\0')
      g_string_append_c (to, '\n');
    else
      wrap_line (to, lines[i], indent, hang, width);
  }
}
