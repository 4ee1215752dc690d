/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-options.h"

#include <string.h>

#include "cg-ctl-error.h"
#include "cg-nearest.h"

typedef enum {
  TYPE_SWITCH,
  TYPE_STRING, /* a path: bytes as they are */
  TYPE_TEXT,   /* goes into messages: UTF-8 */
  TYPE_LIST,
  TYPE_SECONDS,
  TYPE_PORT,
} OptionType;

/* A longer wait on the command line is a slip, and a longer move is a job for a schedule. */
#define MAX_SECONDS 3600

#define AT(member) G_STRUCT_OFFSET (CgCtlOptions, member)

static const CgCtlOptionRow rows[] = {
    {"camera", 'c', "HOST[:PORT]", CG_CTL_FLAG_CAMERA,
     "Talk straight to this camera, without camgated; stands in place of DID", TYPE_TEXT,
     AT (camera)},
    {"user", 'u', "NAME", CG_CTL_FLAG_USER, "User name at the camera", TYPE_TEXT, AT (user)},
    {"password-file", 'p', "FILE", CG_CTL_FLAG_PASSWORD_FILE,
     "File with the password (else $CAMGATE_PASSWORD, else a question)", TYPE_STRING,
     AT (password_file)},
    {"speed", 's', "SPEED", CG_CTL_FLAG_SPEED, "slow, medium or fast; medium if not given",
     TYPE_TEXT, AT (speed)},
    {"for", 'f', "SECONDS", CG_CTL_FLAG_FOR, "Move for so long, then stop", TYPE_SECONDS,
     AT (duration_s)},
    {"wait", 'w', NULL, CG_CTL_FLAG_WAIT, "Wait until the picture plays or has failed", TYPE_SWITCH,
     AT (wait)},
    {"interface", 'i', "NAME", CG_CTL_FLAG_INTERFACE,
     "Search on this network interface; may be given again", TYPE_LIST, AT (interfaces)},
    {"host", 'H', "HOST[:PORT]", CG_CTL_FLAG_HOST,
     "Ask this host too, also in another subnet; may be given again", TYPE_LIST, AT (hosts)},
    {"range", 'r', "RANGE", CG_CTL_FLAG_HOST,
     "Ask these addresses too: 10.1.2.0/24 or 10.1.2.20-40; may be given again", TYPE_LIST,
     AT (hosts)},
    {"port", 0, "PORT", CG_CTL_FLAG_PORT, "Ask on this UDP port; 3702 if not given", TYPE_PORT,
     AT (port)},
    {"probe-all", 0, NULL, CG_CTL_FLAG_PROBE_ALL, "Probe all that are found, as \"probe\" does",
     TYPE_SWITCH, AT (probe_all)},
    {"no-move", 0, NULL, CG_CTL_FLAG_NO_MOVE, "Leave the camera where it looks", TYPE_SWITCH,
     AT (no_move)},
    {"csv", 0, NULL, CG_CTL_FLAG_CSV, "Print a table for a spreadsheet, a camera a line",
     TYPE_SWITCH, AT (csv)},
    {"dry-run", 0, NULL, CG_CTL_FLAG_DRY_RUN, "Check and probe only; nothing is bound or changed",
     TYPE_SWITCH, AT (dry_run)},
    {"with-passwords", 0, NULL, CG_CTL_FLAG_WITH_PASSWORDS,
     "Write passwords and secrets into FILE, which only its owner may read then", TYPE_SWITCH,
     AT (with_passwords)},
    {"output", 'o', "FILE", CG_CTL_FLAG_OUTPUT, "Write the picture there; - is the standard output",
     TYPE_STRING, AT (output)},
    {"timeout", 't', "SECONDS", CG_CTL_FLAG_TIMEOUT, "How long to wait for answers", TYPE_SECONDS,
     AT (timeout_s)},
    {"socket", 0, "PATH", CG_CTL_FLAG_SOCKET,
     "Socket of camgated (else $CAMGATE_SOCKET, else /run/camgate/camgate.sock)", TYPE_STRING,
     AT (socket)},
    {"json", 'j', NULL, CG_CTL_FLAG_JSON, "Print the result as one JSON object", TYPE_SWITCH,
     AT (json)},
    {"help", 'h', NULL, CG_CTL_FLAG_HELP, "Show this help", TYPE_SWITCH, AT (help)},
    {"version", 'V', NULL, CG_CTL_FLAG_VERSION, "Show the version", TYPE_SWITCH, AT (version)},
};

/**
 * cg_ctl_options_get_rows:
 * @n_rows: (out): how many there are
 *
 * Returns: (transfer none): all options of all commands, in the order in which help shows them
 */
const CgCtlOptionRow *
cg_ctl_options_get_rows (gsize *n_rows)
{
  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}

static gboolean
fail_unknown (const char *argument, GError **error)
{
  const gboolean is_long = argument[1] == '-';
  g_autofree char *name = is_long ? g_strndup (argument + 2, strcspn (argument + 2, "=")) : NULL;
  const char *names[G_N_ELEMENTS (rows)];
  const char *nearest;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    names[i] = rows[i].name;
  if (is_long && (g_str_has_prefix (name, "pass") || cg_nearest_distance (name, "password") <= 2)) {
    g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_USAGE,
                         "a password never stands on the command line, where others can read it; "
                         "use --password-file FILE or $CAMGATE_PASSWORD");
    return FALSE;
  }
  nearest = is_long ? cg_nearest_find (name, names, G_N_ELEMENTS (names)) : NULL;
  if (nearest != NULL)
    g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE, "unknown option --%s; did you mean --%s?", name,
                 nearest);
  else
    g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE, "unknown option %s", argument);
  return FALSE;
}

static gboolean
read_seconds (const CgCtlOptionRow *row, const char *value, double *seconds, GError **error)
{
  char *end = NULL;
  const double number = g_ascii_strtod (value, &end);

  if (end != value && *end == 's')
    end++;
  if (end == value || *end != '\0' || !(number > 0 && number <= MAX_SECONDS)) {
    g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE,
                 "--%s takes seconds, more than 0 and at most %d, not \"%s\"", row->name,
                 MAX_SECONDS, value);
    return FALSE;
  }
  *seconds = number;
  return TRUE;
}

static gboolean
read_port (const CgCtlOptionRow *row, const char *value, int *port, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 1, G_MAXUINT16, &number, NULL)) {
    g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE, "--%s takes a port, 1 to 65535, not \"%s\"",
                 row->name, value);
    return FALSE;
  }
  *port = (int)number;
  return TRUE;
}

/* Bytes of the command line as text, whatever the locale: a name must survive LC_ALL=C too. */
static char *
to_text (const char *bytes)
{
  g_autofree char *text = NULL;

  if (g_utf8_validate (bytes, -1, NULL))
    return g_strdup (bytes);
  text = g_locale_to_utf8 (bytes, -1, NULL, NULL, NULL);
  return text != NULL ? g_steal_pointer (&text) : g_utf8_make_valid (bytes, -1);
}

static void
add_to_list (GPtrArray *list, const char *value)
{
  list->pdata[list->len - 1] = to_text (value); /* over the NULL that ends it */
  g_ptr_array_add (list, NULL);
}

static gboolean
take_value (CgCtlOptions *self, const CgCtlOptionRow *row, const char *value, GError **error)
{
  gpointer member = (guint8 *)self + row->offset;
  char **string = member;
  GPtrArray **list = member;

  self->given |= row->flag;
  switch ((OptionType)row->type) {
  case TYPE_SWITCH:
    *(gboolean *)member = TRUE;
    return TRUE;
  case TYPE_STRING:
    g_free (*string);
    *string = g_strdup (value);
    return TRUE;
  case TYPE_TEXT:
    g_free (*string);
    *string = to_text (value);
    return TRUE;
  case TYPE_LIST:
    add_to_list (*list, value);
    return TRUE;
  case TYPE_SECONDS:
    return read_seconds (row, value, member, error);
  case TYPE_PORT:
    return read_port (row, value, member, error);
  }
  g_assert_not_reached ();
}

static const CgCtlOptionRow *
find_row (const char *argument, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const gboolean is_long = argument[1] == '-';

    if (is_long && strlen (rows[i].name) == length - 2 &&
        strncmp (rows[i].name, argument + 2, length - 2) == 0)
      return &rows[i];
    if (!is_long && length == 2 && rows[i].letter == argument[1])
      return &rows[i];
  }
  return NULL;
}

/* Takes the option at argv[*at], and its value wherever that stands. */
static gboolean
take_option (CgCtlOptions *self, int argc, char **argv, int *at, GError **error)
{
  const char *argument = argv[*at];
  const char *equals = argument[1] == '-' ? strchr (argument, '=') : NULL;
  const gsize length = equals != NULL ? (gsize)(equals - argument) : strlen (argument);
  const CgCtlOptionRow *row = find_row (argument, length);

  if (row == NULL)
    return fail_unknown (argument, error);
  if (row->value == NULL && equals != NULL) {
    g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE, "--%s takes no value", row->name);
    return FALSE;
  }
  if (row->value == NULL)
    return take_value (self, row, NULL, error);
  if (equals != NULL)
    return take_value (self, row, equals + 1, error);
  if (*at + 1 >= argc || g_str_has_prefix (argv[*at + 1], "--")) {
    g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE, "--%s needs a value: --%s %s", row->name,
                 row->name, row->value);
    return FALSE;
  }
  *at += 1;
  return take_value (self, row, argv[*at], error);
}

/**
 * cg_ctl_options_parse:
 * @argc: length of @argv
 * @argv: the command line, program name first
 *
 * Reads options wherever they stand; after `--` all are words.
 *
 * Returns: (transfer full): what was found, or %NULL with a %CG_CTL_USAGE error
 */
CgCtlOptions *
cg_ctl_options_parse (int argc, char **argv, GError **error)
{
  g_autoptr (CgCtlOptions) self = g_new0 (CgCtlOptions, 1);
  gboolean only_words = FALSE;

  self->interfaces = g_ptr_array_new_with_free_func (g_free);
  self->hosts = g_ptr_array_new_with_free_func (g_free);
  self->words = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->interfaces, NULL);
  g_ptr_array_add (self->hosts, NULL);

  for (int i = 1; i < argc; i++) {
    const gboolean is_option = !only_words && argv[i][0] == '-' && argv[i][1] != '\0';

    if (is_option && strcmp (argv[i], "--") == 0)
      only_words = TRUE;
    else if (!is_option)
      g_ptr_array_add (self->words, to_text (argv[i]));
    else if (!take_option (self, argc, argv, &i, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

/**
 * cg_ctl_options_free:
 * @self: (transfer full): options
 */
void
cg_ctl_options_free (CgCtlOptions *self)
{
  g_free (self->socket);
  g_free (self->camera);
  g_free (self->user);
  g_free (self->password_file);
  g_free (self->speed);
  g_free (self->output);
  g_ptr_array_unref (self->interfaces);
  g_ptr_array_unref (self->hosts);
  g_ptr_array_unref (self->words);
  g_free (self);
}
