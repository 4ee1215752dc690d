/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"
#include "cg-onvif-discovery.h"

G_BEGIN_DECLS

#define CG_TYPE_FINDER (cg_finder_get_type ())
G_DECLARE_FINAL_TYPE (CgFinder, cg_finder, CG, FINDER, GObject)

/*
 * Looks round in the network for all cameras together (Q15, Q16): one search at a time, whose
 * result is for everybody who asked.
 *
 * Signal "heard" (const CgOnvifDiscovered *camera, gboolean is_leaving): a camera has said hello
 * or goodbye of its own accord.
 */

CgFinder *cg_finder_new (void);
void cg_finder_apply (CgFinder *self, const CgDiscoveryConfig *config);
gboolean cg_finder_may_follow (CgFinder *self);
guint cg_finder_get_search_after_ms (CgFinder *self);
void cg_finder_close (CgFinder *self);

void cg_finder_search_async (CgFinder *self,
                             const char *host,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GPtrArray *cg_finder_search_finish (CgFinder *self, GAsyncResult *result, GError **error);

G_END_DECLS
