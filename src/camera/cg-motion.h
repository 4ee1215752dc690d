/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "cg-clock.h"
#include "cg-config.h"
#include "cg-error.h"
#include "cg-ptz-driver.h"
#include "cg-ptz-eye.h"
#include "cg-ptz-status.h"
#include "cg-ptz.h"

G_BEGIN_DECLS

#define CG_TYPE_MOTION (cg_motion_get_type ())
G_DECLARE_FINAL_TYPE (CgMotion, cg_motion, CG, MOTION, GObject)

/*
 * Signals:
 *   "leased"       (gboolean is_leased)      whether the camera may be moving on our behalf
 *   "held"         (gboolean is_held)        the same, or nobody has seen it stand since
 *   "learnt"       ()                        something that is worth storing
 *   "silent"       (GError *error)           a stop was not answered: is it still there?
 *   "not-stopped"  (const char *message)     it agrees to every form of stop, and moves on (Q1)
 *   "arrived"      (guint index, const CgPtzLook *look)  a preset that was called is reached; look
 * is (nullable): where, as far as it tells
 */

/**
 * CgMotionTarget:
 * @index: by which people know the preset
 * @token: by which the camera knows it now
 * @place: (nullable): where it is, if that is known
 * @source: (nullable): link that calls it
 */
typedef struct {
  guint index;
  const char *token;
  const CgPtzLook *place;
  const char *source;
} CgMotionTarget;

CgMotion *
cg_motion_new (CgPtzDriver *driver, CgClock *clock, const char *name, const CgPtzConfig *config);
void cg_motion_apply (CgMotion *self, const CgPtzConfig *config);
void cg_motion_start_async (CgMotion *self,
                            const CgMoveRequest *request,
                            gint64 asked_at_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
guint cg_motion_take_turn (CgMotion *self);
void cg_motion_goto_async (CgMotion *self,
                           const CgMotionTarget *target,
                           guint turn,
                           gint64 asked_at_ms,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cg_motion_start_finish (CgMotion *self, GAsyncResult *result, GError **error);
void cg_motion_halt_async (CgMotion *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_motion_halt_finish (CgMotion *self, GAsyncResult *result, GError **error);
void cg_motion_recover (CgMotion *self);
void cg_motion_link_lost (CgMotion *self, const char *source);
gboolean cg_motion_is_moving (CgMotion *self);
gboolean cg_motion_is_held (CgMotion *self);
gboolean cg_motion_is_sending (CgMotion *self);
const char *cg_motion_get_source (CgMotion *self);
gboolean cg_motion_is_calling (CgMotion *self, CgErrorBasis *basis);

void cg_motion_contacted (CgMotion *self);
void cg_motion_set_learnt (CgMotion *self, CgOnvifStopForm stop_form, JsonNode *ptz);
CgOnvifStopForm cg_motion_get_stop_form (CgMotion *self);
JsonNode *cg_motion_get_learnt (CgMotion *self);

void cg_motion_await_rest_async (CgMotion *self,
                                 guint timeout_ms,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean cg_motion_await_rest_finish (CgMotion *self, GAsyncResult *result, GError **error);
gboolean cg_motion_get_place (CgMotion *self, CgPtzLook *look, gint64 *age_ms);
CgPtzEye *cg_motion_get_eye (CgMotion *self);
gboolean cg_motion_is_same_place (CgMotion *self, const CgPtzLook *a, const CgPtzLook *b);
guint cg_motion_get_called (CgMotion *self);
GError *cg_motion_make_busy (CgMotion *self);
void cg_motion_tokens_change (CgMotion *self);
CgPtzStatus *cg_motion_get_status (CgMotion *self);

G_END_DECLS
