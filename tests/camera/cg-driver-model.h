/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-model-camera.h"
#include "cg-ptz-driver.h"

G_BEGIN_DECLS

typedef enum {
  CG_MODEL_MOVE,
  CG_MODEL_GOTO,
  CG_MODEL_STOP,
  CG_MODEL_LOOK,
} CgModelCall;

/* Told of each call at the moment it is made, in words for those who read the log. */
typedef void (*CgModelWatchFunc) (CgModelCall call, const char *words, gpointer user_data);

/* The network to a camera. It outlives those who drive the camera, one after the other: what they
 * have sent is on its way. */
typedef struct _CgModelLine CgModelLine;

CgModelLine *cg_model_line_new (CgModelCamera *camera, guint32 seed);
void cg_model_line_free (CgModelLine *self);
void cg_model_line_heal (CgModelLine *self);

/* Asks the camera what CgMotion asks. */
#define CG_TYPE_DRIVER_MODEL (cg_driver_model_get_type ())
G_DECLARE_FINAL_TYPE (CgDriverModel, cg_driver_model, CG, DRIVER_MODEL, GObject)

CgDriverModel *cg_driver_model_new (CgModelLine *line, CgModelWatchFunc watch, gpointer user_data);
void cg_driver_model_kill (CgDriverModel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgModelLine, cg_model_line_free)

G_END_DECLS
