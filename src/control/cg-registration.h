/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CgRegistration:
 * @token: (owned) (nullable): what the cloud gave; it may give none
 * @expires_ms: monotonic; 0: never registered
 * @open: asked and not answered
 * @attempt: asked since the last success, or since the link came
 *
 * How one did stands with a cloud. A plain value; zeroed it is one that never registered.
 */
typedef struct {
  char *token;
  gint64 expires_ms;
  guint open;
  guint attempt;
} CgRegistration;

gint64 cg_registration_ask (CgRegistration *self, guint retry_max_s);
gboolean cg_registration_take_answer (
    CgRegistration *self, JsonObject *answer, gint64 now_ms, gint64 *renew_in_ms, GError **error);
gboolean cg_registration_is_valid (const CgRegistration *self, gint64 now_ms);
void cg_registration_lose_link (CgRegistration *self);
void cg_registration_clear (CgRegistration *self);

G_END_DECLS
