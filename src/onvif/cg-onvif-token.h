/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CG_ONVIF_PASSWORD_DIGEST                                                                   \
  "http://docs.oasis-open.org/wss/2004/01/"                                                        \
  "oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
#define CG_ONVIF_BASE64_BINARY                                                                     \
  "http://docs.oasis-open.org/wss/2004/01/"                                                        \
  "oasis-200401-wss-soap-message-security-1.0#Base64Binary"

/* The secret parts of a WS-Security UsernameToken, as text ready for the message. */
typedef struct {
  char *nonce;   /* base64 */
  char *created; /* UTC, whole seconds: every camera reads those */
  char *digest;  /* base64 */
} CgOnvifToken;

CgOnvifToken *cg_onvif_token_new (const char *password, gint64 created_ms);
CgOnvifToken *cg_onvif_token_new_with_nonce (const char *password,
                                             gint64 created_ms,
                                             const guint8 *nonce,
                                             gsize nonce_length);
void cg_onvif_token_free (CgOnvifToken *self);
void cg_onvif_token_fill_random (guint8 *bytes, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifToken, cg_onvif_token_free)

G_END_DECLS
