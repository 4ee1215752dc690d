/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-handlers.h"

G_BEGIN_DECLS

typedef enum {
  CG_SCOPE_CAMERA = 1 << 0,
  CG_SCOPE_GATEWAY = 1 << 1,
  CG_SCOPE_LOCAL = 1 << 2,        /* the gateway, asked over the local socket */
  CG_SCOPE_LOCAL_CAMERA = 1 << 3, /* a camera, asked over the local socket */
} CgScopes;

/* What a camera and the gateway both have. */
#define CG_SCOPE_ANY (CG_SCOPE_CAMERA | CG_SCOPE_GATEWAY)

/**
 * CgServiceRow:
 * @name: of the service
 * @is_wrapped: its replies are wrapped in the method's name (PROTOCOL.md section 2)
 * @has_methods: its members are methods; else they are parameters
 * @errors: which codes its failures have
 * @is_slow: it waits for a disk, not for a camera: no short time limits it
 */
typedef struct {
  const char *name;
  gboolean is_wrapped;
  gboolean has_methods;
  CgErrorScope errors;
  gboolean is_slow;
} CgServiceRow;

/**
 * CgHandlerRow:
 * @service: of the service
 * @method: (nullable): %NULL if the service has none
 * @scopes: whose service it is
 * @handler: does it
 * @never_late: it is done, whatever its deadline says
 */
typedef struct {
  const char *service;
  const char *method;
  CgScopes scopes;
  CgHandler handler;
  gboolean never_late;
} CgHandlerRow;

const CgServiceRow *cg_services_find (const char *name);
const CgHandlerRow *
cg_services_find_handler (const char *service, const char *method, CgScopes scopes);
gboolean cg_services_is_offered (const char *service, CgScopes scopes);

G_END_DECLS
