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
 * cg_onvif_text_dup_or_empty:
 * @text: (nullable): what a camera sent
 *
 * Returns: (transfer full): as cg_onvif_text_dup(); an empty text for none
 */
char *
cg_onvif_text_dup_or_empty (const char *text)
{
  char *copy = cg_onvif_text_dup (text);

  return copy != NULL ? copy : g_strdup ("");
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
