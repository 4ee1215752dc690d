/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-rtmp-reader.h"

G_BEGIN_DECLS

typedef enum {
  FAKE_RTMP_ACCEPT,
  FAKE_RTMP_BAD_NAME,         /* "already publishing" (Q10) */
  FAKE_RTMP_REJECT,           /* answers connect with an error */
  FAKE_RTMP_CLOSE_ON_CONNECT, /* as nginx-rtmp does for an unknown application */
  FAKE_RTMP_CLOSE_ON_PUBLISH, /* as nginx-rtmp does when its on_publish says no */
  FAKE_RTMP_SILENT,           /* takes the connection and says nothing */
  FAKE_RTMP_SILENT_CONNECT,   /* completes the handshake and says nothing more */
  FAKE_RTMP_GARBAGE,          /* is an HTTP server */
  FAKE_RTMP_NOISE,            /* sends broken chunks after the handshake */
  FAKE_RTMP_DEAF,             /* accepts, then reads no more */
  FAKE_RTMP_ADOBE,            /* wants a login as Adobe's servers do */
  FAKE_RTMP_LLNW,             /* as Limelight's do */
  FAKE_RTMP_ENHANCED,         /* says that it takes H.265, in a list (Q11) */
  FAKE_RTMP_ENHANCED_MAP,     /* and in a map */
  FAKE_RTMP_MAD_NUMBERS,      /* answers what nobody has asked, too */
} FakeRtmpMode;

/* Whom FAKE_RTMP_ADOBE and FAKE_RTMP_LLNW take. */
#define FAKE_RTMP_USER "joe"
#define FAKE_RTMP_PASSWORD "s3cret"

/**
 * FakeRtmp:
 *
 * A media server for one publisher at a time, in a thread of its own. It notes what it is sent.
 */
typedef struct _FakeRtmp FakeRtmp;

FakeRtmp *fake_rtmp_new (FakeRtmpMode mode);
FakeRtmp *fake_rtmp_new_tls (FakeRtmpMode mode, GTlsCertificate *certificate);
void fake_rtmp_free (FakeRtmp *self);
char *fake_rtmp_get_url (FakeRtmp *self, const char *path);

void fake_rtmp_hang_up (FakeRtmp *self);
void fake_rtmp_ping (FakeRtmp *self, guint count);
void fake_rtmp_send_status (FakeRtmp *self, const char *code);

guint fake_rtmp_count_connections (FakeRtmp *self);
guint fake_rtmp_count_pongs (FakeRtmp *self);
gboolean fake_rtmp_is_idle (FakeRtmp *self);
char *fake_rtmp_get_commands (FakeRtmp *self);
guint fake_rtmp_count (FakeRtmp *self, CgRtmpType type);
CgRtmpMessage *fake_rtmp_pop (FakeRtmp *self, CgRtmpType type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeRtmp, fake_rtmp_free)

G_END_DECLS
