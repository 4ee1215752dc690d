/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-finder.h"

G_BEGIN_DECLS

/* Stands in for the finder: searches end as the test says. Linked in its place. */

guint fake_finder_count_searches (void);
const char *fake_finder_get_host (void);
void fake_finder_answer (CgFinder *self, const char *endpoint, const char *address);
void fake_finder_fail (CgError code);
void fake_finder_hello (CgFinder *self, const char *endpoint, const char *address);

G_END_DECLS
