/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock.h"
#include "cg-ptz-driver.h"

G_BEGIN_DECLS

/**
 * CgPtzEyeFunc:
 * @look: (nullable): what was seen; %NULL: the look was lost
 * @user_data: of cg_ptz_eye_open()
 *
 * Returns: after how many milliseconds to look again; 0 closes the eye
 */
typedef guint (*CgPtzEyeFunc) (const CgPtzLook *look, gpointer user_data);

#define CG_TYPE_PTZ_EYE (cg_ptz_eye_get_type ())
G_DECLARE_FINAL_TYPE (CgPtzEye, cg_ptz_eye, CG, PTZ_EYE, GObject)

/*
 * Signals:
 *   "looked"  ()  something was seen; before whoever has asked for it gets it
 */

CgPtzEye *cg_ptz_eye_new (CgPtzDriver *driver, CgClock *clock);
void cg_ptz_eye_renew (CgPtzEye *self);
gboolean cg_ptz_eye_is_worth (CgPtzEye *self);
gboolean cg_ptz_eye_is_blind (CgPtzEye *self);
gboolean cg_ptz_eye_try_again (CgPtzEye *self);

void cg_ptz_eye_look_async (CgPtzEye *self,
                            guint timeout_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean
cg_ptz_eye_look_finish (CgPtzEye *self, GAsyncResult *result, CgPtzLook *look, GError **error);

void cg_ptz_eye_open (CgPtzEye *self, guint delay_ms, CgPtzEyeFunc func, gpointer user_data);
void cg_ptz_eye_close (CgPtzEye *self);
void cg_ptz_eye_be_patient (CgPtzEye *self);
gboolean cg_ptz_eye_is_slow (CgPtzEye *self);
gboolean cg_ptz_eye_is_late (CgPtzEye *self);

gboolean cg_ptz_eye_get_last (CgPtzEye *self, CgPtzLook *look, gint64 *age_ms);
gint64 cg_ptz_eye_get_asked_ms (CgPtzEye *self);

G_END_DECLS
