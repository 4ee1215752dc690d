/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ptz-move.h"

/* PROTOCOL.md section 4, ptz. */
static const struct {
  gint8 pan, tilt, zoom;
} axes[] = {
    [CG_DIRECTION_UP] = {0, 1, 0},       [CG_DIRECTION_DOWN] = {0, -1, 0},
    [CG_DIRECTION_LEFT] = {-1, 0, 0},    [CG_DIRECTION_RIGHT] = {1, 0, 0},
    [CG_DIRECTION_UP_LEFT] = {-1, 1, 0}, [CG_DIRECTION_DOWN_LEFT] = {-1, -1, 0},
    [CG_DIRECTION_UP_RIGHT] = {1, 1, 0}, [CG_DIRECTION_DOWN_RIGHT] = {1, -1, 0},
    [CG_DIRECTION_ZOOM_IN] = {0, 0, 1},  [CG_DIRECTION_ZOOM_OUT] = {0, 0, -1},
};
G_STATIC_ASSERT (G_N_ELEMENTS (axes) == CG_N_DIRECTIONS);

/**
 * cg_ptz_move_from_request:
 * @self: (out): only the axes that were asked for (Q33)
 * @request: a direction and a speed
 * @config: what the speeds are worth, and how long a move lasts
 */
void
cg_ptz_move_from_request (CgPtzMove *self, const CgMoveRequest *request, const CgPtzConfig *config)
{
  const double speed = config->speeds[request->speed];

  *self = (CgPtzMove){
      .zooming = axes[request->direction].zoom != 0,
      .pan_tilt = axes[request->direction].zoom == 0,
      .pan = axes[request->direction].pan * speed,
      .tilt = axes[request->direction].tilt * speed,
      .zoom = axes[request->direction].zoom * speed,
      .lease_ms = config->move_timeout_ms,
  };
}

static int
get_sign (double number)
{
  return (number > 0) - (number < 0);
}

/**
 * cg_ptz_move_find_direction:
 * @pan: speed to the right
 * @tilt: speed upwards
 * @zoom: speed inwards
 *
 * Returns: the direction that this is; %CG_N_DIRECTIONS: none
 */
CgDirection
cg_ptz_move_find_direction (double pan, double tilt, double zoom)
{
  CgDirection i = 0;

  while (i < CG_N_DIRECTIONS && (axes[i].pan != get_sign (pan) || axes[i].tilt != get_sign (tilt) ||
                                 axes[i].zoom != get_sign (zoom)))
    i++;
  return i;
}

/**
 * cg_ptz_move_leaves_axis:
 * @self: what moves now
 * @next: what shall move
 *
 * Pan and tilt are one vector and replace each other; zoom is told apart.
 *
 * Returns: whether @next leaves something moving that must be stopped first
 */
gboolean
cg_ptz_move_leaves_axis (const CgPtzMove *self, const CgPtzMove *next)
{
  return (self->pan_tilt && !next->pan_tilt) || (self->zooming && !next->zooming);
}

/**
 * cg_ptz_move_is_like:
 * @self: a move
 * @other: another
 *
 * Returns: whether both go the same way, at whatever speed
 */
gboolean
cg_ptz_move_is_like (const CgPtzMove *self, const CgPtzMove *other)
{
  const double products[] = {self->pan * other->pan, self->tilt * other->tilt,
                             self->zoom * other->zoom};
  const double sums[] = {self->pan + other->pan, self->tilt + other->tilt,
                         self->zoom + other->zoom};

  for (gsize i = 0; i < G_N_ELEMENTS (sums); i++) {
    if (products[i] < 0 || (products[i] == 0 && sums[i] != 0))
      return FALSE;
  }
  return TRUE;
}

/**
 * cg_ptz_move_is_diagonal:
 * @self: a move
 *
 * Returns: whether it moves both pan and tilt
 */
gboolean
cg_ptz_move_is_diagonal (const CgPtzMove *self)
{
  return self->pan_tilt && self->pan != 0 && self->tilt != 0;
}
