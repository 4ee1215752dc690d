/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-ptz.h"

#include <math.h>
#include <string.h>

enum { PAN, TILT, ZOOM, N_AXES };

/* So many legs of its way are remembered, for those who ask where it was. */
#define N_LEGS 16

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
static const AxisFacts default_facts[N_AXES] = {
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
  gint64 wanted_ms;   /* so long it would, if there were no end of the way */
} Leg;

typedef struct {
  Leg legs[N_LEGS]; /* newest first */
} Axis;

struct _CgSimPtz {
  Axis axes[N_AXES];
  AxisFacts facts[N_AXES];
  GPtrArray *presets; /* (owned) (element-type CgSimPreset) in order of creation */
  guint max_presets;
  guint last_token;
  gboolean is_opaque; /* tokens are no numbers */
};

static void
preset_free (CgSimPreset *preset)
{
  g_free (preset->token);
  g_free (preset->name);
  g_free (preset);
}

/* That of its legs on which it was at @now_ms. */
static const Leg *
axis_find_leg (const Axis *axis, gint64 now_ms)
{
  for (int i = 0; i < N_LEGS; i++) {
    if (axis->legs[i].start_ms <= now_ms)
      return &axis->legs[i];
  }
  return &axis->legs[N_LEGS - 1];
}

static double
axis_read (const Axis *axis, const AxisFacts *facts, gint64 now_ms)
{
  const Leg *leg = axis_find_leg (axis, now_ms);
  double place = leg->start;

  if (leg->drive != DRIVE_NONE)
    place += leg->speed * (double)CLAMP (now_ms - leg->start_ms, 0, leg->duration_ms) / 1000;
  return CLAMP (place, facts->low, facts->high);
}

static gboolean
axis_is_moving (const Axis *axis, gint64 now_ms)
{
  const Leg *leg = axis_find_leg (axis, now_ms);

  return leg->drive != DRIVE_NONE && now_ms - leg->start_ms < leg->duration_ms;
}

/* Moves, or pushes against an end. */
static gboolean
axis_is_driven (const Axis *axis, gint64 now_ms)
{
  const Leg *leg = axis_find_leg (axis, now_ms);

  return leg->drive != DRIVE_NONE && now_ms - leg->start_ms < leg->wanted_ms;
}

static void
axis_begin (Axis *axis, const Leg *leg)
{
  memmove (&axis->legs[1], &axis->legs[0], sizeof axis->legs - sizeof axis->legs[0]);
  axis->legs[0] = *leg;
}

static void
axis_drive (
    Axis *axis, const AxisFacts *facts, gint64 now_ms, Drive drive, double speed, gint64 longest_ms)
{
  const double from = axis_read (axis, facts, now_ms);
  const double room = speed > 0 ? facts->high - from : from - facts->low;
  const double to_limit_ms = speed != 0 ? ceil (room / fabs (speed) * 1000) : 0;
  const Leg leg = {.drive = speed != 0 ? drive : DRIVE_NONE,
                   .start = from,
                   .start_ms = now_ms,
                   .speed = speed,
                   .duration_ms = MIN (longest_ms, (gint64)to_limit_ms),
                   .wanted_ms = longest_ms};

  axis_begin (axis, &leg);
}

static void
axis_place (Axis *axis, const AxisFacts *facts, gint64 now_ms, double value)
{
  const Leg leg = {
      .drive = DRIVE_NONE, .start = CLAMP (value, facts->low, facts->high), .start_ms = now_ms};

  axis_begin (axis, &leg);
}

/* Goes on as it does for @coast_ms at most, and stands then. */
static void
axis_stop (Axis *axis, const AxisFacts *facts, gint64 now_ms, gint64 coast_ms)
{
  const Leg leg = axis->legs[0];

  if (axis_is_moving (axis, now_ms) && coast_ms > 0)
    axis_drive (axis, facts, now_ms, leg.drive, leg.speed,
                MIN (coast_ms, leg.start_ms + leg.duration_ms - now_ms));
  else
    axis_place (axis, facts, now_ms, axis_read (axis, facts, now_ms));
}

static void
axis_go (Axis *axis, const AxisFacts *facts, gint64 now_ms, double target)
{
  const double from = axis_read (axis, facts, now_ms);
  const double way = CLAMP (target, facts->low, facts->high) - from;
  const gint64 needed_ms = (gint64)ceil (fabs (way) / facts->full_speed * 1000);

  if (needed_ms == 0) {
    axis_place (axis, facts, now_ms, from);
    return;
  }
  /* The speed is bent a little so that a whole number of milliseconds ends exactly there. */
  axis_drive (axis, facts, now_ms, DRIVE_TARGET, way * 1000 / (double)needed_ms, needed_ms);
  axis->legs[0].duration_ms = needed_ms;
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

/* One that nobody had before. */
static char *
make_token (CgSimPtz *self)
{
  const guint number = ++self->last_token;

  return self->is_opaque ? g_strdup_printf ("Pos-%08x", number * 2654435761u)
                         : g_strdup_printf ("%u", number);
}

static CgSimPreset *
add_preset (CgSimPtz *self, const char *token)
{
  CgSimPreset *preset = g_new0 (CgSimPreset, 1);

  preset->token = token != NULL ? g_strdup (token) : make_token (self);
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
  memcpy (self->facts, default_facts, sizeof self->facts);
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
 * cg_sim_ptz_set_reach:
 * @self: a head
 * @reach: pan and tilt go from −@reach to @reach, 1 if nothing else is said (Q36)
 */
void
cg_sim_ptz_set_reach (CgSimPtz *self, double reach)
{
  for (int i = PAN; i <= TILT; i++) {
    self->facts[i].low = -reach;
    self->facts[i].high = reach;
  }
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
      axis_drive (&self->axes[i], &self->facts[i], now_ms, DRIVE_SPEED,
                  wanted[i] * self->facts[i].full_speed, longest_ms);
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
      axis_go (axis, &self->facts[i], now_ms, axis_read (axis, &self->facts[i], now_ms) + way[i]);
  }
}

/**
 * cg_sim_ptz_stop:
 * @self: a head
 * @now_ms: the time
 * @pan_tilt: whether pan and tilt stop
 * @zoom: whether zoom stops
 * @coast_ms: it runs on for so long (Q1)
 */
void
cg_sim_ptz_stop (CgSimPtz *self, gint64 now_ms, gboolean pan_tilt, gboolean zoom, gint64 coast_ms)
{
  for (int i = 0; i < N_AXES; i++) {
    if (i == ZOOM ? zoom : pan_tilt)
      axis_stop (&self->axes[i], &self->facts[i], now_ms, coast_ms);
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
      axis_place (&self->axes[i], &self->facts[i], now_ms, value[i]);
  }
}

/**
 * cg_sim_ptz_read:
 * @self: a head
 * @now_ms: the time, which may be a while ago
 * @position: (out caller-allocates): where it looks then
 */
void
cg_sim_ptz_read (CgSimPtz *self, gint64 now_ms, CgSimPosition *position)
{
  const Axis *axes = self->axes;

  position->pan = axis_read (&axes[PAN], &self->facts[PAN], now_ms);
  position->tilt = axis_read (&axes[TILT], &self->facts[TILT], now_ms);
  position->zoom = axis_read (&axes[ZOOM], &self->facts[ZOOM], now_ms);
  position->moving_pan_tilt =
      axis_is_moving (&axes[PAN], now_ms) || axis_is_moving (&axes[TILT], now_ms);
  position->moving_zoom = axis_is_moving (&axes[ZOOM], now_ms);
}

/**
 * cg_sim_ptz_is_driven:
 * @self: a head
 * @now_ms: the time
 * @zoom: whether zoom is meant, else pan and tilt
 *
 * Returns: whether its motors run: it moves, or pushes against an end
 */
gboolean
cg_sim_ptz_is_driven (CgSimPtz *self, gint64 now_ms, gboolean zoom)
{
  return zoom ? axis_is_driven (&self->axes[ZOOM], now_ms)
              : axis_is_driven (&self->axes[PAN], now_ms) ||
                    axis_is_driven (&self->axes[TILT], now_ms);
}

/**
 * cg_sim_ptz_set_opaque:
 * @self: a head
 * @is_opaque: tokens of new presets are no numbers (Q31)
 */
void
cg_sim_ptz_set_opaque (CgSimPtz *self, gboolean is_opaque)
{
  self->is_opaque = is_opaque;
}

/* Puts @found where the head looks, under @name. */
static void
store_preset (CgSimPtz *self, gint64 now_ms, CgSimPreset *found, const char *name)
{
  CgSimPosition here;

  if (name != NULL) {
    g_free (found->name);
    found->name = g_strdup (name);
  }
  cg_sim_ptz_read (self, now_ms, &here);
  found->pan = here.pan;
  found->tilt = here.tilt;
  found->zoom = here.zoom;
}

/**
 * cg_sim_ptz_add_preset:
 * @self: a head
 * @now_ms: the time
 * @token: (nullable): that of the new one, which none has yet; %NULL: it chooses
 * @name: (nullable): its name; %NULL: it chooses
 * @preset: (out) (transfer none): what was made
 */
CgSimPtzResult
cg_sim_ptz_add_preset (
    CgSimPtz *self, gint64 now_ms, const char *token, const char *name, const CgSimPreset **preset)
{
  CgSimPreset *made;

  if (self->presets->len >= self->max_presets)
    return CG_SIM_PTZ_TOO_MANY_PRESETS;
  made = add_preset (self, token);
  store_preset (self, now_ms, made, name);
  *preset = made;
  return CG_SIM_PTZ_DONE;
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

  if (token == NULL)
    return cg_sim_ptz_add_preset (self, now_ms, NULL, name, preset);
  if (found == NULL)
    return CG_SIM_PTZ_NO_TOKEN;
  store_preset (self, now_ms, found, name);
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
  axis_go (&self->axes[PAN], &self->facts[PAN], now_ms, preset->pan);
  axis_go (&self->axes[TILT], &self->facts[TILT], now_ms, preset->tilt);
  axis_go (&self->axes[ZOOM], &self->facts[ZOOM], now_ms, preset->zoom);
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
 * cg_sim_ptz_renumber:
 * @self: a head
 * @first: token of the oldest preset; 0: none that any had before
 *
 * All presets get new tokens, in their order.
 */
void
cg_sim_ptz_renumber (CgSimPtz *self, guint first)
{
  if (first > 0)
    self->last_token = first - 1;
  for (guint i = 0; i < self->presets->len; i++) {
    CgSimPreset *preset = g_ptr_array_index (self->presets, i);

    g_free (preset->token);
    preset->token = make_token (self);
  }
}

/**
 * cg_sim_ptz_forget_presets:
 * @self: a head
 *
 * All are gone, and tokens begin anew.
 */
void
cg_sim_ptz_forget_presets (CgSimPtz *self)
{
  g_ptr_array_set_size (self->presets, 0);
  self->last_token = 0;
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
