/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-dispatcher.h"

G_BEGIN_DECLS

/**
 * CgChannelKind:
 * @CG_CHANNEL_CLOUD: a door to a cloud: it has registrations, and hears events of whoever is
 *   registered; its link is down at first
 * @CG_CHANNEL_LOCAL: one client of the local socket: a message without did is the gateway's, and it
 *   hears events of whom it has asked something; its link is up at first
 */
typedef enum {
  CG_CHANNEL_CLOUD,
  CG_CHANNEL_LOCAL,
} CgChannelKind;

/* What a message is to the door: how it is sent, and what goes first when a queue is full. */
typedef enum {
  CG_MESSAGE_KIND_REPLY,
  CG_MESSAGE_KIND_EVENT,
  CG_MESSAGE_KIND_STREAM,
  CG_MESSAGE_KIND_REGISTER,
} CgMessageKind;

/**
 * CgChannelFigures:
 * @queued: messages that the other end has not got yet
 * @dropped: messages that were given up because too many waited
 * @server: (nullable): where the door is connected to
 * @trouble: (nullable): why it is not connected
 *
 * What a door knows of itself. Texts are only lent.
 */
typedef struct {
  guint queued;
  guint64 dropped;
  const char *server;
  const char *trouble;
} CgChannelFigures;

#define CG_TYPE_CHANNEL (cg_channel_get_type ())
G_DECLARE_FINAL_TYPE (CgChannel, cg_channel, CG, CHANNEL, GObject)

/*
 * Control's end of one door, or of one client of the local socket.
 *
 * Signal "send" (const char *did, guint kind, GBytes *message): goes out; `kind` is a CgMessageKind
 * and the message is one line without its newline.
 * Signal "describe" (CgChannelFigures *figures): fill in what the door knows of itself, for
 * `status`.
 * Signal "registered" (const char *did): a cloud takes what that did tells, from now on or still.
 */

CgChannel *cg_channel_new (CgDispatcher *dispatcher, const char *name, CgChannelKind kind);
void cg_channel_close (CgChannel *self);
void cg_channel_restart (CgChannel *self);

void cg_channel_set_owner (CgChannel *self, gboolean is_owner);
void cg_channel_receive (CgChannel *self, GBytes *message);
void cg_channel_set_link (CgChannel *self, gboolean up);
void cg_channel_refuse_reply (CgChannel *self, GBytes *reply);
gboolean cg_channel_is_open_to (CgChannel *self, const char *did);
void
cg_channel_send_stream (CgChannel *self, const char *did, const char *stream, JsonObject *data);

G_END_DECLS
