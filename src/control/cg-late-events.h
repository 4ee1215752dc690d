/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CgLateEvents:
 *
 * Events that wait for the registration of their did (PROTOCOL.md section 2): what became of a
 * restart, or of new firmware, is known before anybody may hear it. Of others only the next one
 * counts: they do not wait.
 */
typedef struct _CgLateEvents CgLateEvents;

typedef void (*CgLateEventFunc) (const char *did,
                                 const char *service,
                                 JsonObject *content,
                                 gpointer user_data);

CgLateEvents *cg_late_events_new (void);
void cg_late_events_free (CgLateEvents *self);
void
cg_late_events_add (CgLateEvents *self, const char *did, const char *service, JsonObject *content);
void
cg_late_events_take (CgLateEvents *self, const char *did, CgLateEventFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgLateEvents, cg_late_events_free)

G_END_DECLS
