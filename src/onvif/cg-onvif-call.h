/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-fault.h"
#include "cg-onvif-session.h"

G_BEGIN_DECLS

/* A session within a call: its deadline runs, and the answers read in it live until it ends.
 * Seen by the files of this folder only. */
typedef CgOnvifSession CgOnvifSpan;

CgOnvifSpan *cg_onvif_span_begin (CgOnvifSession *session);
void cg_onvif_span_end (CgOnvifSpan *self);
gboolean cg_onvif_span_call (CgOnvifSpan *self,
                             const CgOnvifOperation *operation,
                             gpointer request,
                             gpointer response,
                             GError **error);
gboolean cg_onvif_span_fault_has_code (CgOnvifSpan *self, const char *code);
char *cg_onvif_span_repair_stream_uri (CgOnvifSpan *self, const char *uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifSpan, cg_onvif_span_end)

G_END_DECLS
