/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "cg-sim-login.h"
#include "cg-sim-state.h"

G_BEGIN_DECLS

gboolean cg_sim_files_serve (CgSimState *state,
                             CgSimLogin *login,
                             SoupServerMessage *message,
                             const char *path);

G_END_DECLS
