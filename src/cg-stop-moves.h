/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"

G_BEGIN_DECLS

gboolean
cg_stop_moves (CgConfig *config, const char *state_dir, const char *socket, GError **error);

G_END_DECLS
