/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-clock.h"

G_BEGIN_DECLS

void cg_command_run_async (const char *command,
                           const char *argument,
                           CgClock *clock,
                           guint limit_ms,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cg_command_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
