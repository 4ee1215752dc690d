/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-error.h"

G_BEGIN_DECLS

/* WS-Discovery of April 2005, 2.4 "Protocol assignments". */
#define CG_ONVIF_DISCOVERY_PORT 3702
#define CG_ONVIF_DISCOVERY_GROUP "239.255.255.250"
#define CG_ONVIF_DISCOVERY_GROUP_V6 "ff02::c"

/* What to ask and whom. All zero: every interface by IPv4 and IPv6, two seconds. */
typedef struct {
  /* (nullable) interfaces or own addresses to probe from; NULL or empty: all that are up */
  const char *const *addresses;
  /* (nullable) host, host:port or range of addresses, asked directly (Q15, other subnets) */
  const char *const *hosts;
  const char *group; /* (nullable) the only multicast group; "" asks only `hosts` */
  guint16 port;      /* 0: 3702 */
  guint timeout_ms;  /* 0: 2000 */
} CgOnvifProbe;

/* One camera that answered. */
typedef struct {
  char *endpoint; /* urn:uuid:…; its identity (Q16) */
  /* Where the datagram came from: believed before the XAddrs (Q16). IPv4 where both have come. */
  char *address;
  char **xaddrs;
  char **types;
  char **scopes;
  char *mac;      /* (nullable) where it is no farther than a router */
  char *name;     /* (nullable) from the scope …/name/ */
  char *hardware; /* (nullable) from the scope …/hardware/ */
} CgOnvifDiscovered;

GPtrArray *cg_onvif_discovery_probe_in_thread (const CgOnvifProbe *options,
                                               GCancellable *cancellable,
                                               GError **error);
char *cg_onvif_discovered_get_service_address (const CgOnvifDiscovered *self);
void cg_onvif_discovered_free (CgOnvifDiscovered *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifDiscovered, cg_onvif_discovered_free)

G_END_DECLS
