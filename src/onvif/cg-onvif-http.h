/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-address.h"
#include "cg-onvif-stream.h"

G_BEGIN_DECLS

/**
 * CgOnvifHttp:
 *
 * One HTTP connection, kept open between requests, with one deadline for all that happens between
 * cg_onvif_http_begin() and cg_onvif_http_end(): name look-up, connecting, TLS, answers that drip.
 */
typedef struct _CgOnvifHttp CgOnvifHttp;

/**
 * CgOnvifUpload:
 * @stream: what goes behind the header, from where it stands
 * @length: of it, in bytes
 * @progress: (nullable): called with what has gone so far
 * @user_data: for @progress
 */
typedef struct {
  GInputStream *stream;
  guint64 length;
  void (*progress) (guint64 sent, guint64 length, gpointer user_data);
  gpointer user_data;
} CgOnvifUpload;

typedef struct {
  const CgOnvifAddress *address;
  const char *method;        /* (nullable) POST */
  const char *content_type;  /* (nullable) no body */
  const char *authorization; /* (nullable) value of the header */
  const char *soap_action;   /* (nullable) value of the header, of SOAP 1.1 */
  const char *body;
  const CgOnvifUpload *upload; /* (nullable) in place of @body */
  gboolean is_repeatable; /* may be sent again when the camera closed without answering (Q46) */
} CgOnvifHttpRequest;

typedef struct {
  guint status;
  char **challenges; /* values of the WWW-Authenticate headers */
  char *body;        /* ends with a zero byte; may be empty */
  gsize body_length;
} CgOnvifHttpResponse;

CgOnvifHttp *cg_onvif_http_new (void);
void cg_onvif_http_free (CgOnvifHttp *self);

void cg_onvif_http_begin (CgOnvifHttp *self, guint timeout_ms);
void cg_onvif_http_end (CgOnvifHttp *self);
CgOnvifStream *cg_onvif_http_get_stream (CgOnvifHttp *self);
CgOnvifTrust *cg_onvif_http_get_trust (CgOnvifHttp *self);
gboolean cg_onvif_http_was_swallowed (const CgOnvifHttp *self);

CgOnvifHttpResponse *
cg_onvif_http_post (CgOnvifHttp *self, const CgOnvifHttpRequest *request, GError **error);
void cg_onvif_http_response_free (CgOnvifHttpResponse *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifHttp, cg_onvif_http_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifHttpResponse, cg_onvif_http_response_free)

G_END_DECLS
