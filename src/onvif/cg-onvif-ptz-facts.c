/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "cg-onvif-call.h"
#include "cg-onvif-ptz.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (tptz, GetConfigurations, CG_ONVIF_SERVICE_PTZ, TRUE);
CG_ONVIF_OPERATION (tptz, GetNodes, CG_ONVIF_SERVICE_PTZ, TRUE);

/* PTZ Service Specification, 5.7: what the generic spaces range over. */
static const CgOnvifRange generic_pan_tilt = {-1, 1};
static const CgOnvifRange generic_zoom = {-1, 1};
static const CgOnvifRange generic_zoom_position = {0, 1};

/**
 * cg_onvif_ptz_facts_free:
 * @self: (transfer full) (nullable): facts
 */
void
cg_onvif_ptz_facts_free (CgOnvifPtzFacts *self)
{
  g_free (self);
}

/* Ranges that are missing, empty or upside down tell nothing: cameras advertise 0..0 (Q33). Limits
 * that are switched off go to infinity (PTZ Service Specification, 5.2.2): none is told. */
static gboolean
read_range (const struct tt__FloatRange *value, CgOnvifRange *range)
{
  if (value == NULL || !(value->Min < value->Max) || !isfinite (value->Min) ||
      !isfinite (value->Max))
    return FALSE;
  range->min = value->Min;
  range->max = value->Max;
  return TRUE;
}

static gboolean
is_generic (const char *uri)
{
  return uri != NULL && strstr (uri, "Generic") != NULL;
}

/* Of several spaces for the same thing the generic one, in whose units we speak. */
static const struct tt__Space2DDescription *
choose_2d (const struct tt__Space2DDescription *spaces, int n)
{
  for (int i = 0; i < n; i++) {
    if (is_generic (spaces[i].URI))
      return &spaces[i];
  }
  return n > 0 ? &spaces[0] : NULL;
}

static const struct tt__Space1DDescription *
choose_1d (const struct tt__Space1DDescription *spaces, int n)
{
  for (int i = 0; i < n; i++) {
    if (is_generic (spaces[i].URI))
      return &spaces[i];
  }
  return n > 0 ? &spaces[0] : NULL;
}

static gboolean
read_2d (const struct tt__Space2DDescription *space, CgOnvifRange *x, CgOnvifRange *y)
{
  if (space == NULL)
    return FALSE;
  const gboolean has_x = read_range (space->XRange, x);
  const gboolean has_y = read_range (space->YRange, y);

  return has_x && has_y;
}

static gboolean
read_1d (const struct tt__Space1DDescription *space, CgOnvifRange *x)
{
  return space != NULL && read_range (space->XRange, x);
}

static CgOnvifPtzFacts *
new_facts (void)
{
  CgOnvifPtzFacts *facts = g_new0 (CgOnvifPtzFacts, 1);

  facts->pan_velocity = facts->tilt_velocity = generic_pan_tilt;
  facts->pan_step = facts->tilt_step = generic_pan_tilt;
  facts->pan_position = facts->tilt_position = generic_pan_tilt;
  facts->zoom_velocity = facts->zoom_step = generic_zoom;
  facts->zoom_position = generic_zoom_position;
  return facts;
}

static void
keep_space (CgOnvifSpace *space, const char *name)
{
  if (name != NULL && strlen (name) < CG_ONVIF_SPACE_MAX)
    g_strlcpy (space->name, name, CG_ONVIF_SPACE_MAX);
}

/* In which of them the camera tells its place is not known before it does. */
static void
keep_position_spaces (CgOnvifPtzFacts *facts, const struct tt__PTZSpaces *spaces)
{
  const int n_pan_tilt = MIN (spaces->__sizeAbsolutePanTiltPositionSpace, CG_ONVIF_N_SPACES);
  const int n_zoom = MIN (spaces->__sizeAbsoluteZoomPositionSpace, CG_ONVIF_N_SPACES);

  for (int i = 0; i < n_pan_tilt; i++) {
    const struct tt__Space2DDescription *space = &spaces->AbsolutePanTiltPositionSpace[i];

    if (read_2d (space, &facts->pan_tilt_spaces[i].x, &facts->pan_tilt_spaces[i].y))
      keep_space (&facts->pan_tilt_spaces[i], space->URI);
  }
  for (int i = 0; i < n_zoom; i++) {
    const struct tt__Space1DDescription *space = &spaces->AbsoluteZoomPositionSpace[i];

    if (read_1d (space, &facts->zoom_spaces[i].x))
      keep_space (&facts->zoom_spaces[i], space->URI);
  }
}

static void
read_spaces (CgOnvifPtzFacts *facts, const struct tt__PTZSpaces *spaces)
{
  const struct tt__Space2DDescription *move = choose_2d (
      spaces->ContinuousPanTiltVelocitySpace, spaces->__sizeContinuousPanTiltVelocitySpace);
  const struct tt__Space1DDescription *zoom =
      choose_1d (spaces->ContinuousZoomVelocitySpace, spaces->__sizeContinuousZoomVelocitySpace);
  const struct tt__Space2DDescription *step = choose_2d (
      spaces->RelativePanTiltTranslationSpace, spaces->__sizeRelativePanTiltTranslationSpace);
  const struct tt__Space1DDescription *zoom_step =
      choose_1d (spaces->RelativeZoomTranslationSpace, spaces->__sizeRelativeZoomTranslationSpace);

  keep_position_spaces (facts, spaces);
  facts->has_continuous_pan_tilt = move != NULL;
  facts->has_continuous_zoom = zoom != NULL;
  facts->has_relative_pan_tilt = step != NULL;
  facts->has_relative_zoom = zoom_step != NULL;
  read_2d (move, &facts->pan_velocity, &facts->tilt_velocity);
  read_1d (zoom, &facts->zoom_velocity);
  read_2d (step, &facts->pan_step, &facts->tilt_step);
  read_1d (zoom_step, &facts->zoom_step);
  facts->has_pan_tilt_limits = read_2d (
      choose_2d (spaces->AbsolutePanTiltPositionSpace, spaces->__sizeAbsolutePanTiltPositionSpace),
      &facts->pan_position, &facts->tilt_position);
  facts->has_zoom_limits = read_1d (
      choose_1d (spaces->AbsoluteZoomPositionSpace, spaces->__sizeAbsoluteZoomPositionSpace),
      &facts->zoom_position);
}

static void
read_node (CgOnvifPtzFacts *facts, const struct tt__PTZNode *node)
{
  facts->max_presets = node->MaximumNumberOfPresets > 0 ? (guint)node->MaximumNumberOfPresets : 0;
  if (node->SupportedPTZSpaces != NULL)
    read_spaces (facts, node->SupportedPTZSpaces);
}

/* Narrower than the space itself, where that was told before; a space of its own else. */
static CgOnvifSpace *
find_space (CgOnvifSpace *spaces, const char *name)
{
  for (int i = 0; name != NULL && i < CG_ONVIF_N_SPACES; i++) {
    if (spaces[i].name[0] == '\0')
      keep_space (&spaces[i], name);
    if (g_str_equal (spaces[i].name, name))
      return &spaces[i];
  }
  return NULL;
}

static void
keep_limits (CgOnvifPtzFacts *facts, const struct tt__PTZConfiguration *configuration)
{
  const struct tt__Space2DDescription *limits =
      configuration->PanTiltLimits != NULL ? configuration->PanTiltLimits->Range : NULL;
  CgOnvifSpace *space;
  CgOnvifRange x;
  CgOnvifRange y;

  if (!read_2d (limits, &x, &y))
    return;
  space = find_space (facts->pan_tilt_spaces, limits->URI);
  if (space != NULL) {
    space->x = x;
    space->y = y;
  }
}

/* The configuration's own limits are narrower than the node's spaces. */
static void
read_configuration (CgOnvifPtzFacts *facts, const struct tt__PTZConfiguration *configuration)
{
  if (configuration->DefaultContinuousPanTiltVelocitySpace != NULL)
    facts->has_continuous_pan_tilt = TRUE;
  if (configuration->DefaultContinuousZoomVelocitySpace != NULL)
    facts->has_continuous_zoom = TRUE;
  if (configuration->DefaultRelativePanTiltTranslationSpace != NULL)
    facts->has_relative_pan_tilt = TRUE;
  if (configuration->DefaultRelativeZoomTranslationSpace != NULL)
    facts->has_relative_zoom = TRUE;
  if (configuration->PanTiltLimits != NULL &&
      read_2d (configuration->PanTiltLimits->Range, &facts->pan_position, &facts->tilt_position))
    facts->has_pan_tilt_limits = TRUE;
  keep_limits (facts, configuration);
  if (configuration->ZoomLimits != NULL &&
      read_1d (configuration->ZoomLimits->Range, &facts->zoom_position))
    facts->has_zoom_limits = TRUE;
}

static const struct tt__PTZConfiguration *
find_configuration (const struct _tptz__GetConfigurationsResponse *response,
                    const CgOnvifProfile *profile)
{
  for (int i = 0; i < response->__sizePTZConfiguration; i++) {
    if (g_strcmp0 (response->PTZConfiguration[i].token, profile->ptz_configuration) == 0)
      return &response->PTZConfiguration[i];
  }
  return response->__sizePTZConfiguration == 1 ? &response->PTZConfiguration[0] : NULL;
}

static const struct tt__PTZNode *
find_node (const struct _tptz__GetNodesResponse *response, const char *token)
{
  for (int i = 0; token != NULL && i < response->__sizePTZNode; i++) {
    if (g_strcmp0 (response->PTZNode[i].token, token) == 0)
      return &response->PTZNode[i];
  }
  return response->__sizePTZNode == 1 ? &response->PTZNode[0] : NULL;
}

/* Errors after which PTZ may work all the same (Q44). */
static gboolean
may_go_on (const GError *error)
{
  return error == NULL || g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
}

/* Asks one question; an answer that is not given is an empty one. */
static gboolean
ask (CgOnvifSpan *span,
     const CgOnvifOperation *operation,
     gpointer response,
     gsize size,
     GError **error)
{
  guint64 no_parameters = 0; /* both requests are empty structs */
  g_autoptr (GError) reason = NULL;

  if (cg_onvif_span_call (span, operation, &no_parameters, response, &reason))
    return TRUE;
  memset (response, 0, size);
  if (may_go_on (reason))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/**
 * cg_onvif_ptz_get_facts_in_thread:
 * @self: a session
 * @profile: the profile that moves the camera
 * @error: return location; %CG_ERROR_NO_PTZ if it has no PTZ configuration
 *
 * GetNodes and GetConfigurations: PTZ Service Specification, 5.1.2 and 5.2.2. A camera need not
 * answer both, or any: one that tells no space at all is taken to know continuous moves (Q44).
 *
 * Returns: (transfer full) (nullable): what its PTZ can do
 */
CgOnvifPtzFacts *
cg_onvif_ptz_get_facts_in_thread (CgOnvifSession *self,
                                  const CgOnvifProfile *profile,
                                  GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tptz__GetConfigurationsResponse configurations = {0};
  struct _tptz__GetNodesResponse nodes = {0};

  if (profile->ptz_configuration == NULL) {
    g_set_error (error, CG_ERROR, CG_ERROR_NO_PTZ, "profile %s has no PTZ configuration",
                 profile->token);
    return NULL;
  }
  if (!ask (span, &operation_GetNodes, &nodes, sizeof nodes, error) ||
      !ask (span, &operation_GetConfigurations, &configurations, sizeof configurations, error))
    return NULL;
  const struct tt__PTZConfiguration *configuration = find_configuration (&configurations, profile);
  const struct tt__PTZNode *node =
      find_node (&nodes, configuration != NULL ? configuration->NodeToken : profile->ptz_node);
  CgOnvifPtzFacts *facts = new_facts ();
  if (node != NULL)
    read_node (facts, node);
  if (configuration != NULL)
    read_configuration (facts, configuration);
  if (!facts->has_relative_pan_tilt && !facts->has_relative_zoom &&
      !facts->has_continuous_pan_tilt && !facts->has_continuous_zoom)
    facts->has_continuous_pan_tilt = facts->has_continuous_zoom = TRUE;
  return facts;
}

static const CgOnvifSpace *
get_space (const CgOnvifSpace *spaces, const char *name)
{
  for (int i = 0; *name != '\0' && i < CG_ONVIF_N_SPACES; i++) {
    if (g_str_equal (spaces[i].name, name))
      return &spaces[i];
  }
  return NULL;
}

static gboolean
take_range (CgOnvifRange *range, const CgOnvifRange *other)
{
  const gboolean is_other = range->min < other->min || range->min > other->min ||
                            range->max < other->max || range->max > other->max;

  *range = *other;
  return is_other;
}

/**
 * cg_onvif_ptz_facts_use_spaces:
 * @self: facts
 * @status: what the camera tells
 *
 * A camera that knows several position spaces (generic, degrees) tells its place in one of them:
 * the position ranges become those of that one.
 *
 * Returns: whether any of them has changed
 */
gboolean
cg_onvif_ptz_facts_use_spaces (CgOnvifPtzFacts *self, const CgOnvifPtzStatus *status)
{
  const CgOnvifSpace *pan_tilt = get_space (self->pan_tilt_spaces, status->pan_tilt_space);
  const CgOnvifSpace *zoom = get_space (self->zoom_spaces, status->zoom_space);
  gboolean is_other = FALSE;

  if (pan_tilt != NULL) {
    is_other |= take_range (&self->pan_position, &pan_tilt->x);
    is_other |= take_range (&self->tilt_position, &pan_tilt->y);
  }
  if (zoom != NULL)
    is_other |= take_range (&self->zoom_position, &zoom->x);
  return is_other;
}
