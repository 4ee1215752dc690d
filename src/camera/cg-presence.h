/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-breaker.h"
#include "cg-clock.h"
#include "cg-config.h"
#include "cg-contact.h"
#include "cg-follower.h"
#include "cg-jobs.h"

G_BEGIN_DECLS

#define CG_TYPE_PRESENCE (cg_presence_get_type ())
G_DECLARE_FINAL_TYPE (CgPresence, cg_presence, CG, PRESENCE, GObject)

/* Signal "changed" (): the camera came into contact, went, or told something new. */

/**
 * CgPresenceFunc:
 * @user_data: what was given to cg_presence_await(); the function takes it over
 * @error: (nullable): why the camera is not there; %NULL: it is
 */
typedef void (*CgPresenceFunc) (gpointer user_data, const GError *error);

/**
 * CgPresenceTest:
 * @user_data: what was given to cg_presence_await()
 * @test_data: of who tests
 *
 * Returns: whether that one is meant
 */
typedef gboolean (*CgPresenceTest) (gpointer user_data, gpointer test_data);

CgPresence *
cg_presence_new (CgJobs *jobs, CgClock *clock, CgBreaker *breaker, const CgCameraConfig *config);
void cg_presence_set_follower (CgPresence *self, CgFollower *follower);
void cg_presence_open (CgPresence *self);
void cg_presence_close (CgPresence *self);
void
cg_presence_await (CgPresence *self, guint timeout_ms, CgPresenceFunc func, gpointer user_data);
void cg_presence_drop (CgPresence *self,
                       CgPresenceFunc func,
                       CgPresenceTest is_meant,
                       gpointer test_data,
                       const char *reason);
void cg_presence_doubt (CgPresence *self, const GError *error);
gboolean cg_presence_is_up (CgPresence *self);
const char *cg_presence_get_address (CgPresence *self);
const CgContact *cg_presence_get_contact (CgPresence *self);
const GError *cg_presence_get_problem (CgPresence *self);

G_END_DECLS
