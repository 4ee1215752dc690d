/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a server does that does not simply serve the file. */
typedef enum {
  SHOP_GOOD,
  SHOP_CUTS_ONCE,   /* breaks off in the middle of its first answer */
  SHOP_DRIPS,       /* breaks off after each tenth of it */
  SHOP_BEGINS_ANEW, /* breaks off in the middle, and knows no ranges */
  SHOP_CUTS,        /* breaks off before the first byte, always */
  SHOP_STATUS,      /* answers with `status` */
  SHOP_OTHER_PART,
  SHOP_IGNORES_RANGE,
  SHOP_NO_LENGTH,
  SHOP_FIFTHS, /* without a length, at the n-th request n fifths: breaks between two chunks */
  SHOP_TELLS_TOO_MUCH, /* a length beyond all limits */
  SHOP_SENDS_TOO_MUCH, /* without a length, more than anybody takes */
  SHOP_LITTLE,         /* sends some bytes, and keeps the connection */
  SHOP_LITTLE_HEAD,    /* of its header */
} ShopManner;

/**
 * Shop:
 * @manner: set it before a request
 * @status: for %SHOP_STATUS
 * @content: what the file is
 * @length: of it
 * @starts: (element-type guint): at which byte each request began
 * @certificate: (nullable): of an https server
 *
 * A server of firmware on loopback, in threads of its own.
 */
typedef struct {
  GSocketService *service;
  guint16 port;
  ShopManner manner;
  guint status;
  const char *content;
  gsize length;
  GMutex lock;
  GArray *starts;
  GTlsCertificate *certificate;
} Shop;

void shop_open (Shop *self, const char *content, gsize length);
void shop_close (Shop *self);
char *shop_make_uri (Shop *self, const char *host);
guint shop_count (Shop *self);
guint shop_get_start (Shop *self, guint number);
void shop_forget (Shop *self);

G_END_DECLS
