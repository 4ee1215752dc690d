/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-box.h"
#include "cg-clock.h"
#include "cg-config.h"
#include "cg-store.h"

G_BEGIN_DECLS

#define CG_TYPE_GATEWAY (cg_gateway_get_type ())
G_DECLARE_FINAL_TYPE (CgGateway, cg_gateway, CG, GATEWAY, GObject)

/*
 * The box that this daemon runs on: what it says of itself, and what it may be told to do.
 *
 * Signal "reboot-ended" (GError *error): once for each restart that was planned; %NULL: it is back.
 */

CgGateway *cg_gateway_new (CgStore *store, CgClock *clock, const char *root);
void cg_gateway_apply (CgGateway *self, const CgConfig *config);
void cg_gateway_open (CgGateway *self);

void cg_gateway_read_async (CgGateway *self, GAsyncReadyCallback callback, gpointer user_data);
CgBoxFacts *cg_gateway_read_finish (CgGateway *self, GAsyncResult *result, GError **error);

gboolean cg_gateway_plan_reboot (CgGateway *self, guint delay_ms, GError **error);
void cg_gateway_install_async (CgGateway *self,
                               const char *path,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cg_gateway_install_finish (CgGateway *self, GAsyncResult *result, GError **error);
void cg_gateway_forget_reboot (CgGateway *self);
void cg_gateway_set_clock_async (CgGateway *self,
                                 gint64 utc_ms,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean cg_gateway_set_clock_finish (CgGateway *self, GAsyncResult *result, GError **error);

G_END_DECLS
