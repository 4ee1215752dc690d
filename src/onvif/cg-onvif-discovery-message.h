/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-discovery.h"
#include "cg-onvif-soap.h"

G_BEGIN_DECLS

/* What is asked for, each in its own datagram: cameras answer one and ignore another (Q15). */
typedef enum {
  CG_ONVIF_PROBE_VIDEO_TRANSMITTER,
  CG_ONVIF_PROBE_DEVICE,
  CG_ONVIF_PROBE_ANYTHING,
  CG_ONVIF_N_PROBE_KINDS
} CgOnvifProbeKind;

char *cg_onvif_discovery_write_probe (struct soap *soap, CgOnvifProbeKind kind);
gboolean cg_onvif_discovery_read_matches (struct soap *soap,
                                          const char *text,
                                          const char *address,
                                          GPtrArray *found);
CgOnvifDiscovered *cg_onvif_discovery_read_announcement (struct soap *soap,
                                                         const char *text,
                                                         const char *address,
                                                         gboolean *is_leaving);

G_END_DECLS
