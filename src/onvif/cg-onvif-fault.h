/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-error.h"
#include "cg-onvif-soap.h"

G_BEGIN_DECLS

/* Code, subcode and what may be nested in it. */
#define CG_ONVIF_FAULT_DEPTH 4

/* A camera's refusal. Codes stand without their prefixes, the outermost first. */
typedef struct {
  guint http_status;
  gboolean is_empty;                     /* nothing in the answer at all */
  gboolean is_endless;                   /* more of a kind than is read */
  char *codes[CG_ONVIF_FAULT_DEPTH + 1]; /* zero-terminated; empty: no SOAP fault */
  char *text;                            /* (nullable) reason or detail */
} CgOnvifFault;

CgOnvifFault *cg_onvif_fault_new (const struct soap *soap, guint http_status);
void cg_onvif_fault_free (CgOnvifFault *self);

gboolean cg_onvif_fault_has_code (const CgOnvifFault *self, const char *code);
gboolean cg_onvif_fault_is_bare (const CgOnvifFault *self);
CgError cg_onvif_fault_classify (const CgOnvifFault *self, CgOnvifService service);
void cg_onvif_fault_to_error (const CgOnvifFault *self,
                              const CgOnvifOperation *operation,
                              CgError code,
                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifFault, cg_onvif_fault_free)

G_END_DECLS
