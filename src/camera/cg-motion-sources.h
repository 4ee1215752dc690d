/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"

G_BEGIN_DECLS

/*
 * Who moves a camera that several links want to move. A link's kind is its name up to its number:
 * "local-7" is of kind "local". Pure.
 */

gboolean cg_motion_sources_are_same (const char *source, const char *other);
gboolean cg_motion_sources_may_take (const CgPtzConfig *config,
                                     const char *holder,
                                     const char *source,
                                     GError **error);

G_END_DECLS
