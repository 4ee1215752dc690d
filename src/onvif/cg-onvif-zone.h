/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgOnvifClockMode:
 * @CG_ONVIF_CLOCK_TOLD: by what GetSystemDateAndTime says (Q4)
 * @CG_ONVIF_CLOCK_OWN: by our own clock
 * @CG_ONVIF_CLOCK_LESS_ZONE: it says local time and means it less its zone
 * @CG_ONVIF_CLOCK_MORE_ZONE: it says UTC and means local time
 *
 * By which time a camera judges the Created of a token: some put local time into UTCDateTime (Q5).
 */
typedef enum {
  CG_ONVIF_CLOCK_TOLD,
  CG_ONVIF_CLOCK_OWN,
  CG_ONVIF_CLOCK_LESS_ZONE,
  CG_ONVIF_CLOCK_MORE_ZONE,
  CG_ONVIF_N_CLOCK_MODES
} CgOnvifClockMode;

gint64 cg_onvif_zone_parse_ms (const char *zone, gint64 utc_ms);
gint64 cg_onvif_clock_mode_get_offset_ms (CgOnvifClockMode mode, gint64 told_ms, gint64 zone_ms);
gboolean
cg_onvif_clock_mode_next (guint tried, gint64 told_ms, gint64 zone_ms, CgOnvifClockMode *next);
const char *cg_onvif_clock_mode_get_word (CgOnvifClockMode mode);

G_END_DECLS
