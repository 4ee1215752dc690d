/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-camera.h"
#include "cg-clock.h"
#include "cg-message.h"

G_BEGIN_DECLS

/**
 * CgActionOrigin:
 * @name: the door it came by; moves end when that door's link is lost
 * @is_local: whether it came by the local socket
 * @is_owner: by it, from somebody who may read our files anyway
 */
typedef struct {
  const char *name;
  gboolean is_local;
  gboolean is_owner;
} CgActionOrigin;

#define CG_TYPE_ACTION (cg_action_get_type ())
G_DECLARE_FINAL_TYPE (CgAction, cg_action, CG, ACTION, GObject)

/*
 * One thing to do: one service of one message. It is answered exactly once, whatever happens.
 *
 * Signal "answered" (JsonObject *body, const GError *error): `body` is what goes to the action's
 * place in `result`, with its code; `error` is (nullable).
 */

CgAction *cg_action_new (CgMessage *message, const char *service, const CgActionOrigin *origin);

CgMessage *cg_action_get_message (CgAction *self);
const char *cg_action_get_did (CgAction *self);
const char *cg_action_get_mid (CgAction *self);
const char *cg_action_get_service (CgAction *self);
const char *cg_action_get_method (CgAction *self);
const CgActionOrigin *cg_action_get_origin (CgAction *self);
JsonObject *cg_action_get_params (CgAction *self);
CgCamera *cg_action_get_camera (CgAction *self);

void cg_action_set_method (CgAction *self, const char *method);
void cg_action_set_params (CgAction *self, JsonObject *params);
void cg_action_set_camera (CgAction *self, CgCamera *camera);
void cg_action_set_error_scope (CgAction *self, CgErrorScope scope);
GCancellable *cg_action_get_cancellable (CgAction *self);
void cg_action_set_time_limit (CgAction *self, CgClock *clock, guint limit_ms, CgError code);

void cg_action_reply (CgAction *self, JsonObject *members);
void cg_action_tell (CgAction *self, JsonObject *members);
void cg_action_fail (CgAction *self, const GError *error);
void cg_action_settle (CgAction *self, const GError *error);
void cg_action_refuse (CgAction *self, CgError code, const char *text);

G_END_DECLS
