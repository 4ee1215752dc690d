/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-learnt.h"
#include "cg-store.h"

G_BEGIN_DECLS

/**
 * CgProfile:
 *
 * What was learnt of one camera, kept over restarts in `camera-DID.json`: readable, and editable
 * while the daemon is not running. A member that is unknown or faulty there is ignored with a
 * warning; one that is wrong costs a ladder and is then learnt anew.
 */
typedef struct _CgProfile CgProfile;

CgProfile *cg_profile_new (CgStore *store, const char *did);
void cg_profile_free (CgProfile *self);
const CgOnvifLearnt *cg_profile_get_learnt (const CgProfile *self);
void cg_profile_note (CgProfile *self, const CgOnvifLearnt *learnt);
void cg_profile_note_moves (CgProfile *self, CgOnvifStopForm stop_form, gboolean refuses_timeout);
JsonNode *cg_profile_get_ptz (const CgProfile *self);
void cg_profile_note_ptz (CgProfile *self, JsonNode *ptz);
void cg_profile_note_reserved (CgProfile *self, const char *reserved);
void cg_profile_note_transport (CgProfile *self, CgTransport transport);

CgOnvifLearnt *cg_profile_read (JsonNode *node, const char *did);
JsonNode *cg_profile_write (const CgOnvifLearnt *learnt);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgProfile, cg_profile_free)

G_END_DECLS
