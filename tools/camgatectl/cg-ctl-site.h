/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl.h"

G_BEGIN_DECLS

gboolean cg_ctl_site_probe (CgCtl *ctl, JsonArray *cameras, GError **error);

G_END_DECLS
