/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  CG_MQTT_UP,      /* text: the server */
  CG_MQTT_DOWN,    /* text: why */
  CG_MQTT_FAILED,  /* a try came to nothing; text: why */
  CG_MQTT_MESSAGE, /* message */
  CG_MQTT_REFUSED, /* message: a reply that the server does not take */
  CG_MQTT_DROPPED, /* a message that nobody is to see; text: why */
  CG_MQTT_ENDED,   /* the thread is at its end */
} CgMqttEvent;

/* Called on the main loop, in the order in which things happened. */
typedef void (*CgMqttListener) (CgMqttEvent event,
                                const char *text,
                                GBytes *message,
                                gpointer user_data);

/* What has happened on the network thread, on its way to the main loop; and the bell by which the
 * main loop wakes the thread. Reference-counted: it outlives both ends. */
typedef struct _CgMqttInbox CgMqttInbox;

CgMqttInbox *cg_mqtt_inbox_new (CgMqttListener listener, gpointer user_data);
void cg_mqtt_inbox_unref (CgMqttInbox *self);
void cg_mqtt_inbox_detach (CgMqttInbox *self);

void cg_mqtt_inbox_post (CgMqttInbox *self, CgMqttEvent event, const char *text, GBytes *message);
gboolean cg_mqtt_inbox_is_full (CgMqttInbox *self);

int cg_mqtt_inbox_get_bell (CgMqttInbox *self);
void cg_mqtt_inbox_ring (CgMqttInbox *self);
void cg_mqtt_inbox_hush (CgMqttInbox *self);

G_END_DECLS
