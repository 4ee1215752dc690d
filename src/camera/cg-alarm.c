/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-alarm.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (CgAlarm, cg_alarm, cg_alarm_copy, cg_alarm_free)

/* What `motion` in a filter stands for, in lower case. */
static const char *const motion_words[] = {"motion", "vmd", NULL};

/* Each segment of a topic may have a prefix, which means nothing outside of its message. */
static char *
strip_prefixes (const char *topic)
{
  g_auto (GStrv) segments = g_strsplit (topic, "/", -1);

  for (guint i = 0; segments[i] != NULL; i++) {
    const char *colon = strrchr (segments[i], ':');

    if (colon != NULL)
      memmove (segments[i], colon + 1, strlen (colon + 1) + 1);
  }
  return g_strjoinv ("/", segments);
}

/* A digit is a yes or no only where the name says that it is one. */
static gboolean
is_switch (const char *name)
{
  static const char *const names[] = {"State", "LogicalState", "Active", NULL};

  return g_strv_contains (names, name) || g_str_has_prefix (name, "Is");
}

static gboolean
read_state (const char *name, const char *value, CgAlarmState *state)
{
  static const struct {
    const char *word;
    gboolean is_digit;
    CgAlarmState state;
  } words[] = {
      {"true", FALSE, CG_ALARM_ON},   {"false", FALSE, CG_ALARM_OFF},
      {"active", FALSE, CG_ALARM_ON}, {"inactive", FALSE, CG_ALARM_OFF},
      {"1", TRUE, CG_ALARM_ON},       {"0", TRUE, CG_ALARM_OFF},
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_ascii_strcasecmp (words[i].word, value) != 0 || (words[i].is_digit && !is_switch (name)))
      continue;
    *state = words[i].state;
    return TRUE;
  }
  return FALSE;
}

/* The first item that says yes or no is the state; else the first item of all. */
static void
find_state (CgAlarm *self)
{
  self->state = CG_ALARM_TEXT;
  for (guint i = 0; self->data[i] != NULL && self->data[i + 1] != NULL; i += 2) {
    if (read_state (self->data[i], self->data[i + 1], &self->state))
      return;
  }
  self->text = self->data[0] != NULL ? g_strdup (self->data[1]) : NULL;
}

/**
 * cg_alarm_new:
 * @topic: as the camera wrote it
 * @source: name, value, name, value …
 * @data: the same
 * @at_ms: since 1970
 *
 * Returns: (transfer full): an alarm, whose state is found in @data
 */
CgAlarm *
cg_alarm_new (const char *topic, const char *const *source, const char *const *data, gint64 at_ms)
{
  CgAlarm *self = g_new0 (CgAlarm, 1);

  self->topic = strip_prefixes (topic);
  self->source = g_strdupv ((char **)source);
  self->data = g_strdupv ((char **)data);
  self->at_ms = at_ms;
  find_state (self);
  return self;
}

/**
 * cg_alarm_copy:
 * @self: an alarm
 *
 * Returns: (transfer full): its equal
 */
CgAlarm *
cg_alarm_copy (const CgAlarm *self)
{
  CgAlarm *copy = g_new0 (CgAlarm, 1);

  *copy = *self;
  copy->topic = g_strdup (self->topic);
  copy->text = g_strdup (self->text);
  copy->source = g_strdupv (self->source);
  copy->data = g_strdupv (self->data);
  return copy;
}

/**
 * cg_alarm_free:
 * @self: (transfer full) (nullable): an alarm
 */
void
cg_alarm_free (CgAlarm *self)
{
  if (self == NULL)
    return;
  g_free (self->topic);
  g_free (self->text);
  g_strfreev (self->source);
  g_strfreev (self->data);
  g_free (self);
}

static gboolean
topic_has (const char *topic, const char *word)
{
  if (strcmp (word, "all") == 0)
    return TRUE;
  if (strcmp (word, "motion") != 0)
    return strstr (topic, word) != NULL;
  for (guint i = 0; motion_words[i] != NULL; i++) {
    if (strstr (topic, motion_words[i]) != NULL)
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_alarm_is_wanted:
 * @self: an alarm
 * @filter: (nullable): `motion`, `all` and parts of topics, separated by ; and in any case
 *
 * Returns: whether @filter names it
 */
gboolean
cg_alarm_is_wanted (const CgAlarm *self, const char *filter)
{
  g_autofree char *lower = g_ascii_strdown (filter != NULL ? filter : "", -1);
  g_autofree char *topic = g_ascii_strdown (self->topic, -1);
  g_auto (GStrv) words = g_strsplit (lower, ";", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    const char *word = g_strstrip (words[i]);

    if (*word != '\0' && topic_has (topic, word))
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_alarm_get_key:
 * @self: an alarm
 *
 * Returns: (transfer full): what it is the state of: topic and source
 */
char *
cg_alarm_get_key (const CgAlarm *self)
{
  g_autofree char *source = g_strjoinv ("\n", self->source);

  return g_strconcat (self->topic, "\n", source, NULL);
}
