/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-access-unit.h"

G_BEGIN_DECLS

/**
 * CgHubWakeFunc:
 *
 * Called in the thread of whoever feeds the hub when an empty queue has become non-empty. It must
 * neither block nor call the hub.
 */
typedef void (*CgHubWakeFunc) (gpointer user_data);

/**
 * CgHubOutput:
 *
 * One consumer's end of the hub: a bounded queue that begins with a key frame at time 0 and loses
 * whole groups of pictures when its consumer is too slow. Safe to use from any one thread.
 */
typedef struct _CgHubOutput CgHubOutput;

/**
 * CgHubStarvation:
 * @any_us: for how long the one that has waited longest has been given pictures that are of no use
 *   to it without a key frame (Q14); -1: nobody waits
 * @fresh_us: the same of those that have had no picture yet
 * @urgent_us: the same of those that are not patient
 */
typedef struct {
  gint64 any_us;
  gint64 fresh_us;
  gint64 urgent_us;
} CgHubStarvation;

#define CG_HUB_NO_STARVATION ((CgHubStarvation){-1, -1, -1})

CgHubOutput *cg_hub_output_new (CgHubWakeFunc wake, gpointer user_data);
CgHubOutput *cg_hub_output_ref (CgHubOutput *self);
void cg_hub_output_unref (CgHubOutput *self);

void cg_hub_output_prefill (CgHubOutput *self, GQueue *units);
void cg_hub_output_push (CgHubOutput *self, CgAccessUnit *unit);
void cg_hub_output_await_key (CgHubOutput *self);
void cg_hub_output_skip (CgHubOutput *self);
CgAccessUnit *cg_hub_output_pop (CgHubOutput *self, gint64 *dts_us, gint64 *pts_us);
void cg_hub_output_close (CgHubOutput *self);
void cg_hub_output_set_patient (CgHubOutput *self);
void cg_hub_output_add_starvation (CgHubOutput *self, CgHubStarvation *starvation);
guint64 cg_hub_output_get_dropped (CgHubOutput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgHubOutput, cg_hub_output_unref)

G_END_DECLS
