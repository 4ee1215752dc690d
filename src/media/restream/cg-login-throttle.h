/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgLoginThrottle:
 *
 * Who has shown a wrong login waits before the next one of the same host is looked at. All times
 * are monotonic microseconds. Lives in one thread.
 */
typedef struct _CgLoginThrottle CgLoginThrottle;

CgLoginThrottle *cg_login_throttle_new (void);
void cg_login_throttle_free (CgLoginThrottle *self);
gint64 cg_login_throttle_reserve (CgLoginThrottle *self, const char *host, gint64 now_us);
void cg_login_throttle_refuse (CgLoginThrottle *self, const char *host, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgLoginThrottle, cg_login_throttle_free)

G_END_DECLS
