/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CgLateEvents:
 *
 * Events that wait until their did may tell them: for a link (PROTOCOL.md section 1, "offline"), or
 * for its registration (section 2).
 */
typedef struct _CgLateEvents CgLateEvents;

typedef void (*CgLateEventFunc) (const char *did,
                                 const char *service,
                                 JsonObject *content,
                                 gpointer user_data);

typedef gboolean (*CgLateEventFilter) (const char *did, gpointer user_data);

CgLateEvents *cg_late_events_new (void);
void cg_late_events_free (CgLateEvents *self);
void
cg_late_events_add (CgLateEvents *self, const char *did, const char *service, JsonObject *content);
void cg_late_events_take (CgLateEvents *self,
                          CgLateEventFilter is_due,
                          CgLateEventFunc func,
                          gpointer user_data);
gboolean cg_late_events_is_lasting (const char *service);
guint cg_late_events_get_length (const CgLateEvents *self);
guint64 cg_late_events_get_n_dropped (const CgLateEvents *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgLateEvents, cg_late_events_free)

G_END_DECLS
