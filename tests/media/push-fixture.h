/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-push.h"

G_BEGIN_DECLS

/* A hub, one push of it, and what the push has said. */
typedef struct {
  CgClock *clock;
  CgHub *hub;
  guint input;
  CgPush *push;
  guint published;
  guint failed;
  GError *error;
  gboolean stopped;
} PushFixture;

void push_fixture_init (PushFixture *self);
void push_fixture_clear (PushFixture *self);
void push_fixture_start (PushFixture *self,
                         const char *url,
                         guint connect_timeout_ms,
                         guint stall_timeout_ms);
/* Begins with a group of so many small pictures. Returns when the server has taken it, or not. */
void push_fixture_publish (PushFixture *self, const char *url, guint pictures);
/* Returns when it has stopped. */
void push_fixture_stop (PushFixture *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PushFixture, push_fixture_clear)

G_END_DECLS
