/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock.h"
#include "cg-config.h"
#include "cg-fleet.h"
#include "cg-message.h"

G_BEGIN_DECLS

#define CG_TYPE_REGISTRAR (cg_registrar_get_type ())
G_DECLARE_FINAL_TYPE (CgRegistrar, cg_registrar, CG, REGISTRAR, GObject)

/*
 * Registers the gateway and its cameras with one cloud and keeps them registered (PROTOCOL.md
 * section 2, register).
 *
 * Signal "send" (const char *did, GBytes *message): a registration that is to go out.
 * Signal "registered" (const char *did): the cloud has accepted it, for the first time or again.
 */

CgRegistrar *cg_registrar_new (CgFleet *fleet, CgConfig *config, CgClock *clock);
void cg_registrar_set_config (CgRegistrar *self, CgConfig *config);
void cg_registrar_forget (CgRegistrar *self);
void cg_registrar_set_link (CgRegistrar *self, gboolean up);
gboolean cg_registrar_take_answer (CgRegistrar *self, const CgMessage *message);

gboolean cg_registrar_is_registered (CgRegistrar *self, const char *did);
const char *cg_registrar_get_token (CgRegistrar *self, const char *did);

G_END_DECLS
