/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-error.h"
#include "cg-message-build.h"

G_BEGIN_DECLS

/* PROTOCOL.md section 1, limits. */
#define CG_MESSAGE_MAX_BYTES (64 * 1024)
#define CG_MESSAGE_MAX_LEVELS 32

/* Each service of a request is answered by a message of its own, which echoes did, mid and token:
 * these bounds keep what is answered in proportion to what was asked. Lengths are those of the
 * JSON text. */
#define CG_MESSAGE_MAX_SERVICES 32
#define CG_MESSAGE_MAX_ID_BYTES 256
#define CG_MESSAGE_MAX_TOKEN_BYTES 4096

typedef enum {
  CG_MESSAGE_REQUEST,
  CG_MESSAGE_REPLY,    /* carries `result`: to something the bridge asked */
  CG_MESSAGE_REGISTER, /* what the cloud says to a registration */
} CgMessageClass;

/**
 * CgMessage:
 *
 * One message from outside, immutable and reference-counted (PROTOCOL.md section 2). A message that
 * is broken but whose sender can be answered is one too: it carries a fault and no data.
 */
typedef struct _CgMessage CgMessage;

CgMessage *cg_message_parse (GBytes *bytes, const char *default_did, GError **error);
CgMessage *cg_message_ref (CgMessage *self);
void cg_message_unref (CgMessage *self);

CgMessageClass cg_message_get_class (const CgMessage *self);
const char *cg_message_get_did (const CgMessage *self);
const char *cg_message_get_mid (const CgMessage *self);
JsonObject *cg_message_get_root (const CgMessage *self);
JsonObject *cg_message_get_data (const CgMessage *self);
const GError *cg_message_get_fault (const CgMessage *self);

GBytes *cg_message_build_reply (const CgMessage *self, JsonObject *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgMessage, cg_message_unref)

G_END_DECLS
