/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  CG_CTL_PORT_SILENT, /* no answer: nobody there, or a filter between */
  CG_CTL_PORT_CLOSED, /* somebody is there, who does not want it */
  CG_CTL_PORT_OPEN,
} CgCtlPortState;

/**
 * CgCtlPort:
 * @port: TCP port
 * @state: what it is
 */
typedef struct {
  guint16 port;
  CgCtlPortState state;
} CgCtlPort;

void cg_ctl_knock_in_thread (const char *host, CgCtlPort *ports, guint n_ports);

G_END_DECLS
