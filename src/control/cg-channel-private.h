/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-channel.h"
#include "cg-duplicates.h"
#include "cg-late-events.h"
#include "cg-registrar.h"

G_BEGIN_DECLS

/* What cg-channel.c (the link, and what is told unasked) and cg-channel-requests.c (what is asked,
 * and its answers) share. */
struct _CgChannel {
  GObject parent_instance;

  CgDispatcher *dispatcher; /* (owned) */
  char *name;               /* (owned): unlike that of any other channel */
  CgChannelKind kind;
  CgRegistrar *registrar;   /* (owned) (nullable): of a cloud */
  CgDuplicates *duplicates; /* (owned) (nullable): of a cloud: nothing comes twice by a socket */
  CgLateEvents *late;       /* (owned): of a cloud */
  GHashTable *asked;        /* (owned) (element-type utf8): local: dids whose events it hears */
  guint received;
  guint sent;
  gboolean is_owner; /* local: may read our files anyway */
  gboolean link_up;
  gboolean tracing;
  gboolean closed;
};

const char *cg_channel_get_gateway (CgChannel *self);
void cg_channel_send (CgChannel *self, const char *did, CgMessageKind kind, GBytes *message);
void cg_channel_start_trace (CgChannel *self);

G_END_DECLS
