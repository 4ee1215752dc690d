/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgSimAlarm:
 *
 * One notification of a property.
 */
typedef struct {
  char *topic;
  char *value;
  gint64 at_ms; /* since 1970, by the camera's clock */
  const char *operation;
} CgSimAlarm;

/* The pull points of a camera and what waits in them. From any thread. */
typedef struct _CgSimEvents CgSimEvents;

CgSimEvents *cg_sim_events_new (void);
void cg_sim_events_free (CgSimEvents *self);

guint cg_sim_events_subscribe (CgSimEvents *self, gint64 at_ms, gint64 life_ms, guint max);
gboolean cg_sim_events_renew (CgSimEvents *self, guint id, gint64 life_ms);
gboolean cg_sim_events_unsubscribe (CgSimEvents *self, guint id);
void cg_sim_events_forget (CgSimEvents *self);
guint cg_sim_events_count (CgSimEvents *self);

void cg_sim_events_raise (CgSimEvents *self, const char *topic, const char *value, gint64 at_ms);
gboolean cg_sim_events_has (CgSimEvents *self, guint id);
gboolean cg_sim_events_is_waiting (CgSimEvents *self, guint id);
GPtrArray *cg_sim_events_take (CgSimEvents *self, guint id, guint limit);

G_END_DECLS
