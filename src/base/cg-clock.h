/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CG_TYPE_CLOCK (cg_clock_get_type ())
G_DECLARE_DERIVABLE_TYPE (CgClock, cg_clock, CG, CLOCK, GObject)

/**
 * CgClockClass:
 * @get_monotonic_ms: milliseconds that only grow
 * @get_real_ms: milliseconds since 1970, UTC
 * @add_timeout: a source, already attached, that calls back once or repeatedly
 * @add_look: the same, together with others of that pause
 *
 * Time as everything above sees it, so that a test can let a day pass in a second.
 */
struct _CgClockClass {
  GObjectClass parent_class;

  gint64 (*get_monotonic_ms) (CgClock *self);
  gint64 (*get_real_ms) (CgClock *self);
  GSource *(*add_timeout) (CgClock *self,
                           gint64 delay_ms,
                           GSourceFunc callback,
                           gpointer user_data);
  GSource *(*add_look) (CgClock *self, gint64 pause_ms, GSourceFunc callback, gpointer user_data);
};

CgClock *cg_clock_new (void);

gint64 cg_clock_get_monotonic_ms (CgClock *self);
gint64 cg_clock_get_real_ms (CgClock *self);
GSource *
cg_clock_add_timeout (CgClock *self, gint64 delay_ms, GSourceFunc callback, gpointer user_data);
GSource *
cg_clock_add_look (CgClock *self, gint64 pause_ms, GSourceFunc callback, gpointer user_data);

void cg_clear_source (GSource **source);

G_END_DECLS
