/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-alarm.h"

static CgAlarm *
make_alarm (const char *topic, const char *name, const char *value)
{
  const char *const source[] = {"Source", "video0", NULL};
  const char *const data[] = {name, value, NULL};

  return cg_alarm_new (topic, source, data, 1000);
}

static void
test_states (void)
{
  static const struct {
    const char *name, *value;
    CgAlarmState state;
    const char *text;
  } rows[] = {
      {"State", "true", CG_ALARM_ON, NULL},    {"IsMotion", "False", CG_ALARM_OFF, NULL},
      {"State", "1", CG_ALARM_ON, NULL},       {"IsInside", "0", CG_ALARM_OFF, NULL},
      {"Count", "1", CG_ALARM_TEXT, "1"},      {"Value", "0.29", CG_ALARM_TEXT, "0.29"},
      {"LogicalState", "", CG_ALARM_TEXT, ""}, {"Level", "active", CG_ALARM_ON, NULL},
      {NULL, NULL, CG_ALARM_TEXT, NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (CgAlarm) alarm = make_alarm ("tns1:A/B", rows[i].name, rows[i].value);

    g_assert_cmpint (alarm->state, ==, rows[i].state);
    g_assert_cmpstr (alarm->text, ==, rows[i].text);
  }
}

static void
test_filter (void)
{
  static const struct {
    const char *topic;
    const char *filter;
    gboolean is_wanted;
  } rows[] = {
      {"tns1:VideoSource/MotionAlarm", "motion", TRUE},
      {"tns1:RuleEngine/CellMotionDetector/Motion", " Motion ", TRUE},
      {"tns1:RuleEngine/tnsaxis:VMD/vmd4", "motion", TRUE},
      {"tns1:Device/Trigger/DigitalInput", "motion", FALSE},
      {"tns1:Device/Trigger/DigitalInput", "motion;digitalinput", TRUE},
      {"tns1:Device/Trigger/DigitalInput", "Trigger/Dig", TRUE},
      {"tns1:Monitoring/ProcessorUsage", "all", TRUE},
      {"tns1:Monitoring/ProcessorUsage", ";;", FALSE},
      {"tns1:Monitoring/ProcessorUsage", "", FALSE},
      {"tns1:Monitoring/ProcessorUsage", NULL, FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (CgAlarm) alarm = make_alarm (rows[i].topic, "State", "true");

    g_assert_cmpint (cg_alarm_is_wanted (alarm, rows[i].filter), ==, rows[i].is_wanted);
  }
}

static void
test_topic_and_copy (void)
{
  g_autoptr (CgAlarm) alarm = make_alarm ("tns1:RuleEngine/tnsaxis:VMD", "x", "y");
  g_autoptr (CgAlarm) copy = cg_alarm_copy (alarm);
  g_autofree char *key = cg_alarm_get_key (copy);

  g_assert_cmpstr (copy->topic, ==, "RuleEngine/VMD");
  g_assert_cmpstr (copy->text, ==, "y");
  g_assert_cmpstr (key, ==, "RuleEngine/VMD\nSource\nvideo0");
  g_assert_cmpint (copy->at_ms, ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/alarm/states", test_states);
  g_test_add_func ("/camera/alarm/filter", test_filter);
  g_test_add_func ("/camera/alarm/topic-and-copy", test_topic_and_copy);
  return g_test_run ();
}
