/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-model-nature.h"

#include <math.h>

/* What counts as standing at an end or a preset. */
#define NEAR 0.025

static gboolean
chance (GRand *random, double probability)
{
  return g_rand_double (random) < probability;
}

static int
choose (GRand *random, int count)
{
  return g_rand_int_range (random, 0, count);
}

static void
choose_network (CgModelNature *nature, GRand *random)
{
  nature->latency_min_ms = 1;
  nature->latency_max_ms = chance (random, 0.7) ? CG_MODEL_FAST_MS : CG_MODEL_SLOW_MS;
  if (!chance (random, 0.4))
    return;
  nature->lost_requests = g_rand_double_range (random, 0, 0.3);
  nature->lost_answers = g_rand_double_range (random, 0, 0.3);
  nature->hanging = g_rand_double_range (random, 0, 0.2);
}

/* One form is left, unless it cannot be stopped at all. */
static void
choose_stops (CgModelNature *nature, GRand *random)
{
  const CgOnvifStopForm good =
      (CgOnvifStopForm)g_rand_int_range (random, CG_ONVIF_STOP_NAMED, CG_ONVIF_N_STOP_FORMS);
  const gboolean is_stubborn = chance (random, 0.03);

  nature->ignores_timeout = chance (random, 0.3);
  nature->coast_ms = chance (random, 0.2) ? (guint)choose (random, 800) : 0;
  if (!is_stubborn && !chance (random, 0.35))
    return;
  for (int form = CG_ONVIF_STOP_NAMED; form < CG_ONVIF_N_STOP_FORMS; form++) {
    nature->ignores_stop[form] = is_stubborn || ((int)good != form && chance (random, 0.7));
    nature->refuses_stop[form] = (int)good != form && chance (random, 0.2);
  }
  nature->ignores_stop[CG_ONVIF_STOP_NEEDED] = nature->ignores_stop[CG_ONVIF_STOP_NAMED];
}

static void
choose_status (CgModelNature *nature, GRand *random)
{
  nature->no_position = chance (random, 0.2);
  nature->frozen = chance (random, 0.07);
  nature->mirrored = chance (random, 0.1);
  nature->late_ms = chance (random, 0.1) ? (guint)choose (random, 2000) : 0;
  nature->no_move_status = chance (random, 0.25);
  nature->always_idle = chance (random, 0.1);
  nature->always_moving = chance (random, 0.1);
  nature->look_ms = chance (random, 0.1) ? (guint)choose (random, 30000) : 0;
  nature->fails_status = chance (random, 0.05);
}

/* Whatever it may be, all that is wrong with it at once. */
void
cg_model_nature_choose (CgModelNature *nature, GRand *random)
{
  choose_network (nature, random);
  choose_stops (nature, random);
  choose_status (nature, random);
  nature->inverted = chance (random, 0.15);
  nature->reach = chance (random, 0.2) ? (chance (random, 0.5) ? 0.8 : 1.2) : 0;
  nature->untold = chance (random, 0.15);
  if (chance (random, 0.4)) {
    nature->reach = 1000; /* it turns for ever, unless it is stopped */
    nature->untold = TRUE;
  }
  nature->sleeps_ms = chance (random, 0.1) ? 2000 : 0;
  nature->one_axis = chance (random, 0.1);
  nature->relative = chance (random, 0.1);
}

/* Every form of them. */
gboolean
cg_model_nature_obeys_stops (const CgModelNature *nature)
{
  for (int form = 0; form < CG_ONVIF_N_STOP_FORMS; form++) {
    if (nature->ignores_stop[form])
      return FALSE;
  }
  return TRUE;
}

gboolean
cg_model_nature_can_be_stopped (const CgModelNature *nature)
{
  for (int form = CG_ONVIF_STOP_NAMED; form < CG_ONVIF_N_STOP_FORMS; form++) {
    if (!nature->ignores_stop[form] && !nature->refuses_stop[form])
      return TRUE;
  }
  return FALSE;
}

/* Whether it can be seen that it did not stop: soon, and by what is believed first. */
gboolean
cg_model_nature_can_be_seen (const CgModelNature *nature)
{
  if (nature->fails_status || nature->frozen || nature->late_ms > 0 || nature->look_ms > 500)
    return FALSE;
  return !nature->no_position ||
         (!nature->no_move_status && !nature->always_idle && !nature->always_moving);
}

/* It tells lies of its position, and is believed. */
gboolean
cg_model_nature_is_liar (const CgModelNature *nature)
{
  return nature->frozen || nature->late_ms > 0;
}

/* What ends a move: its own Timeout; a stop that is obeyed; one of another form, when it is seen
 * that the first was not. */
gboolean
cg_model_nature_ends_moves (const CgModelNature *nature)
{
  if (!nature->ignores_timeout || nature->relative)
    return TRUE;
  if (cg_model_nature_can_be_seen (nature))
    return cg_model_nature_can_be_stopped (nature);
  return cg_model_nature_obeys_stops (nature);
}

gboolean
cg_model_is_near (double value, double wanted)
{
  return fabs (value - wanted) <= NEAR;
}

/* Whether it stands at its end of each axis that the direction means. */
gboolean
cg_model_nature_is_end (const CgModelNature *nature, CgDirection direction, const CgSimPosition *at)
{
  static const int signs[][2] = {
      [CG_DIRECTION_UP] = {0, 1},       [CG_DIRECTION_DOWN] = {0, -1},
      [CG_DIRECTION_LEFT] = {-1, 0},    [CG_DIRECTION_RIGHT] = {1, 0},
      [CG_DIRECTION_UP_LEFT] = {-1, 1}, [CG_DIRECTION_DOWN_LEFT] = {-1, -1},
      [CG_DIRECTION_UP_RIGHT] = {1, 1}, [CG_DIRECTION_DOWN_RIGHT] = {1, -1},
      [CG_DIRECTION_ZOOM_IN] = {0, 0},  [CG_DIRECTION_ZOOM_OUT] = {0, 0},
  };
  const double reach = nature->reach > 0 ? nature->reach : 1;
  const double end = nature->inverted ? -reach : reach;
  const int *sign = signs[direction];

  return (sign[0] != 0 || sign[1] != 0) &&
         (sign[0] == 0 || cg_model_is_near (at->pan, sign[0] * end)) &&
         (sign[1] == 0 || cg_model_is_near (at->tilt, sign[1] * end));
}

/* Returns: (transfer full): all of it, in lines */
char *
cg_model_nature_describe (const CgModelNature *n)
{
  return g_strdup_printf (
      "latency %u..%u lost %.2f/%.2f hanging %.2f look+%u\n"
      "ignores: timeout %d stops %d%d%d%d, refuses %d%d%d%d, coasts %u\n"
      "no position %d frozen %d mirrored %d late %u no MoveStatus %d idle %d moving %d fails %d\n"
      "inverted %d reach %.1f untold %d sleeps %u one axis %d relative %d",
      n->latency_min_ms, n->latency_max_ms, n->lost_requests, n->lost_answers, n->hanging,
      n->look_ms, n->ignores_timeout, n->ignores_stop[1], n->ignores_stop[2], n->ignores_stop[3],
      n->ignores_stop[4], n->refuses_stop[1], n->refuses_stop[2], n->refuses_stop[3],
      n->refuses_stop[4], n->coast_ms, n->no_position, n->frozen, n->mirrored, n->late_ms,
      n->no_move_status, n->always_idle, n->always_moving, n->fails_status, n->inverted, n->reach,
      n->untold, n->sleeps_ms, n->one_axis, n->relative);
}
