/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sdp-repair.h"

#include <string.h>

#define USUAL_ORIGIN "o=- 0 0 IN IP4 0.0.0.0\r\n"

/* What stands before the first media, in this order (RFC 4566, 5); the rest follows as it came. */
typedef struct {
  char *origin;     /* (nullable) (not owned) */
  char *name;       /* (nullable) (not owned) */
  char *connection; /* (nullable) (not owned) */
  char *time;       /* (nullable) (not owned) */
  GString *others;
  GString *media;
} Parts;

static guint
count_words (const char *line)
{
  g_auto (GStrv) words = g_strsplit_set (line, " \t", -1);
  guint count = 0;

  for (guint i = 0; words[i] != NULL; i++)
    count += words[i][0] != '\0';
  return count;
}

static gboolean
is_line (const char *line)
{
  return g_ascii_islower (line[0]) && line[1] == '=';
}

/* c=IN IP4 address */
static gboolean
is_connection (const char *line)
{
  return count_words (line) == 3 && g_str_has_prefix (line, "c=IN IP");
}

static gboolean
is_number (const char *word)
{
  return *word != '\0' && strspn (word, "0123456789/") == strlen (word);
}

/* m=video 0 RTP/AVP 96; the port is what cameras forget: it means nothing here. */
static char *
repair_media (const char *line)
{
  g_auto (GStrv) words = g_strsplit_set (line, " \t", -1);
  g_autoptr (GString) media = g_string_new (words[0]);
  guint place = 1;

  for (guint i = 1; words[i] != NULL; i++) {
    if (words[i][0] == '\0')
      continue;
    if (place == 1 && !is_number (words[i]))
      g_string_append (media, " 0");
    g_string_append_printf (media, " %s", words[i]);
    place++;
  }
  return g_string_free (g_steal_pointer (&media), FALSE);
}

static void
add_media_line (Parts *parts, const char *line)
{
  if (line[0] == 'm') {
    g_autofree char *media = repair_media (line);

    g_string_append_printf (parts->media, "%s\r\n", media);
  } else if (line[0] == 'c' ? is_connection (line) : strchr ("abik", line[0]) != NULL) {
    g_string_append_printf (parts->media, "%s\r\n", line);
  }
}

static void
keep_first (char **place, char *line, gboolean is_good)
{
  if (*place == NULL && is_good)
    *place = line;
}

static void
add_session_line (Parts *parts, char *line)
{
  switch (line[0]) {
  case 'v':
    break;
  case 'o':
    keep_first (&parts->origin, line, count_words (line) == 6);
    break;
  case 's':
    keep_first (&parts->name, line, line[2] != '\0');
    break;
  case 'c':
    keep_first (&parts->connection, line, is_connection (line));
    break;
  case 't':
    keep_first (&parts->time, line, count_words (line) == 2);
    break;
  default:
    if (strchr ("iuepbka", line[0]) != NULL)
      g_string_append_printf (parts->others, "%s\r\n", line);
    break;
  }
}

static char *
join (const Parts *parts)
{
  GString *text = g_string_new ("v=0\r\n");

  if (parts->origin != NULL)
    g_string_append_printf (text, "%s\r\n", parts->origin);
  else
    g_string_append (text, USUAL_ORIGIN);
  g_string_append_printf (text, "%s\r\n", parts->name != NULL ? parts->name : "s=-");
  if (parts->connection != NULL)
    g_string_append_printf (text, "%s\r\n", parts->connection);
  g_string_append_printf (text, "%s\r\n", parts->time != NULL ? parts->time : "t=0 0");
  g_string_append_len (text, parts->others->str, (gssize)parts->others->len);
  g_string_append_len (text, parts->media->str, (gssize)parts->media->len);
  return g_string_free (text, FALSE);
}

/* Zeroes and broken encodings end a text for whoever parses it next. */
static char *
make_text (const char *bytes, gsize length)
{
  g_autofree char *text = g_memdup2 (bytes, length);

  for (gsize i = 0; i < length; i++) {
    if (text[i] == '\0' || text[i] == '\r')
      text[i] = '\n';
  }
  return g_utf8_make_valid (text, (gssize)length);
}

/**
 * cg_sdp_repair:
 * @text: a description as a camera sends it
 * @length: its bytes
 *
 * Puts right what cameras get wrong: two or no names, a bad or missing origin, connection or time,
 * media without a port, lines that are none, any line ends (Q23). What it does not know to be wrong
 * stays as it is. Source: RFC 4566, 5.
 *
 * Returns: (transfer full): a description; one without media if nothing made sense
 */
char *
cg_sdp_repair (const char *text, gsize length)
{
  g_autofree char *valid = length > 0 ? make_text (text, length) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  g_autoptr (GString) others = g_string_new (NULL);
  g_autoptr (GString) media = g_string_new (NULL);
  Parts parts = {.others = others, .media = media};
  gboolean in_media = FALSE;

  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = g_strstrip (lines[i]);

    if (!is_line (line))
      continue;
    in_media = in_media || line[0] == 'm';
    if (in_media)
      add_media_line (&parts, line);
    else
      add_session_line (&parts, line);
  }
  return join (&parts);
}
