/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-error.h"
#include "cg-gateway.h"

G_BEGIN_DECLS

/* A box that does nothing but remember what it was asked, linked in place of the gateway's room. */

CgGateway *fake_gateway_new (void);
char *fake_gateway_pop_call (CgGateway *self);
void fake_gateway_hold (CgGateway *self);
void fake_gateway_release (CgGateway *self);
void fake_gateway_fail_next (CgGateway *self, CgError code, const char *text);
void fake_gateway_end_reboot (CgGateway *self, GError *error);

G_END_DECLS
