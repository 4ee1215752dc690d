/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-onvif-discovery.h"

G_BEGIN_DECLS

/**
 * CgIdentity:
 * @configured: (owned): the address that the configuration gave when the rest was learnt
 * @address: (owned) (nullable): where the camera was found since, if that is elsewhere
 * @endpoint: (owned) (nullable): endpoint reference of WS-Discovery
 * @serial: (owned) (nullable): serial number
 * @mac: (owned) (nullable): hardware address, in lower case with colons
 *
 * What a camera is known by, wherever it is (Q16).
 */
typedef struct {
  char *configured;
  char *address;
  char *endpoint;
  char *serial;
  char *mac;
} CgIdentity;

CgIdentity *cg_identity_new (const char *configured);
CgIdentity *cg_identity_from_json (JsonNode *node, const char *configured);
JsonNode *cg_identity_to_json (const CgIdentity *self);
void cg_identity_free (CgIdentity *self);

gboolean cg_identity_is_known (const CgIdentity *self);
gboolean cg_identity_check_serial (const CgIdentity *self, const char *serial, GError **error);
gboolean cg_identity_check_endpoint (const CgIdentity *self, const char *endpoint, GError **error);
const CgOnvifDiscovered *cg_identity_find (const CgIdentity *self, const GPtrArray *found);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgIdentity, cg_identity_free)

G_END_DECLS
