/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-onvif-address.h"
#include "cg-onvif-trust.h"

G_BEGIN_DECLS

/**
 * CgOnvifStream:
 *
 * One TCP or TLS connection with a deadline. Blocks the thread that uses it; only
 * cg_onvif_stream_abort(), cg_onvif_stream_is_aborted() and what brackets a job may come from
 * another one. Errors are %CG_ERROR_UNREACHABLE, %CG_ERROR_TIMED_OUT and %CG_ERROR_CANCELLED.
 */
typedef struct _CgOnvifStream CgOnvifStream;

CgOnvifStream *cg_onvif_stream_new (void);
void cg_onvif_stream_free (CgOnvifStream *self);

void cg_onvif_stream_begin (CgOnvifStream *self, guint timeout_ms);
void cg_onvif_stream_end (CgOnvifStream *self);
void cg_onvif_stream_begin_job (CgOnvifStream *self);
void cg_onvif_stream_end_job (CgOnvifStream *self);
void cg_onvif_stream_abort (CgOnvifStream *self);
CgOnvifTrust *cg_onvif_stream_get_trust (CgOnvifStream *self);

gboolean cg_onvif_stream_open (CgOnvifStream *self, const CgOnvifAddress *address, GError **error);
void cg_onvif_stream_close (CgOnvifStream *self);
gboolean cg_onvif_stream_is_open_to (CgOnvifStream *self, const CgOnvifAddress *address);
gboolean cg_onvif_stream_is_silent (CgOnvifStream *self);
gboolean cg_onvif_stream_is_aborted (CgOnvifStream *self);
gboolean cg_onvif_stream_was_given_up (CgOnvifStream *self);
gint64 cg_onvif_stream_get_deadline_us (const CgOnvifStream *self);

gssize cg_onvif_stream_read (CgOnvifStream *self, void *buffer, gsize size, GError **error);
gsize cg_onvif_stream_write (CgOnvifStream *self, const void *bytes, gsize size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifStream, cg_onvif_stream_free)

G_END_DECLS
