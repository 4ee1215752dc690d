/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define CG_CTL_DEFAULT_SOCKET "/run/camgate/camgate.sock"

/**
 * CgCtlClient:
 *
 * One connection to camgated's local socket (INTERFACES.md, Local socket): one JSON message a line.
 * Blocking, for a program that has nothing else to do; each wait has an end.
 */
typedef struct _CgCtlClient CgCtlClient;

CgCtlClient *cg_ctl_client_open (const char *path, GError **error);
void cg_ctl_client_free (CgCtlClient *self);
int cg_ctl_client_get_fd (CgCtlClient *self);
char *cg_ctl_client_send (CgCtlClient *self, const char *did, JsonObject *data, GError **error);
gboolean
cg_ctl_client_receive (CgCtlClient *self, gint64 timeout_ms, JsonObject **message, GError **error);
JsonObject *
cg_ctl_client_wait_reply (CgCtlClient *self, const char *mid, gint64 timeout_ms, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlClient, cg_ctl_client_free)

G_END_DECLS
