/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peer of tools/bench/messages: a bridge that does nothing but answer. What comes on
 * echo-actions/DID goes back on echo-messages/DID as it came, straight from libmosquitto's own
 * loop.
 *
 *   echo-client PORT USER PASSWORD */
#include <glib.h>
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACTIONS "echo-actions/"
#define MESSAGES "echo-messages/"

static void
on_connect (struct mosquitto *client, void *user_data, int code)
{
  if (code == 0)
    mosquitto_subscribe (client, NULL, ACTIONS "#", 1);
}

static void
on_subscribe (struct mosquitto *client, void *user_data, int mid, int n, const int *granted)
{
  printf ("ready\n");
  fflush (stdout);
}

static void
on_message (struct mosquitto *client, void *user_data, const struct mosquitto_message *message)
{
  g_autofree char *topic = g_strconcat (MESSAGES, message->topic + strlen (ACTIONS), NULL);

  mosquitto_publish (client, NULL, topic, message->payloadlen, message->payload, 1, false);
}

int
main (int argc, char **argv)
{
  struct mosquitto *client;

  if (argc != 4) {
    g_printerr ("usage: echo-client PORT USER PASSWORD\n");
    return 64;
  }
  mosquitto_lib_init ();
  client = mosquitto_new (NULL, true, NULL);
  mosquitto_connect_callback_set (client, on_connect);
  mosquitto_subscribe_callback_set (client, on_subscribe);
  mosquitto_message_callback_set (client, on_message);
  mosquitto_username_pw_set (client, argv[2], argv[3]);
  mosquitto_max_inflight_messages_set (client, 0);
  mosquitto_int_option (client, MOSQ_OPT_TCP_NODELAY, 1);
  if (mosquitto_connect (client, "127.0.0.1", atoi (argv[1]), 60) != MOSQ_ERR_SUCCESS)
    return EXIT_FAILURE;
  return mosquitto_loop_forever (client, -1, 1) == MOSQ_ERR_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}
