/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ptz-driver.h"

G_BEGIN_DECLS

/* A camera that does nothing until the test answers, and writes down what it is asked. Looks tell
 * nothing, at once, until the test says what they see. */

#define CG_TYPE_DRIVER_DUMMY (cg_driver_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CgDriverDummy, cg_driver_dummy, CG, DRIVER_DUMMY, GObject)

CgDriverDummy *cg_driver_dummy_new (void);
void cg_driver_dummy_set_automatic (CgDriverDummy *self, gboolean automatic);
void cg_driver_dummy_answer_move (CgDriverDummy *self, const GError *error);
void cg_driver_dummy_answer_stop (CgDriverDummy *self, const GError *error);
void cg_driver_dummy_set_facts (CgDriverDummy *self, const CgPtzFacts *facts);
void cg_driver_dummy_set_look (CgDriverDummy *self, const CgPtzLook *look);
void cg_driver_dummy_answer_look (CgDriverDummy *self, const GError *error);
char *cg_driver_dummy_take_log (CgDriverDummy *self);

G_END_DECLS
