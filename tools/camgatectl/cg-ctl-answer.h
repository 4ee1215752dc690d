/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-ctl-screen.h"

G_BEGIN_DECLS

/**
 * CgCtlAnswer:
 * @did: (nullable): who was asked; %NULL for the gateway, and for a camera without one
 * @service: `ptz`
 * @method: (nullable): `start`
 * @code: PROTOCOL.md section 3; 0: done
 * @error: (nullable): what the answer says of it
 * @body: what came back, without the wrapping
 *
 * One answer to one action, whichever way it came.
 */
typedef struct {
  char *did;
  char *service;
  char *method;
  int code;
  char *error;
  JsonObject *body;
} CgCtlAnswer;

CgCtlAnswer *cg_ctl_answer_new (const char *did, const char *service, const char *method);
CgCtlAnswer *
cg_ctl_answer_from_message (JsonObject *message, const char *service, const char *method);
void cg_ctl_answer_free (CgCtlAnswer *self);
void cg_ctl_answer_set_code (CgCtlAnswer *self, int code, const char *error);
gboolean cg_ctl_answer_check (const CgCtlAnswer *self, GError **error);

JsonObject *cg_ctl_answer_to_json (const CgCtlAnswer *self);
const char *cg_ctl_code_get_meaning (int code);
char *cg_ctl_code_to_text (int code, const char *detail, const char *basis);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlAnswer, cg_ctl_answer_free)

G_END_DECLS
