/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl-json.h"

G_BEGIN_DECLS

char *cg_ctl_ptz_to_text (JsonObject *status, const CgCtlScreen *screen);

G_END_DECLS
