/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-model-presets.h"

#include "cg-model-nature.h"

const char *const cg_model_preset_tokens[CG_MODEL_N_PRESETS] = {"1", "2", "3"};
static const double places[CG_MODEL_N_PRESETS][2] = {{-0.9, 0.4}, {0, 0}, {0.7, -0.7}};

/* It stands at the last of them then. */
void
cg_model_presets_keep (CgModelCamera *camera)
{
  for (int i = 0; i < CG_MODEL_N_PRESETS; i++) {
    cg_model_camera_place (camera, places[i][0], places[i][1], 0);
    cg_model_camera_keep_place (camera, cg_model_preset_tokens[i]);
  }
}

/* Returns: −1: it has no such preset */
static int
find (const char *token)
{
  for (int i = 0; i < CG_MODEL_N_PRESETS; i++) {
    if (g_str_equal (cg_model_preset_tokens[i], token))
      return i;
  }
  return -1;
}

/* As near as the camera comes to one that is out of its reach. */
gboolean
cg_model_presets_are_at (const char *token, const CgModelNature *nature, const CgSimPosition *at)
{
  const double reach = nature->reach > 0 ? nature->reach : 1;
  const int i = find (token);

  return i >= 0 && cg_model_is_near (at->pan, CLAMP (places[i][0], -reach, reach)) &&
         cg_model_is_near (at->tilt, CLAMP (places[i][1], -reach, reach));
}

/* As the camera may tell it beside the list of its presets. */
CgPtzLook
cg_model_presets_get_told (int i, const CgModelNature *nature)
{
  return (CgPtzLook){
      .has_position = TRUE,
      .has_zoom = TRUE,
      .pan = nature->mirrored ? -places[i][0] : places[i][0],
      .tilt = places[i][1],
  };
}
