/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/rtsp/gstrtspmessage.h>

G_BEGIN_DECLS

/* The longest head of a request; viewers send a few hundred bytes. */
#define CG_REQUEST_MAX_HEAD 8192

typedef enum {
  CG_REQUEST_NONE,    /* more bytes are needed */
  CG_REQUEST_PACKET,  /* `$`, channel, length, bytes (RFC 2326, 10.12): a sign of life, skipped */
  CG_REQUEST_MESSAGE, /* a request; its body is skipped */
  CG_REQUEST_BAD,     /* no RTSP, or more of it than anybody would read: nothing comes any more */
} CgRequestKind;

/**
 * CgRequestReader:
 *
 * What a viewer sends: bytes in, requests out. Holds one head at most, whatever comes, and takes no
 * longer for it than it takes to look at each byte. A plain value; all zeroes is one.
 */
typedef struct {
  /*< private >*/
  guint8 bytes[CG_REQUEST_MAX_HEAD];
  gsize length;
  gsize skip; /* bytes to come that nobody reads */
} CgRequestReader;

guint8 *cg_request_reader_get_space (CgRequestReader *self, gsize *size);
void cg_request_reader_commit (CgRequestReader *self, gsize size);
CgRequestKind cg_request_reader_next (CgRequestReader *self, GstRTSPMessage *request);

G_END_DECLS
