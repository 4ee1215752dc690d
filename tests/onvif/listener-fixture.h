/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-onvif-listener.h"

G_BEGIN_DECLS

/* A listener, and what it has heard. */
typedef struct {
  CgOnvifListener *listener;
  const char *endpoint; /* of the one camera that announces itself */
  guint n_hello;
  guint n_bye;
  char *address; /* (nullable) as it was told last */
} ListenerFixture;

/* @place: an interface or an own address */
void listener_fixture_init (ListenerFixture *self, const char *place, guint16 port);
void listener_fixture_clear (ListenerFixture *self);
/* Returns when it has heard one hello and one goodbye. */
void listener_fixture_await_both (ListenerFixture *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ListenerFixture, listener_fixture_clear)

G_END_DECLS
