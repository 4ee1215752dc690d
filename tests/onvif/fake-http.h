/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A request as read from the wire. */
typedef struct {
  char *target;
  char *host;
  char *content_type;
  char *authorization;
  char *body;
} FakeHttp;

gboolean fake_http_read (GDataInputStream *input, GCancellable *quit, FakeHttp *self);
void fake_http_clear (FakeHttp *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FakeHttp, fake_http_clear)

G_END_DECLS
