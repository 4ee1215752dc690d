/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-key.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cg-error.h"
#include "cg-place.h"
#include "cg-range.h"
#include "cg-server.h"
#include "cg-text.h"

typedef struct {
  gsize size; /* of a plain number; 0: a pointer that is owned */
  gboolean (*set) (const CgKey *key, gpointer field, const char *value, GError **error);
} CgKeyOps;

static gboolean
set_string (const CgKey *key, gpointer field, const char *value, GError **error)
{
  char **string = field;

  g_free (*string);
  *string = g_strdup (value);
  return TRUE;
}

static gboolean
set_file (const CgKey *key, gpointer field, const char *value, GError **error)
{
  struct stat status;

  if (!g_path_is_absolute (value))
    return cg_key_refuse (error, "is not an absolute path");
  if (access (value, R_OK) != 0 || stat (value, &status) != 0)
    return cg_key_refuse (error, "cannot be read: %s", g_strerror (errno));
  if (!S_ISREG (status.st_mode))
    return cg_key_refuse (error, "is no regular file");
  return set_string (key, field, value, error);
}

static gboolean
set_topic (const CgKey *key, gpointer field, const char *value, GError **error)
{
  const char *percent = strchr (value, '%');

  if (percent == NULL || percent[1] != 's' || strchr (percent + 1, '%') != NULL)
    return cg_key_refuse (error, "must contain %%s, for the did, exactly once and no other %%");
  if (strpbrk (value, "+#") != NULL)
    return cg_key_refuse (error, "must not contain the wildcards + and #");
  return set_string (key, field, value, error);
}

static gboolean
set_hosts (const CgKey *key, gpointer field, const char *value, GError **error)
{
  g_auto (GStrv) words = g_strsplit (value, ";", -1);

  if (strchr (value, '@') != NULL)
    return cg_key_refuse (error, "is no list of hosts: a login does not belong here");
  for (guint i = 0; words[i] != NULL; i++) {
    g_autoptr (GError) reason = NULL;
    g_auto (GStrv) hosts = cg_range_expand (g_strstrip (words[i]), &reason);

    if (hosts == NULL)
      return cg_key_refuse (error, "is no list of hosts: %s", reason->message);
  }
  return set_string (key, field, value, error);
}

static gboolean
set_place (const CgKey *key, gpointer field, const char *value, GError **error)
{
  CgPlace place;

  return cg_place_parse (value, &place, error) && set_string (key, field, value, error);
}

static gboolean
set_command (const CgKey *key, gpointer field, const char *value, GError **error)
{
  g_auto (GStrv) words = NULL;

  if (!g_shell_parse_argv (value, NULL, &words, NULL))
    return cg_key_refuse (error, "is no command: its quotes do not match");
  if (!g_path_is_absolute (words[0]))
    return cg_key_refuse (error, "is no command that begins with the absolute path of a program");
  return set_string (key, field, value, error);
}

static gboolean
set_words (const CgKey *key, gpointer field, const char *value, GError **error)
{
  g_auto (GStrv) words = g_strsplit (value, ";", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree char *known = NULL;

    if (*g_strstrip (words[i]) != '\0' && g_strv_contains (key->words, words[i]))
      continue;
    known = g_strjoinv ("|", (char **)key->words);
    return cg_key_refuse (error, "is no list of %s, separated by ;", known);
  }
  return set_string (key, field, value, error);
}

static gboolean
set_servers (const CgKey *key, gpointer field, const char *value, GError **error)
{
  GPtrArray **servers = field;
  GPtrArray *parsed = cg_server_list_parse (value, error);

  if (parsed == NULL)
    return FALSE;
  g_clear_pointer (servers, g_ptr_array_unref);
  *servers = parsed;
  return TRUE;
}

/* The other ways in which people write yes and no. */
static const char *
get_plain_word (const CgKey *key, const char *value)
{
  static const char *const yes[] = {"yes", "on", "1", NULL};
  static const char *const no[] = {"no", "off", "0", NULL};

  if (!g_strv_contains (key->words, "true"))
    return value;
  return g_strv_contains (yes, value) ? "true" : g_strv_contains (no, value) ? "false" : value;
}

static gboolean
set_word (const CgKey *key, gpointer field, const char *value, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (value, -1);
  const char *word = get_plain_word (key, lower);

  for (int i = 0; key->words[i] != NULL; i++) {
    if (!g_str_equal (key->words[i], word))
      continue;
    *(int *)field = i + (int)key->min;
    return TRUE;
  }
  g_autofree char *known = g_strjoinv ("|", (char **)key->words);
  return cg_key_refuse (error, "is not %s", known);
}

static gboolean
parse_number (const CgKey *key, const char *value, double *number, GError **error)
{
  char *end = NULL;
  const double parsed = g_ascii_strtod (value, &end);

  if (end == value || *end != '\0' || strpbrk (value, "xXnN") != NULL || !isfinite (parsed))
    return cg_key_refuse (error, "is no number");
  if (parsed < key->min || parsed > key->max)
    return cg_key_refuse (error, "is not %g to %g", key->min, key->max);
  *number = parsed;
  return TRUE;
}

static gboolean
set_count (const CgKey *key, gpointer field, const char *value, GError **error)
{
  double number = 0;

  if (!parse_number (key, value, &number, error))
    return FALSE;
  if (number != floor (number))
    return cg_key_refuse (error, "is no whole number");
  *(guint *)field = (guint)number;
  return TRUE;
}

static gboolean
set_seconds (const CgKey *key, gpointer field, const char *value, GError **error)
{
  double number = 0;

  if (!parse_number (key, value, &number, error))
    return FALSE;
  *(guint *)field = (guint)ceil (number);
  return TRUE;
}

static gboolean
set_milliseconds (const CgKey *key, gpointer field, const char *value, GError **error)
{
  double number = 0;

  if (!parse_number (key, value, &number, error))
    return FALSE;
  *(guint *)field = (guint)lround (number * 1000);
  return TRUE;
}

static gboolean
set_fraction (const CgKey *key, gpointer field, const char *value, GError **error)
{
  double number = 0;

  if (!parse_number (key, value, &number, error))
    return FALSE;
  *(double *)field = number;
  return TRUE;
}

static gboolean
set_fractions (const CgKey *key, gpointer field, const char *value, GError **error)
{
  g_auto (GStrv) words = g_strsplit (value, ";", -1);
  double numbers[3];

  if (g_strv_length (words) != G_N_ELEMENTS (numbers))
    return cg_key_refuse (error, "is not %d numbers, separated by ;", (int)G_N_ELEMENTS (numbers));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!parse_number (key, g_strstrip (words[i]), &numbers[i], error))
      return FALSE;
  memcpy (field, numbers, sizeof numbers);
  return TRUE;
}

/* Interned: who keeps a copy of the settings need not ask who owns it. */
static gboolean
set_ranking (const CgKey *key, gpointer field, const char *value, GError **error)
{
  for (const char *at = value; *at != '\0'; at++)
    if (!g_ascii_islower (*at) && !g_ascii_isdigit (*at) && strchr ("-; ", *at) == NULL)
      return cg_key_refuse (error, "is no list of names in small letters, separated by ;");
  *(const char **)field = g_intern_string (value);
  return TRUE;
}

/* What goes into topics, logins, XML and logs is text, and no longer than anybody needs. */
static gboolean
check_text (const CgKey *key, const char *value, GError **error)
{
  const gboolean is_list = key->type == CG_KEY_HOSTS || key->type == CG_KEY_SERVERS;

  if (!cg_text_is_plain (value))
    return cg_key_refuse (error, "contains a control character, or a code that is no character");
  if (!is_list && strlen (value) > CG_TEXT_MAX_BYTES)
    return cg_key_refuse (error, "is longer than %d bytes", CG_TEXT_MAX_BYTES);
  return TRUE;
}

static const CgKeyOps ops[] = {
    [CG_KEY_STRING] = {0, set_string},
    [CG_KEY_SECRET] = {0, set_string},
    [CG_KEY_FILE] = {0, set_file},
    [CG_KEY_TOPIC] = {0, set_topic},
    [CG_KEY_HOSTS] = {0, set_hosts},
    [CG_KEY_PLACE] = {0, set_place},
    [CG_KEY_COMMAND] = {0, set_command},
    [CG_KEY_WORDS] = {0, set_words},
    [CG_KEY_SERVERS] = {0, set_servers},
    [CG_KEY_WORD] = {sizeof (int), set_word},
    [CG_KEY_COUNT] = {sizeof (guint), set_count},
    [CG_KEY_SECONDS] = {sizeof (guint), set_seconds},
    [CG_KEY_MILLISECONDS] = {sizeof (guint), set_milliseconds},
    [CG_KEY_FRACTION] = {sizeof (double), set_fraction},
    [CG_KEY_FRACTIONS] = {3 * sizeof (double), set_fractions},
    [CG_KEY_RANKING] = {sizeof (const char *), set_ranking},
};
G_STATIC_ASSERT (G_N_ELEMENTS (ops) == CG_N_KEY_TYPES);

/**
 * cg_key_refuse:
 * @error: return location: %CG_ERROR_INVALID_CONFIG
 * @format: what is wrong with a value, for who wrote it, as in printf()
 * @...: for @format
 *
 * Returns: %FALSE: so ends who reads a value
 */
gboolean
cg_key_refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (CG_ERROR, CG_ERROR_INVALID_CONFIG, format, arguments));
  va_end (arguments);
  return FALSE;
}

/**
 * cg_key_set:
 * @self: a setting
 * @base: the struct of its group
 * @value: as written in the file; empty means the default, or none where the setting says so
 *
 * Checks a value and stores it.
 *
 * Returns: %FALSE with %CG_ERROR_INVALID_CONFIG, whose message says what is wrong with the value
 *   and names neither it nor the key; then nothing is changed
 */
gboolean
cg_key_set (const CgKey *self, gpointer base, const char *value, GError **error)
{
  gpointer field = G_STRUCT_MEMBER_P (base, self->offset);

  if (*value != '\0')
    return check_text (self, value, error) && ops[self->type].set (self, field, value, error);
  if (self->empty_is_none)
    cg_key_clear (self, base);
  else
    cg_key_set_default (self, base);
  return TRUE;
}

/**
 * cg_key_set_default:
 * @self: a setting
 * @base: the struct of its group
 *
 * Stores what an absent key means.
 */
void
cg_key_set_default (const CgKey *self, gpointer base)
{
  gpointer field = G_STRUCT_MEMBER_P (base, self->offset);

  cg_key_clear (self, base);
  if (self->fallback == NULL)
    return;

  g_autoptr (GError) error = NULL;
  if (!ops[self->type].set (self, field, self->fallback, &error))
    g_error ("default of %s %s", self->name, error->message);
}

/**
 * cg_key_clear:
 * @self: a setting
 * @base: the struct of its group
 *
 * Frees the value, if it owns anything; it is 0 afterwards.
 */
void
cg_key_clear (const CgKey *self, gpointer base)
{
  gpointer field = G_STRUCT_MEMBER_P (base, self->offset);

  if (ops[self->type].size > 0)
    memset (field, 0, ops[self->type].size);
  else if (self->type == CG_KEY_SERVERS)
    g_clear_pointer ((GPtrArray **)field, g_ptr_array_unref);
  else
    g_clear_pointer ((char **)field, g_free);
}

static GPtrArray *
copy_servers (GPtrArray *servers)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_server_free);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    g_ptr_array_add (copy, cg_server_copy (servers->pdata[i]));
  return copy;
}

/**
 * cg_key_copy:
 * @self: a setting
 * @from: a struct of its group
 * @to: another, not yet filled
 */
void
cg_key_copy (const CgKey *self, gconstpointer from, gpointer to)
{
  gconstpointer source = (const guint8 *)from + self->offset;
  gpointer target = G_STRUCT_MEMBER_P (to, self->offset);

  if (ops[self->type].size > 0)
    memcpy (target, source, ops[self->type].size);
  else if (self->type == CG_KEY_SERVERS)
    *(GPtrArray **)target = copy_servers (*(GPtrArray *const *)source);
  else
    *(char **)target = g_strdup (*(char *const *)source);
}

static gboolean
servers_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!cg_server_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

/**
 * cg_key_equal:
 * @self: a setting
 * @a: a struct of its group
 * @b: another
 *
 * Returns: %TRUE if both have the same value
 */
gboolean
cg_key_equal (const CgKey *self, gconstpointer a, gconstpointer b)
{
  gconstpointer one = (const guint8 *)a + self->offset;
  gconstpointer other = (const guint8 *)b + self->offset;

  if (ops[self->type].size > 0)
    return memcmp (one, other, ops[self->type].size) == 0;
  if (self->type == CG_KEY_SERVERS)
    return servers_equal (*(GPtrArray *const *)one, *(GPtrArray *const *)other);
  return g_strcmp0 (*(char *const *)one, *(char *const *)other) == 0;
}
