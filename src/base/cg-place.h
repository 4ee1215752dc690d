/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgPlace:
 * @latitude: degrees, north positive
 * @longitude: degrees, east positive
 * @altitude: metres above the sea, if @has_altitude
 *
 * Where something stands.
 */
typedef struct {
  double latitude;
  double longitude;
  double altitude;
  gboolean has_altitude;
} CgPlace;

gboolean cg_place_parse (const char *text, CgPlace *place, GError **error);

G_END_DECLS
