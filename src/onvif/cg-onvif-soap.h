/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "cg-onvif-token.h"

G_BEGIN_DECLS

/* More profiles, presets or services than any device has: an answer with more is refused. */
#define CG_ONVIF_MAX_OCCURS 4096

struct soap;

typedef enum {
  CG_ONVIF_SERVICE_DEVICE,
  CG_ONVIF_SERVICE_MEDIA,
  CG_ONVIF_SERVICE_MEDIA2,
  CG_ONVIF_SERVICE_PTZ,
  CG_ONVIF_SERVICE_EVENTS,
  CG_ONVIF_N_SERVICES
} CgOnvifService;

/**
 * CgOnvifOperation:
 * @name: its name in the standard
 * @service: where it is spoken
 * @is_repeatable: doing it twice does no harm (Q46): reads and Stop
 * @is_silent: its response says nothing but that it was done
 * @action: (nullable): of WS-Addressing, which goes with it; %NULL: none does (Q2)
 * @send: writes the request
 * @receive: reads the response
 *
 * One operation out of onvif-wsdl/; CG_ONVIF_OPERATION() makes it.
 */
typedef struct {
  const char *name;
  CgOnvifService service;
  gboolean is_repeatable;
  gboolean is_silent;
  const char *action;
  int (*send) (struct soap *soap, gpointer request);
  int (*receive) (struct soap *soap, gpointer response);
} CgOnvifOperation;

/* Gives the constant operation_NAME for an operation of the service with the prefix @prefix. */
#define CG_ONVIF_OPERATION(prefix, operation, service_, is_repeatable_)                            \
  static int send_##operation (struct soap *soap, gpointer request)                                \
  {                                                                                                \
    return soap_send___##prefix##__##operation (soap, "", "", request);                            \
  }                                                                                                \
  static int receive_##operation (struct soap *soap, gpointer response)                            \
  {                                                                                                \
    return soap_recv___##prefix##__##operation (soap, response);                                   \
  }                                                                                                \
  static const CgOnvifOperation operation_##operation = {                                          \
      .name = #operation,                                                                          \
      .service = service_,                                                                         \
      .is_repeatable = is_repeatable_,                                                             \
      .is_silent = sizeof (struct _##prefix##__##operation##Response) == 0,                        \
      .send = send_##operation,                                                                    \
      .receive = receive_##operation,                                                              \
  }

struct soap *cg_onvif_soap_new (void);
void cg_onvif_soap_free (struct soap *soap);
void cg_onvif_soap_clear (struct soap *soap);

const char *cg_onvif_service_get_namespace (CgOnvifService service);
char *cg_onvif_operation_get_action (const CgOnvifOperation *operation);
char *cg_onvif_operation_get_content_type (const CgOnvifOperation *operation);
char *cg_onvif_operation_write (const CgOnvifOperation *operation,
                                struct soap *soap,
                                gpointer request,
                                const char *username,
                                const CgOnvifToken *token,
                                const char *to);
gboolean cg_onvif_operation_read (const CgOnvifOperation *operation,
                                  struct soap *soap,
                                  const char *body,
                                  gpointer response);

G_END_DECLS
