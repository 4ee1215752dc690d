/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-zone.h"

#include <stdlib.h>
#include <string.h>

/* Two times that are nearer than this are the same to every camera. */
#define SAME_MS 3000

/* No place on earth is further from UTC. */
#define MAX_ZONE_S (15 * 3600)

static const char *const words[] = {
    [CG_ONVIF_CLOCK_TOLD] = "told",
    [CG_ONVIF_CLOCK_OWN] = "own",
    [CG_ONVIF_CLOCK_LESS_ZONE] = "less-zone",
    [CG_ONVIF_CLOCK_MORE_ZONE] = "more-zone",
};
G_STATIC_ASSERT (G_N_ELEMENTS (words) == CG_ONVIF_N_CLOCK_MODES);

/* The standard time of a POSIX TZ by hand, as cameras write it: "CST-8", "CST-08:00:00",
 * "<+08>-8", "GMT+08:00". West of Greenwich is positive. */
static gint64
read_posix_s (const char *zone)
{
  const char *end_of_name = zone[0] == '<' ? strchr (zone, '>') : NULL;
  const char *text = end_of_name != NULL ? end_of_name + 1 : zone + strcspn (zone, "+-0123456789,");
  const int sign = *text == '-' ? 1 : -1;
  char *end = NULL;
  gint64 seconds = 0;

  text += *text == '-' || *text == '+' ? 1 : 0;
  for (gint64 unit_s = 3600; unit_s >= 1 && g_ascii_isdigit (*text); unit_s /= 60) {
    seconds += strtol (text, &end, 10) % 100 * unit_s;
    text = *end == ':' ? end + 1 : end;
  }
  return sign * seconds;
}

/**
 * cg_onvif_zone_parse_ms:
 * @zone: (nullable): TimeZone/TZ as a camera gives it: a POSIX TZ (Core Specification, 8.3.6), or
 *   what the maker took for one
 * @utc_ms: when, milliseconds since 1970
 *
 * Returns: by how much local time is ahead of UTC; 0 where that cannot be told
 */
gint64
cg_onvif_zone_parse_ms (const char *zone, gint64 utc_ms)
{
  g_autoptr (GTimeZone) known = zone != NULL ? g_time_zone_new_identifier (zone) : NULL;
  gint64 seconds = 0;

  if (zone == NULL)
    return 0;
  if (known != NULL) {
    const int interval = g_time_zone_find_interval (known, G_TIME_TYPE_UNIVERSAL, utc_ms / 1000);
    seconds = g_time_zone_get_offset (known, interval);
  } else {
    seconds = read_posix_s (zone);
  }
  return ABS (seconds) <= MAX_ZONE_S ? seconds * 1000 : 0;
}

/**
 * cg_onvif_clock_mode_get_offset_ms:
 * @mode: by which time a camera judges
 * @told_ms: by how much the time that it tells is ahead of ours
 * @zone_ms: by how much its local time is ahead of UTC, as it says
 *
 * Returns: what is to be added to our time
 */
gint64
cg_onvif_clock_mode_get_offset_ms (CgOnvifClockMode mode, gint64 told_ms, gint64 zone_ms)
{
  switch (mode) {
  case CG_ONVIF_CLOCK_TOLD:
    return told_ms;
  case CG_ONVIF_CLOCK_OWN:
    return 0;
  case CG_ONVIF_CLOCK_LESS_ZONE:
    return told_ms - zone_ms;
  case CG_ONVIF_CLOCK_MORE_ZONE:
    return told_ms + zone_ms;
  case CG_ONVIF_N_CLOCK_MODES:
    break;
  }
  g_return_val_if_reached (0);
}

static gboolean
was_tried (guint tried, gint64 offset_ms, gint64 told_ms, gint64 zone_ms)
{
  for (guint i = 0; i < CG_ONVIF_N_CLOCK_MODES; i++) {
    const gint64 other_ms = cg_onvif_clock_mode_get_offset_ms (i, told_ms, zone_ms);

    if ((tried & (1u << i)) != 0 && ABS (other_ms - offset_ms) < SAME_MS)
      return TRUE;
  }
  return FALSE;
}

/**
 * cg_onvif_clock_mode_next:
 * @tried: one bit (1 << mode) for each time by which a token was refused
 * @told_ms: by how much the time that the camera tells is ahead of ours
 * @zone_ms: by how much its local time is ahead of UTC, as it says
 * @next: (out): what to try now
 *
 * The time it tells, then ours, then the two with the zone (Q5); but a clock that is the nearer to
 * ours without its zone was most likely told with it, and few tries are left (Q6). Times that are
 * the same are tried once.
 *
 * Returns: whether there is one left
 */
gboolean
cg_onvif_clock_mode_next (guint tried, gint64 told_ms, gint64 zone_ms, CgOnvifClockMode *next)
{
  const gboolean is_nearer = ABS (told_ms - zone_ms) < ABS (told_ms);
  const CgOnvifClockMode order[] = {
      CG_ONVIF_CLOCK_TOLD,
      is_nearer ? CG_ONVIF_CLOCK_LESS_ZONE : CG_ONVIF_CLOCK_OWN,
      is_nearer ? CG_ONVIF_CLOCK_OWN : CG_ONVIF_CLOCK_MORE_ZONE,
      is_nearer ? CG_ONVIF_CLOCK_MORE_ZONE : CG_ONVIF_CLOCK_LESS_ZONE,
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (order) == CG_ONVIF_N_CLOCK_MODES);

  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    const gint64 offset_ms = cg_onvif_clock_mode_get_offset_ms (order[i], told_ms, zone_ms);

    if (was_tried (tried, offset_ms, told_ms, zone_ms))
      continue;
    *next = order[i];
    return TRUE;
  }
  return FALSE;
}

/**
 * cg_onvif_clock_mode_get_word:
 * @mode: by which time a camera judges
 *
 * Returns: one word for logs and state files
 */
const char *
cg_onvif_clock_mode_get_word (CgOnvifClockMode mode)
{
  return words[mode];
}
