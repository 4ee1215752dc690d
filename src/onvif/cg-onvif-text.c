/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-text.h"

#include <string.h>

/**
 * cg_onvif_text_dup:
 * @text: (nullable): text as a camera sent it
 *
 * Returns: (transfer full) (nullable): valid UTF-8 without blanks round it (Q39); %NULL if nothing
 * is left
 */
char *
cg_onvif_text_dup (const char *text)
{
  if (text == NULL)
    return NULL;
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_strstrip (valid);
  return valid[0] != '\0' ? g_steal_pointer (&valid) : NULL;
}

/**
 * cg_onvif_text_or_empty:
 * @text: (transfer full) (nullable): what was read
 *
 * Returns: (transfer full): @text; an empty text for none
 */
char *
cg_onvif_text_or_empty (char *text)
{
  return text != NULL ? text : g_strdup ("");
}

/**
 * cg_onvif_text_shorten:
 * @text: (nullable): a name
 *
 * Returns: (transfer full) (nullable): its first #CG_ONVIF_NAME_MAX characters; no letter loses its
 *   accents
 */
char *
cg_onvif_text_shorten (const char *text)
{
  glong end = CG_ONVIF_NAME_MAX;

  if (text == NULL || g_utf8_strlen (text, -1) <= end)
    return g_strdup (text);
  while (end > 1 && g_unichar_ismark (g_utf8_get_char (g_utf8_offset_to_pointer (text, end))))
    end--;
  return g_utf8_substring (text, 0, end);
}

/**
 * cg_onvif_text_dup_name:
 * @text: (nullable): a text for people as a camera sent it
 *
 * Returns: (transfer full) (nullable): as cg_onvif_text_dup(), shortened
 */
char *
cg_onvif_text_dup_name (const char *text)
{
  g_autofree char *clean = cg_onvif_text_dup (text);

  return cg_onvif_text_shorten (clean);
}

/**
 * cg_onvif_text_dup_reference:
 * @text: (nullable): a token, by which a camera wants something of its own to be called
 *
 * Half of one names nothing: it is whole or not there.
 *
 * Returns: (transfer full) (nullable): as cg_onvif_text_dup(); %NULL too if it is longer than
 *   #CG_ONVIF_REFERENCE_MAX
 */
char *
cg_onvif_text_dup_reference (const char *text)
{
  g_autofree char *clean = cg_onvif_text_dup (text);

  return clean != NULL && strlen (clean) <= CG_ONVIF_REFERENCE_MAX ? g_steal_pointer (&clean)
                                                                   : NULL;
}

/**
 * cg_onvif_count_read:
 * @value: a size, rate or length that a camera sent
 *
 * Returns: it as a whole number; 0: none that makes sense
 */
guint
cg_onvif_count_read (double value)
{
  return value > 0 && value < (double)G_MAXINT ? (guint)value : 0;
}

/**
 * cg_onvif_text_dup_upper:
 * @text: (nullable): a name out of an enumeration
 *
 * Returns: (transfer full) (nullable): the same in capitals: cameras write "h264" and "Aac" too
 */
char *
cg_onvif_text_dup_upper (const char *text)
{
  g_autofree char *clean = cg_onvif_text_dup (text);

  return clean != NULL ? g_ascii_strup (clean, -1) : NULL;
}

/**
 * cg_onvif_text_split:
 * @list: (nullable): words separated by any blanks, line breaks included (Q15)
 *
 * Returns: (transfer full) (array zero-terminated=1): the words
 */
char **
cg_onvif_text_split (const char *list)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *clean = cg_onvif_text_dup (list);
  g_auto (GStrv) words = g_strsplit_set (clean != NULL ? clean : "", " \t\r\n", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] != '\0')
      g_strv_builder_add (builder, words[i]);
  }
  return g_strv_builder_end (builder);
}

/* The units of an xs:duration before and behind its T; months and years have no length of their
 * own. */
static gboolean
unit_get_seconds (char unit, gboolean is_time, double *seconds)
{
  static const struct {
    char unit;
    gboolean is_time;
    double seconds;
  } units[] = {
      {'D', FALSE, 86400},
      {'H', TRUE, 3600},
      {'M', TRUE, 60},
      {'S', TRUE, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    if (units[i].unit == unit && units[i].is_time == is_time) {
      *seconds = units[i].seconds;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * cg_onvif_duration_parse:
 * @text: (nullable): an xs:duration ("PT1M30.5S")
 * @milliseconds: (out): its length
 *
 * Returns: whether it is one, not negative, without months and years, below 49 days
 */
gboolean
cg_onvif_duration_parse (const char *text, guint *milliseconds)
{
  double total = 0;
  gboolean is_time = FALSE;
  gboolean has_part = FALSE;

  if (text == NULL || *text != 'P')
    return FALSE;
  for (const char *p = text + 1; *p != '\0';) {
    char *end = NULL;
    double seconds = 0;

    if (*p == 'T' && !is_time) {
      is_time = TRUE;
      p++;
      continue;
    }
    if (!g_ascii_isdigit (*p))
      return FALSE;
    const double number = g_ascii_strtod (p, &end);
    if (end == p || !unit_get_seconds (*end, is_time, &seconds))
      return FALSE;
    total += number * seconds * 1000;
    has_part = TRUE;
    p = end + 1;
  }
  if (!has_part || !(total < (double)G_MAXUINT))
    return FALSE;
  *milliseconds = (guint)total;
  return TRUE;
}

/**
 * cg_onvif_duration_format:
 * @milliseconds: a time
 *
 * Returns: (transfer full): it as an xs:duration in whole seconds, rounded up: cameras refuse
 *   fractions (Q33)
 */
char *
cg_onvif_duration_format (guint milliseconds)
{
  return g_strdup_printf ("PT%uS", milliseconds / 1000 + (milliseconds % 1000 != 0 ? 1 : 0));
}
