/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CG_TYPE_LOCAL_SERVER (cg_local_server_get_type ())
G_DECLARE_FINAL_TYPE (CgLocalServer, cg_local_server, CG, LOCAL_SERVER, GObject)

/* Signal `client` (CgDoor *door), on the main loop: somebody has connected. Connect to the door's
 * signals in the handler; the server opens it afterwards and holds it until it closes. */

CgLocalServer *cg_local_server_new (const char *path);
gboolean cg_local_server_open (CgLocalServer *self, GError **error);
void cg_local_server_close_async (CgLocalServer *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cg_local_server_close_finish (CgLocalServer *self, GAsyncResult *result, GError **error);

G_END_DECLS
