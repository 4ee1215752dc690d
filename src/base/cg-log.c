/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Atomic: lines are written by every thread. */
static gint is_verbose;
static gint to_journal;

static const char *
get_field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, key) && fields[i].length < 0)
      return fields[i].value;
  return NULL;
}

static const char *
get_word (GLogLevelFlags level)
{
  if (level & G_LOG_LEVEL_ERROR)
    return "fatal";
  if (level & G_LOG_LEVEL_CRITICAL)
    return "bug";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning";
  if (level & G_LOG_LEVEL_MESSAGE)
    return "message";
  return level & G_LOG_LEVEL_INFO ? "info" : "debug";
}

static gboolean
is_wanted (GLogLevelFlags level, const char *domain)
{
  if ((level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) == 0)
    return TRUE;
  if (!g_log_writer_default_would_drop (level, domain))
    return TRUE; /* G_MESSAGES_DEBUG asks for it */
  return g_atomic_int_get (&is_verbose) && (domain == NULL || g_str_has_prefix (domain, "camgate"));
}

/* What came from outside must not begin lines of its own. */
static char *
make_line (GLogLevelFlags level, const char *text)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "%s.%03d %-7s ", time, g_date_time_get_microsecond (now) / 1000,
                          get_word (level));
  for (const char *at = text; *at != '\0'; at++)
    g_string_append_c (line, g_ascii_iscntrl (*at) ? ' ' : *at);
  g_string_append_c (line, '\n');
  return g_string_free (line, FALSE);
}

/* GStreamer's plugins complain of themselves, of races while they are torn down for example: that
 * is no bug of ours. */
static GLogLevelFlags
soften (GLogLevelFlags level, const char *domain)
{
  if ((level & G_LOG_LEVEL_CRITICAL) == 0 || domain == NULL ||
      !g_str_has_prefix (domain, "GStreamer"))
    return level;
  return (level & ~G_LOG_LEVEL_CRITICAL) | G_LOG_LEVEL_WARNING;
}

static GLogWriterOutput
write_log (GLogLevelFlags given_level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = get_field (fields, n_fields, "GLIB_DOMAIN");
  const GLogLevelFlags level = soften (given_level, domain);

  if (!is_wanted (level, domain))
    return G_LOG_WRITER_HANDLED;
  if (g_atomic_int_get (&to_journal) &&
      g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;

  const char *text = get_field (fields, n_fields, "MESSAGE");
  g_autofree char *line = make_line (level, text != NULL ? text : "");
  fputs (line, stderr); /* one call: lines of several threads do not mix */
  return G_LOG_WRITER_HANDLED;
}

/**
 * cg_log_init:
 * @verbose: whether steps (info) and developers' lines (debug) are written too
 *
 * Sends the log to the journal if standard error is connected to it, else to standard error, one
 * line an event. Once, before any thread is started. `G_MESSAGES_DEBUG` works as everywhere.
 */
void
cg_log_init (gboolean verbose)
{
  cg_log_set_verbose (verbose);
  g_atomic_int_set (&to_journal, g_log_writer_is_journald (STDERR_FILENO));
  g_log_set_writer_func (write_log, NULL, NULL);
}

/**
 * cg_log_set_verbose:
 * @verbose: as for cg_log_init()
 */
void
cg_log_set_verbose (gboolean verbose)
{
  g_atomic_int_set (&is_verbose, verbose);
}

/* Where the login in an address ends, after its `@`; @authority if there is none. A password may
 * contain anything, so when in doubt too much is hidden. */
static const char *
skip_login (const char *authority)
{
  const char *last_at = strrchr (authority, '@');
  const gsize length = strcspn (authority, "/?#");
  const char *colon = memchr (authority, ':', length);
  const gboolean has_login = memchr (authority, '@', length) != NULL;

  if (last_at == NULL)
    return authority;
  if (has_login)
    return last_at + 1;
  if (authority[0] == '[' || colon == NULL)
    return authority;
  return strspn (colon + 1, "0123456789") == (gsize)(authority + length - colon - 1) ? authority
                                                                                     : last_at + 1;
}

/* What @name ends with, numbers at its end apart. */
static gboolean
has_end (const char *name, gsize length, const char *word)
{
  const gsize n = strlen (word);

  while (length > 0 && g_ascii_isdigit (name[length - 1]))
    length--;
  return length >= n && strncmp (name + length - n, word, n) == 0;
}

/**
 * cg_log_is_secret_name:
 * @name: of a member of a message, or of a part of an address
 * @length: of it, in bytes
 *
 * People spell a password in many ways; but a keyframe and a signal are no secrets.
 *
 * Returns: whether what it names is not shown
 */
gboolean
cg_log_is_secret_name (const char *name, gsize length)
{
  static const char *const words[] = {"pass", "pwd",        "secret",   "token",
                                      "auth", "credential", "signature"};
  static const char *const ends[] = {"key", "sign", "sig", "pw"};
  g_autofree char *lower = g_ascii_strdown (name, (gssize)length);

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (lower, words[i]) != NULL)
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (has_end (lower, length, ends[i]))
      return TRUE;
  return FALSE;
}

/* Copies path and query. Some cameras want `/user=admin_password=…_channel=1` in the path, so a
 * pair is hidden wherever it stands. */
static void
append_rest (GString *out, const char *rest)
{
  const char *name = rest;
  gboolean in_query = FALSE;

  for (const char *at = rest; *at != '\0';) {
    in_query |= *at == '?';
    g_string_append_c (out, *at);
    if (*at == '=' && cg_log_is_secret_name (name, at - name)) {
      g_string_append (out, CG_LOG_HIDDEN);
      at += 1 + strcspn (at + 1, in_query ? "&;#" : "&;#?/_");
      continue;
    }
    if (strchr ("/?&;#_=", *at) != NULL)
      name = at + 1;
    at++;
  }
}

/**
 * cg_log_uri:
 * @uri: (nullable): an address, well-formed or not
 *
 * For logs and events: user, password and what looks like a secret in path or query become stars
 * (Q26). When in doubt it hides too much.
 *
 * Returns: (transfer full): a text that may be shown to anybody
 */
char *
cg_log_uri (const char *uri)
{
  if (uri == NULL)
    return g_strdup ("(none)");

  const char *separator = strstr (uri, "://");
  const char *authority = separator == NULL ? uri : separator + strlen ("://");
  const char *host = skip_login (authority);
  GString *out = g_string_new_len (uri, authority - uri);

  if (host != authority)
    g_string_append (out, CG_LOG_HIDDEN "@");
  append_rest (out, host);
  return g_string_free (out, FALSE);
}

/**
 * cg_log_is_hidden:
 * @uri: an address
 *
 * Returns: whether it looks as cg_log_uri() shows one that contains a login
 */
gboolean
cg_log_is_hidden (const char *uri)
{
  return strstr (uri, "=" CG_LOG_HIDDEN) != NULL || strstr (uri, "://" CG_LOG_HIDDEN "@") != NULL;
}
