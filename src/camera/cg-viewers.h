/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-clock.h"
#include "cg-config.h"
#include "cg-hub.h"

G_BEGIN_DECLS

/**
 * CgViewers:
 *
 * Those on the LAN who watch cameras of the fleet: keeps the server for them as the configuration
 * wants it, and tells which cameras are watched.
 */
#define CG_TYPE_VIEWERS (cg_viewers_get_type ())
G_DECLARE_FINAL_TYPE (CgViewers, cg_viewers, CG, VIEWERS, GObject)

/*
 * Signals:
 *   "watched"  (const char *did, gboolean is_watched)
 */

CgViewers *cg_viewers_new (CgClock *clock);
void cg_viewers_apply (CgViewers *self, const CgRestreamConfig *config);
void cg_viewers_show (CgViewers *self, const char *did, CgHub *hub);
void cg_viewers_await (CgViewers *self, const char *did);
void cg_viewers_hide (CgViewers *self, const char *did);
guint cg_viewers_count (CgViewers *self, const char *did);
const char *cg_viewers_get_url (CgViewers *self);
const char *cg_viewers_get_trouble (CgViewers *self);
void cg_viewers_close_async (CgViewers *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_viewers_close_finish (CgViewers *self, GAsyncResult *result, GError **error);

G_END_DECLS
