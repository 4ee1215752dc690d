/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-ptz-status.h"

G_BEGIN_DECLS

JsonObject *cg_ptz_members_new (const CgPtzStatus *status);

G_END_DECLS
