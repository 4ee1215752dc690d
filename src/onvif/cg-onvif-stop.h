/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-session.h"

G_BEGIN_DECLS

/**
 * CgOnvifStopForm:
 * @CG_ONVIF_STOP_UNKNOWN: nothing learnt; as @CG_ONVIF_STOP_NAMED
 * @CG_ONVIF_STOP_NAMED: Stop that names both axes, each true or false
 * @CG_ONVIF_STOP_NEEDED: Stop that names only the axes that are to stop
 * @CG_ONVIF_STOP_BARE: Stop without axes, which by the standard stops all
 * @CG_ONVIF_STOP_ZERO: a move of no speed, which by the standard is the same
 *
 * The forms of a stop, in the order in which they are tried (Q1, Q33).
 */
typedef enum {
  CG_ONVIF_STOP_UNKNOWN,
  CG_ONVIF_STOP_NAMED,
  CG_ONVIF_STOP_NEEDED,
  CG_ONVIF_STOP_BARE,
  CG_ONVIF_STOP_ZERO,
  CG_ONVIF_N_STOP_FORMS
} CgOnvifStopForm;

const char *cg_onvif_stop_form_get_word (CgOnvifStopForm form);

CgOnvifStopForm cg_onvif_session_get_stop_form (const CgOnvifSession *self);
void cg_onvif_session_set_stop_form (CgOnvifSession *self, CgOnvifStopForm form);

gboolean cg_onvif_ptz_stop_in_thread (CgOnvifSession *self,
                                      const char *profile_token,
                                      gboolean pan_tilt,
                                      gboolean zoom,
                                      GError **error);

G_END_DECLS
