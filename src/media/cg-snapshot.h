/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-access-unit.h"

G_BEGIN_DECLS

void cg_snapshot_take_async (CgAccessUnit *unit, GAsyncReadyCallback callback, gpointer user_data);
GBytes *cg_snapshot_take_finish (GAsyncResult *result, GError **error);

G_END_DECLS
