/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _CgSimRequests CgSimRequests;

CgSimRequests *cg_sim_requests_new (void);
void cg_sim_requests_free (CgSimRequests *self);
void cg_sim_requests_add (CgSimRequests *self, const char *op, gint64 at_ms, JsonObject *args);
JsonArray *cg_sim_requests_take (CgSimRequests *self);
guint cg_sim_requests_count (CgSimRequests *self, const char *op);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimRequests, cg_sim_requests_free)

G_END_DECLS
