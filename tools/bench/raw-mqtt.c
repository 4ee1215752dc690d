/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "raw-mqtt.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* MQTT 3.1.1, 2.2: kind and flags of the packets that are used. */
#define CONNECT 0x10
#define CONNACK 0x20
#define PUBLISH 0x30
#define PUBLISH_QOS1 0x32
#define SUBSCRIBE 0x82
#define SUBACK 0x90

/* Longer messages are nobody's. */
#define MAX_PACKET (1024 * 1024)

static void
add_text (GByteArray *body, const char *text)
{
  const gsize length = strlen (text);
  const guint8 head[] = {(guint8)(length >> 8), (guint8)length};

  g_byte_array_append (body, head, sizeof head);
  g_byte_array_append (body, (const guint8 *)text, (guint)length);
}

/* Takes @body. */
static gboolean
send_packet (int fd, guint8 kind, GByteArray *body)
{
  guint8 head[5] = {kind};
  guint n = 1;

  for (guint left = body->len; n == 1 || left > 0; left /= 128)
    head[n++] = (guint8)(left % 128 + (left >= 128 ? 128 : 0));
  g_byte_array_prepend (body, head, n);
  const gboolean is_sent = send (fd, body->data, body->len, MSG_NOSIGNAL) == (gssize)body->len;
  g_byte_array_unref (body);
  return is_sent;
}

/* Body of the next packet, with a zero behind it. (transfer full) (nullable) */
static GByteArray *
read_packet (int fd, guint8 *kind)
{
  guint8 digit;
  guint length = 0, shift = 0;

  if (recv (fd, kind, 1, MSG_WAITALL) != 1)
    return NULL;
  do {
    if (recv (fd, &digit, 1, MSG_WAITALL) != 1)
      return NULL;
    length |= (digit & 127u) << shift;
    shift += 7;
  } while (digit >= 128 && shift < 28);
  if (length > MAX_PACKET)
    return NULL;
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_byte_array_set_size (body, length + 1);
  body->data[length] = 0;
  if (length > 0 && recv (fd, body->data, length, MSG_WAITALL) != (gssize)length)
    return NULL;
  return g_steal_pointer (&body);
}

static gboolean
expect (int fd, guint8 wanted)
{
  guint8 kind = 0;

  do {
    g_autoptr (GByteArray) body = read_packet (fd, &kind);

    if (body == NULL)
      return FALSE;
    if (kind == CONNACK)
      return body->data[1] == 0;
  } while (kind != wanted);
  return TRUE;
}

static gboolean
log_in (int fd, const char *user, const char *password)
{
  static const guint8 flags_and_keep_alive[] = {4, 0xc2, 0, 0};
  GByteArray *body = g_byte_array_new ();

  add_text (body, "MQTT");
  g_byte_array_append (body, flags_and_keep_alive, sizeof flags_and_keep_alive);
  add_text (body, "raw-client");
  add_text (body, user);
  add_text (body, password);
  return send_packet (fd, CONNECT, body) && expect (fd, CONNACK);
}

/**
 * raw_mqtt_open:
 * @port: of a broker on this machine
 * @user: who
 * @password: with what
 *
 * Returns: a connection; -1: none
 */
int
raw_mqtt_open (guint16 port, const char *user, const char *password)
{
  const struct sockaddr_in peer = {
      .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect (fd, (const struct sockaddr *)&peer, sizeof peer) == 0 && log_in (fd, user, password))
    return fd;
  close (fd);
  return -1;
}

/**
 * raw_mqtt_subscribe:
 * @fd: a connection
 * @topic: what is wanted, at most once
 *
 * Returns: whether the broker has answered
 */
gboolean
raw_mqtt_subscribe (int fd, const char *topic)
{
  static const guint8 number[] = {0, 1}, qos[] = {0};
  GByteArray *body = g_byte_array_new ();

  g_byte_array_append (body, number, sizeof number);
  add_text (body, topic);
  g_byte_array_append (body, qos, sizeof qos);
  return send_packet (fd, SUBSCRIBE, body) && expect (fd, SUBACK);
}

/**
 * raw_mqtt_publish:
 * @fd: a connection
 * @topic: where
 * @text: what, at least once; nobody waits for the acknowledgement
 *
 * Returns: whether it has gone
 */
gboolean
raw_mqtt_publish (int fd, const char *topic, const char *text)
{
  static const guint8 number[] = {0, 2};
  GByteArray *body = g_byte_array_new ();

  add_text (body, topic);
  g_byte_array_append (body, number, sizeof number);
  g_byte_array_append (body, (const guint8 *)text, (guint)strlen (text));
  return send_packet (fd, PUBLISH_QOS1, body);
}

/**
 * raw_mqtt_wait:
 * @fd: a connection
 * @word: what the message has in it that is waited for
 *
 * Returns: (transfer full) (nullable): the message
 */
char *
raw_mqtt_wait (int fd, const char *word)
{
  for (;;) {
    guint8 kind = 0;
    g_autoptr (GByteArray) body = read_packet (fd, &kind);

    if (body == NULL)
      return NULL;
    if ((kind & 0xf0) != PUBLISH || body->len < 3)
      continue;
    const guint start = 2u + body->data[0] * 256u + body->data[1];
    if (start < body->len && strstr ((const char *)body->data + start, word) != NULL)
      return g_strdup ((const char *)body->data + start);
  }
}
