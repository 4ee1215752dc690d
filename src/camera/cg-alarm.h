/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  CG_ALARM_OFF,
  CG_ALARM_ON,
  CG_ALARM_TEXT, /* neither: a value, or nothing but that it happened */
} CgAlarmState;

/**
 * CgAlarm:
 * @topic: (owned): without prefixes: "VideoSource/MotionAlarm"
 * @state: what is so now
 * @text: (owned) (nullable): with %CG_ALARM_TEXT, if it has a value
 * @at_ms: since 1970
 * @source: (owned): name, value, name, value …: where it happened
 * @data: (owned): the same: all that the camera says about it
 *
 * Something that a camera has noticed (ONVIF Core Specification, 9).
 */
typedef struct {
  char *topic;
  CgAlarmState state;
  char *text;
  gint64 at_ms;
  char **source;
  char **data;
} CgAlarm;

#define CG_TYPE_ALARM (cg_alarm_get_type ())
GType cg_alarm_get_type (void);

CgAlarm *
cg_alarm_new (const char *topic, const char *const *source, const char *const *data, gint64 at_ms);
CgAlarm *cg_alarm_copy (const CgAlarm *self);
void cg_alarm_free (CgAlarm *self);
gboolean cg_alarm_is_wanted (const CgAlarm *self, const char *filter);
char *cg_alarm_get_key (const CgAlarm *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgAlarm, cg_alarm_free)

G_END_DECLS
