/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A real mosquitto on a port of its own, for as long as a test needs it. */
typedef struct _Broker Broker;

guint16 broker_find_free_port (void);

Broker *broker_new (guint16 port, const char *settings);
void broker_free (Broker *self);
void broker_kill (Broker *self);
void broker_freeze (Broker *self);
void broker_thaw (Broker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Broker, broker_free)

/* The cloud's end: another client of the broker, which records what it gets. */
typedef struct _Cloud Cloud;

typedef struct {
  char *topic;
  char *text;
  int qos;
  gboolean retained;
  gint64 at_us;
} CloudMessage;

Cloud *cloud_new (guint16 port, const char *username, const char *password);
void cloud_free (Cloud *self);
void
cloud_publish (Cloud *self, const char *topic, const char *text, gsize length, gboolean retain);
CloudMessage *cloud_wait_for_message (Cloud *self);
CloudMessage *cloud_poll_message (Cloud *self);
void cloud_message_free (CloudMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Cloud, cloud_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CloudMessage, cloud_message_free)

G_END_DECLS
