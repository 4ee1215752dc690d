/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CG_TYPE_NOTIFY (cg_notify_get_type ())
G_DECLARE_FINAL_TYPE (CgNotify, cg_notify, CG, NOTIFY, GObject)

CgNotify *cg_notify_new (void);
CgNotify *cg_notify_new_for_address (const char *address, gint64 watchdog_us);

void cg_notify_ready (CgNotify *self);
void cg_notify_reloading (CgNotify *self);
void cg_notify_stopping (CgNotify *self);

G_END_DECLS
