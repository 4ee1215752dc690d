/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-ptz.h"

#include <math.h>

enum { PAN, TILT, ZOOM, N_AXES };

/* How an axis is driven. */
typedef enum {
  DRIVE_NONE,
  DRIVE_SPEED,  /* until the deadline, a limit or a stop */
  DRIVE_TARGET, /* until it is there */
} Drive;

typedef struct {
  double low, high;
  double full_speed; /* units a second at velocity 1 */
} AxisFacts;

/* A dome that turns from end to end in four seconds: fast enough to see, slow enough to stop. */
static const AxisFacts axis_facts[N_AXES] = {
    [PAN] = {-1, 1, 0.5},
    [TILT] = {-1, 1, 0.5},
    [ZOOM] = {0, 1, 0.25},
};

typedef struct {
  Drive drive;
  double start; /* where it was at start_ms */
  gint64 start_ms;
  double speed;       /* units a second, with sign */
  gint64 duration_ms; /* the drive ends after that */
} Axis;

struct _CgSimPtz {
  Axis axes[N_AXES];
  GPtrArray *presets; /* (owned) (element-type CgSimPreset) in order of creation */
  guint max_presets;
  guint last_token;
};

static void
preset_free (CgSimPreset *preset)
{
  g_free (preset->token);
  g_free (preset->name);
  g_free (preset);
}

static double
axis_read (const Axis *axis, const AxisFacts *facts, gint64 now_ms)
{
  if (axis->drive == DRIVE_NONE)
    return axis->start;

  const gint64 driven_ms = CLAMP (now_ms - axis->start_ms, 0, axis->duration_ms);
  return CLAMP (axis->start + axis->speed * (double)driven_ms / 1000, facts->low, facts->high);
}

static gboolean
axis_is_moving (const Axis *axis, gint64 now_ms)
{
  return axis->drive != DRIVE_NONE && now_ms - axis->start_ms < axis->duration_ms;
}

static void
axis_drive (
    Axis *axis, const AxisFacts *facts, gint64 now_ms, Drive drive, double speed, gint64 longest_ms)
{
  const double from = axis_read (axis, facts, now_ms);
  const double room = speed > 0 ? facts->high - from : from - facts->low;
  const double to_limit_ms = speed != 0 ? ceil (room / fabs (speed) * 1000) : 0;

  *axis = (Axis){.drive = speed != 0 ? drive : DRIVE_NONE,
                 .start = from,
                 .start_ms = now_ms,
                 .speed = speed,
                 .duration_ms = MIN (longest_ms, (gint64)to_limit_ms)};
}

static void
axis_place (Axis *axis, const AxisFacts *facts, double value)
{
  *axis = (Axis){.drive = DRIVE_NONE, .start = CLAMP (value, facts->low, facts->high)};
}

static void
axis_go (Axis *axis, const AxisFacts *facts, gint64 now_ms, double target)
{
  const double from = axis_read (axis, facts, now_ms);
  const double way = CLAMP (target, facts->low, facts->high) - from;
  const gint64 needed_ms = (gint64)ceil (fabs (way) / facts->full_speed * 1000);

  if (needed_ms == 0) {
    axis_place (axis, facts, from);
    return;
  }
  /* The speed is bent a little so that a whole number of milliseconds ends exactly there. */
  axis_drive (axis, facts, now_ms, DRIVE_TARGET, way * 1000 / (double)needed_ms, needed_ms);
  axis->duration_ms = needed_ms;
}

static CgSimPreset *
find_preset (CgSimPtz *self, const char *token, guint *index)
{
  for (guint i = 0; i < self->presets->len; i++) {
    CgSimPreset *preset = g_ptr_array_index (self->presets, i);

    if (g_strcmp0 (preset->token, token) != 0)
      continue;
    if (index != NULL)
      *index = i;
    return preset;
  }
  return NULL;
}

static CgSimPreset *
add_preset (CgSimPtz *self)
{
  CgSimPreset *preset = g_new0 (CgSimPreset, 1);

  preset->token = g_strdup_printf ("%u", ++self->last_token);
  preset->name = g_strdup_printf ("Preset %s", preset->token);
  g_ptr_array_add (self->presets, preset);
  return preset;
}

/**
 * cg_sim_ptz_new:
 * @max_presets: how many presets it holds
 *
 * A pan/tilt/zoom head that moves over time. Every verb takes the time, in milliseconds from any
 * start, so it needs no clock of its own. It looks at 0, 0, 0.
 *
 * Returns: (transfer full):
 */
CgSimPtz *
cg_sim_ptz_new (guint max_presets)
{
  CgSimPtz *self = g_new0 (CgSimPtz, 1);

  self->presets = g_ptr_array_new_with_free_func ((GDestroyNotify)preset_free);
  self->max_presets = max_presets;
  return self;
}

/**
 * cg_sim_ptz_free:
 * @self: (transfer full) (nullable): a head, presets and all
 */
void
cg_sim_ptz_free (CgSimPtz *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->presets);
  g_free (self);
}

/**
 * cg_sim_ptz_continuous:
 * @self: a head
 * @now_ms: the time
 * @velocity: −1…1 an axis; an axis it lacks goes on as before
 * @timeout_ms: ends the move; 0 for none
 *
 * ContinuousMove of the PTZ Specification. Velocity 0 stops the axis.
 */
void
cg_sim_ptz_continuous (CgSimPtz *self,
                       gint64 now_ms,
                       const CgSimVector *velocity,
                       gint64 timeout_ms)
{
  const double wanted[N_AXES] = {velocity->pan, velocity->tilt, velocity->zoom};
  const gint64 longest_ms = timeout_ms > 0 ? timeout_ms : G_MAXINT64;

  for (int i = 0; i < N_AXES; i++) {
    if (i == ZOOM ? velocity->has_zoom : velocity->has_pan_tilt)
      axis_drive (&self->axes[i], &axis_facts[i], now_ms, DRIVE_SPEED,
                  wanted[i] * axis_facts[i].full_speed, longest_ms);
  }
}

/**
 * cg_sim_ptz_relative:
 * @self: a head
 * @now_ms: the time
 * @translation: how far to go from here; it ends at the limits
 */
void
cg_sim_ptz_relative (CgSimPtz *self, gint64 now_ms, const CgSimVector *translation)
{
  const double way[N_AXES] = {translation->pan, translation->tilt, translation->zoom};

  for (int i = 0; i < N_AXES; i++) {
    Axis *axis = &self->axes[i];

    if (i == ZOOM ? translation->has_zoom : translation->has_pan_tilt)
      axis_go (axis, &axis_facts[i], now_ms, axis_read (axis, &axis_facts[i], now_ms) + way[i]);
  }
}

/**
 * cg_sim_ptz_stop:
 * @self: a head
 * @now_ms: the time
 * @pan_tilt: whether pan and tilt stop
 * @zoom: whether zoom stops
 */
void
cg_sim_ptz_stop (CgSimPtz *self, gint64 now_ms, gboolean pan_tilt, gboolean zoom)
{
  for (int i = 0; i < N_AXES; i++) {
    if (i == ZOOM ? zoom : pan_tilt)
      axis_place (&self->axes[i], &axis_facts[i],
                  axis_read (&self->axes[i], &axis_facts[i], now_ms));
  }
}

/**
 * cg_sim_ptz_place:
 * @self: a head
 * @now_ms: the time
 * @position: where it is put at once, as by hand
 */
void
cg_sim_ptz_place (CgSimPtz *self, gint64 now_ms, const CgSimVector *position)
{
  const double value[N_AXES] = {position->pan, position->tilt, position->zoom};

  for (int i = 0; i < N_AXES; i++) {
    if (i == ZOOM ? position->has_zoom : position->has_pan_tilt)
      axis_place (&self->axes[i], &axis_facts[i], value[i]);
  }
}

/**
 * cg_sim_ptz_read:
 * @self: a head
 * @now_ms: the time
 * @position: (out caller-allocates): where it looks then
 */
void
cg_sim_ptz_read (CgSimPtz *self, gint64 now_ms, CgSimPosition *position)
{
  const Axis *axes = self->axes;

  position->pan = axis_read (&axes[PAN], &axis_facts[PAN], now_ms);
  position->tilt = axis_read (&axes[TILT], &axis_facts[TILT], now_ms);
  position->zoom = axis_read (&axes[ZOOM], &axis_facts[ZOOM], now_ms);
  position->moving_pan_tilt =
      axis_is_moving (&axes[PAN], now_ms) || axis_is_moving (&axes[TILT], now_ms);
  position->moving_zoom = axis_is_moving (&axes[ZOOM], now_ms);
}

/**
 * cg_sim_ptz_set_preset:
 * @self: a head
 * @now_ms: the time
 * @token: (nullable): the preset to set anew; %NULL makes one
 * @name: (nullable): its name; %NULL keeps the old one
 * @preset: (out) (transfer none): what was set
 *
 * SetPreset of the PTZ Specification: the place is where the head looks at @now_ms.
 */
CgSimPtzResult
cg_sim_ptz_set_preset (
    CgSimPtz *self, gint64 now_ms, const char *token, const char *name, const CgSimPreset **preset)
{
  CgSimPreset *found = token != NULL ? find_preset (self, token, NULL) : NULL;
  CgSimPosition here;

  if (token != NULL && found == NULL)
    return CG_SIM_PTZ_NO_TOKEN;
  if (found == NULL && self->presets->len >= self->max_presets)
    return CG_SIM_PTZ_TOO_MANY_PRESETS;

  if (found == NULL)
    found = add_preset (self);
  if (name != NULL) {
    g_free (found->name);
    found->name = g_strdup (name);
  }
  cg_sim_ptz_read (self, now_ms, &here);
  found->pan = here.pan;
  found->tilt = here.tilt;
  found->zoom = here.zoom;
  *preset = found;
  return CG_SIM_PTZ_DONE;
}

/**
 * cg_sim_ptz_goto_preset:
 * @self: a head
 * @now_ms: the time
 * @token: a preset
 *
 * Goes there at full speed, each axis for itself; that takes its time.
 */
CgSimPtzResult
cg_sim_ptz_goto_preset (CgSimPtz *self, gint64 now_ms, const char *token)
{
  const CgSimPreset *preset = find_preset (self, token, NULL);

  if (preset == NULL)
    return CG_SIM_PTZ_NO_TOKEN;
  axis_go (&self->axes[PAN], &axis_facts[PAN], now_ms, preset->pan);
  axis_go (&self->axes[TILT], &axis_facts[TILT], now_ms, preset->tilt);
  axis_go (&self->axes[ZOOM], &axis_facts[ZOOM], now_ms, preset->zoom);
  return CG_SIM_PTZ_DONE;
}

/**
 * cg_sim_ptz_remove_preset:
 * @self: a head
 * @token: a preset
 */
CgSimPtzResult
cg_sim_ptz_remove_preset (CgSimPtz *self, const char *token)
{
  guint index;

  if (find_preset (self, token, &index) == NULL)
    return CG_SIM_PTZ_NO_TOKEN;
  g_ptr_array_remove_index (self->presets, index);
  return CG_SIM_PTZ_DONE;
}

/**
 * cg_sim_ptz_get_presets:
 * @self: a head
 *
 * Returns: (transfer none) (element-type CgSimPreset): the presets, oldest first
 */
const GPtrArray *
cg_sim_ptz_get_presets (CgSimPtz *self)
{
  return self->presets;
}
