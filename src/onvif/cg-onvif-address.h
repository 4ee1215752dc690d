/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "cg-error.h"

G_BEGIN_DECLS

#define CG_ONVIF_DEVICE_PATH "/onvif/device_service"

/* An http or https URL in its parts. */
typedef struct {
  gboolean tls;
  char *host; /* without brackets */
  guint16 port;
  char *target; /* path and query, begins with a slash */
} CgOnvifAddress;

char *cg_onvif_address_normalise (const char *address, GError **error);
CgOnvifAddress *cg_onvif_address_parse (const char *url, GError **error);
void cg_onvif_address_free (CgOnvifAddress *self);
char *cg_onvif_address_get_authority (const CgOnvifAddress *self);
char *cg_onvif_address_get_host_header (const CgOnvifAddress *self);
gboolean cg_onvif_address_names_port (const char *url);
char *cg_onvif_address_shorten (const char *url);

char *cg_onvif_address_with_path (const char *reached, const char *path);
char *cg_onvif_address_repair (const char *xaddr, const char *reached);
char *cg_onvif_address_repair_snapshot (const char *uri, const char *told, const char *reached);
guint cg_onvif_address_get_channel (const char *address);
char *cg_onvif_address_repair_stream (const char *uri, const char *reached);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifAddress, cg_onvif_address_free)

G_END_DECLS
