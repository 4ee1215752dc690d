/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-action.h"

G_BEGIN_DECLS

gboolean cg_deadline_check (CgAction *action, CgClock *clock);

G_END_DECLS
