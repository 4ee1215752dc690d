/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-push.h"
#include "fake-rtmp.h"

G_BEGIN_DECLS

/* A hub, a media server, one push between them, and what the push has said. */
typedef struct {
  CgClock *clock;
  CgHub *hub;
  guint input;
  FakeRtmp *fake; /* (nullable) the server */
  char *url;      /* (nullable) live/cam there */
  CgPush *push;
  guint published;
  guint failed;
  GError *error;
  gboolean stopped;
} PushFixture;

/* Without a server. */
void push_fixture_init (PushFixture *self);
void push_fixture_open (PushFixture *self, FakeRtmpMode mode);
/* With the certificate of media_certificate_new(). */
void push_fixture_open_tls (PushFixture *self, FakeRtmpMode mode);
void push_fixture_clear (PushFixture *self);

/* From here on the server's address has this in it: "user:password@". */
void push_fixture_set_login (PushFixture *self, const char *login);
/* Pictures in groups of ten. */
void push_fixture_feed (PushFixture *self, guint first, guint count, gsize size);
/* What is not given: to the server, with time-outs of five seconds. */
void push_fixture_start_options (PushFixture *self, CgPushOptions options);
void push_fixture_start (PushFixture *self);
/* Returns when the server has taken it, or not. */
void push_fixture_wait (PushFixture *self);
/* Begins with so many small pictures, and waits. */
void push_fixture_publish (PushFixture *self, guint pictures);
/* Returns when it has stopped. */
void push_fixture_stop (PushFixture *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PushFixture, push_fixture_clear)

G_END_DECLS
