/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl.h"

G_BEGIN_DECLS

/**
 * CgCtlLogins:
 * @usernames: (element-type utf8): of each camera, %NULL where there is none
 * @passwords: (element-type utf8): with them
 */
typedef struct {
  const GPtrArray *usernames;
  const GPtrArray *passwords;
} CgCtlLogins;

gboolean
cg_ctl_site_probe (CgCtl *ctl, JsonArray *cameras, const CgCtlLogins *logins, GError **error);

G_END_DECLS
