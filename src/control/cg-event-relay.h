/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-dispatcher.h"

G_BEGIN_DECLS

/* What happens at the cameras and to the box, as the dispatcher's signal "event". */

void cg_event_relay_follow_fleet (CgDispatcher *self, CgFleet *fleet);
void cg_event_relay_follow_gateway (CgDispatcher *self, CgGateway *gateway);

G_END_DECLS
