/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As many hosts as a range may stand for: a /24. */
#define CG_RANGE_MAX 256

char **cg_range_expand (const char *text, GError **error);
char **cg_range_expand_all (const char *const *texts, GError **error);

G_END_DECLS
