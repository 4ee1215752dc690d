/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgSimVector:
 *
 * A velocity, a translation or a place; an axis without its flag is not meant. Pan and tilt
 * −1…1, zoom −1…1 as a velocity or translation and 0…1 as a place: ONVIF's generic spaces.
 */
typedef struct {
  gboolean has_pan_tilt;
  gboolean has_zoom;
  double pan;
  double tilt;
  double zoom;
} CgSimVector;

/**
 * CgSimPosition:
 *
 * Where the camera looks, and whether it is on its way.
 */
typedef struct {
  double pan;
  double tilt;
  double zoom;
  gboolean moving_pan_tilt;
  gboolean moving_zoom;
} CgSimPosition;

G_END_DECLS
