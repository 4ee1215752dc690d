/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-help.h"

#include <string.h>

#define INDENT 2
#define GAP 2
#define HANG 4 /* a command that goes on in the next line */

static const char intro[] = "camgatectl - look at cameras, move them, play them\n\n"
                            "Usage: camgatectl COMMAND [WORDS] [OPTIONS]";

static const char outro[] =
    "DID is a camera's device id, as \"camgatectl cameras\" lists it; \"gateway\" is the bridge "
    "itself. With --camera HOST in its place a command talks straight to a camera, and needs "
    "neither camgated nor a cloud.\n\n"
    "More about one command: camgatectl COMMAND --help\n\n"
    "Status: 0 done, 1 an error code came back, 2 usage, 3 no camgated, 4 no camera.";

static guint
get_width (const CgCtlScreen *screen)
{
  return screen->width > 0 ? MIN (screen->width, CG_CTL_PAGE_WIDTH) : CG_CTL_PAGE_WIDTH;
}

static void
append_title (GString *to, const char *title, const CgCtlScreen *screen)
{
  g_string_append_printf (to, "\n%s%s%s\n", cg_ctl_screen_ink (screen, CG_CTL_INK_TITLE), title,
                          cg_ctl_screen_ink (screen, CG_CTL_INK_PLAIN));
}

/* `term   text`; the text goes below where the screen is too narrow for both. */
static void
append_entry (GString *to, const char *term, const char *text, guint column, guint width)
{
  const guint least = column + 24; /* columns in which a sentence can still be read */
  g_autoptr (GString) body = g_string_new (NULL);

  if (width < least || INDENT + strlen (term) + GAP > column) {
    g_string_append_printf (to, "%*s%s\n", INDENT, "", term + strspn (term, " "));
    cg_ctl_text_wrap (to, text, width < least ? 3 * INDENT : column, 0, width);
    return;
  }
  cg_ctl_text_wrap (body, text, column, 0, width);
  g_string_append_printf (to, "%*s%-*s%s", INDENT, "", (int)column - INDENT, term,
                          body->str + column);
}

static void
append_group (GString *to, const char *group, guint column, const CgCtlScreen *screen)
{
  gsize n_commands;
  const CgCtlCommand *commands = cg_ctl_commands_get (&n_commands);

  append_title (to, group, screen);
  for (gsize i = 0; i < n_commands; i++) {
    if (strcmp (commands[i].group, group) == 0)
      append_entry (to, commands[i].name, commands[i].summary, column, get_width (screen));
  }
}

static void
append_options (GString *to, guint flags, const CgCtlScreen *screen)
{
  gsize n_rows;
  const CgCtlOptionRow *rows = cg_ctl_options_get_rows (&n_rows);

  append_title (to, "Options", screen);
  for (gsize i = 0; i < n_rows; i++) {
    g_autofree char *letter = NULL;
    g_autofree char *term = NULL;

    if ((flags & rows[i].flag) == 0)
      continue;
    letter = rows[i].letter != 0 ? g_strdup_printf ("-%c, ", rows[i].letter) : g_strdup ("    ");
    term = g_strdup_printf ("%s--%s%s%s", letter, rows[i].name, rows[i].value != NULL ? " " : "",
                            rows[i].value != NULL ? rows[i].value : "");
    append_entry (to, term, rows[i].summary, 28, get_width (screen));
  }
}

/**
 * cg_ctl_help_get_usage:
 * @command: a command
 *
 * Returns: (transfer full): `Usage: camgatectl …`, a line for each way to use it
 */
char *
cg_ctl_help_get_usage (const CgCtlCommand *command)
{
  g_auto (GStrv) ways = g_strsplit (command->usage, "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "Usage: camgatectl %s", command->name);
  for (guint i = 0; ways[i] != NULL; i++) {
    if (i > 0)
      g_string_append_printf (text, "\n       camgatectl %s", command->name);
    g_string_append_printf (text, " %s", ways[i]);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * cg_ctl_help_print_program:
 * @screen: where it goes
 *
 * Lists all commands under their headings.
 */
void
cg_ctl_help_print_program (const CgCtlScreen *screen)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize n_commands;
  const CgCtlCommand *commands = cg_ctl_commands_get (&n_commands);
  const char *group = NULL;

  cg_ctl_text_wrap (text, intro, 0, 0, get_width (screen));
  for (gsize i = 0; i < n_commands; i++) {
    if (g_strcmp0 (group, commands[i].group) == 0)
      continue;
    group = commands[i].group;
    append_group (text, group, 16, screen);
  }
  append_options (text, CG_CTL_FLAGS_ALWAYS | CG_CTL_FLAGS_DAEMON, screen);
  g_string_append_c (text, '\n');
  cg_ctl_text_wrap (text, outro, 0, 0, get_width (screen));
  g_print ("%s", text->str);
}

/**
 * cg_ctl_help_print_command:
 * @command: a command
 * @screen: where it goes
 *
 * All about one command: what to type, what it does, its options, examples.
 */
void
cg_ctl_help_print_command (const CgCtlCommand *command, const CgCtlScreen *screen)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *usage = cg_ctl_help_get_usage (command);
  const guint daemon_flags = command->needs == CG_CTL_NEEDS_NOTHING ? 0 : CG_CTL_FLAGS_DAEMON;

  cg_ctl_text_wrap (text, usage, 0, HANG, get_width (screen));
  g_string_append_c (text, '\n');
  cg_ctl_text_wrap (text, command->summary, 0, 0, get_width (screen));
  if (command->help != NULL) {
    g_string_append_c (text, '\n');
    cg_ctl_text_wrap (text, command->help, 0, 0, get_width (screen));
  }
  append_options (text, command->flags | CG_CTL_FLAGS_ALWAYS | daemon_flags, screen);
  if (command->examples != NULL) {
    append_title (text, "Examples", screen);
    cg_ctl_text_wrap (text, command->examples, INDENT, HANG, get_width (screen));
  }
  g_print ("%s", text->str);
}
