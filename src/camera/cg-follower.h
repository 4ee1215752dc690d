/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock.h"
#include "cg-contact.h"
#include "cg-finder.h"
#include "cg-store.h"

G_BEGIN_DECLS

#define CG_TYPE_FOLLOWER (cg_follower_get_type ())
G_DECLARE_FINAL_TYPE (CgFollower, cg_follower, CG, FOLLOWER, GObject)

/*
 * Knows one camera by what it is, and where it is now (Q16). Kept in `identity-DID.json`.
 *
 * Signals:
 *   "moved" ()         the camera is, or may be, at cg_follower_get_address(): ask there at once
 *   "left" ()          it has said goodbye, or hello elsewhere: look whether it is still there
 *   "wrong" (GError *) what answers at the address is another device
 */

CgFollower *
cg_follower_new (CgFinder *finder, CgStore *store, CgClock *clock, const CgCameraConfig *config);
void cg_follower_close (CgFollower *self);
const char *cg_follower_get_address (CgFollower *self);
gboolean cg_follower_arrive (CgFollower *self, const CgContact *contact, GError **error);
void cg_follower_lose (CgFollower *self);

G_END_DECLS
