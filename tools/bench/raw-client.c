/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peer of tools/bench/onvif: what the bare round trip to a camera takes, and to camgated's
 * door, without anything of ours in between. Reads commands, one a line, fields parted by tabs, and
 * answers each with a line; all times are microseconds of the monotonic clock. */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "raw-mqtt.h"

#define ECHO_TOPIC "bench/echo"

/* No camera that is measured takes so long. */
#define SOCKET_TIMEOUT_S 20

/* One request of a script. */
typedef struct {
  char *path;
  char *body;
} Request;

typedef struct {
  char *user;
  char *password;
  GHashTable *scripts; /* file name → GPtrArray of Request */
  GHashTable *doors;   /* socket path → FILE */
  int broker;          /* 0: none yet */
} Client;

/* A camera's digest challenge, and how often it was answered. */
typedef struct {
  char *realm;
  char *nonce;
  guint count;
} Challenge;

static void
challenge_clear (Challenge *self)
{
  g_free (self->realm);
  g_free (self->nonce);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Challenge, challenge_clear)

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->path);
  g_free (self->body);
  g_free (self);
}

G_NORETURN static void
fail (const char *what)
{
  g_printerr ("raw-client: %s: %s\n", what, g_strerror (errno));
  exit (EXIT_FAILURE);
}

static void
set_timeout (int fd)
{
  const struct timeval timeout = {.tv_sec = SOCKET_TIMEOUT_S};

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

/* @address: host:port, numeric. */
static int
connect_to (const char *address)
{
  g_auto (GStrv) parts = g_strsplit (address, ":", 2);
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons ((guint16)atoi (parts[1]))};
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;

  inet_pton (AF_INET, parts[0], &peer.sin_addr);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_timeout (fd);
  if (connect (fd, (struct sockaddr *)&peer, sizeof peer) != 0)
    fail (address);
  return fd;
}

static void
send_all (int fd, const char *text)
{
  gsize left = strlen (text);

  while (left > 0) {
    const gssize n = send (fd, text, left, MSG_NOSIGNAL);

    if (n <= 0)
      fail ("send");
    text += n;
    left -= (gsize)n;
  }
}

/* Reads one answer with a Content-Length; returns its head. */
static char *
receive (int fd)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[16384];
  const char *end = NULL;
  gsize wanted = G_MAXSIZE;

  while (end == NULL || text->len < wanted) {
    const gssize n = recv (fd, buffer, sizeof buffer, 0);

    if (n <= 0)
      fail ("receive");
    g_string_append_len (text, buffer, n);
    end = strstr (text->str, "\r\n\r\n");
    const char *length = end != NULL ? strcasestr (text->str, "\r\nContent-Length:") : NULL;
    if (end != NULL)
      wanted = (gsize)(end + 4 - text->str) +
               (length != NULL ? strtoul (length + strlen ("\r\nContent-Length:"), NULL, 10) : 0);
  }
  return g_strndup (text->str, (gsize)(end - text->str));
}

static char *
get_quoted (const char *head, const char *name)
{
  g_autofree char *start = g_strdup_printf ("%s=\"", name);
  const char *at = strstr (head, start);

  if (at == NULL)
    return g_strdup ("");
  at += strlen (start);
  return g_strndup (at, strcspn (at, "\""));
}

static char *
md5 (char *text)
{
  char *hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);

  g_free (text);
  return hash;
}

/* The Authorization header for the next request (RFC 7616); empty without a challenge. */
static char *
answer_challenge (const Client *client, Challenge *challenge, const char *path)
{
  if (*challenge->nonce == '\0')
    return g_strdup ("");
  const guint count = ++challenge->count;
  g_autofree char *ha1 =
      md5 (g_strdup_printf ("%s:%s:%s", client->user, challenge->realm, client->password));
  g_autofree char *ha2 = md5 (g_strdup_printf ("POST:%s", path));
  g_autofree char *response =
      md5 (g_strdup_printf ("%s:%s:%08x:0a4f113b:auth:%s", ha1, challenge->nonce, count, ha2));

  return g_strdup_printf ("Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", "
                          "uri=\"%s\", qop=auth, nc=%08x, cnonce=\"0a4f113b\", response=\"%s\", "
                          "algorithm=MD5\r\n",
                          client->user, challenge->realm, challenge->nonce, path, count, response);
}

static char *
make_text (const Client *client, Challenge *challenge, const Request *request)
{
  g_autofree char *authorization = answer_challenge (client, challenge, request->path);

  return g_strdup_printf ("POST %s HTTP/1.1\r\nHost: camera\r\nUser-Agent: raw\r\n"
                          "Connection: keep-alive\r\n"
                          "Content-Type: application/soap+xml; charset=utf-8\r\n"
                          "Content-Length: %zu\r\n%s\r\n%s",
                          request->path, strlen (request->body), authorization, request->body);
}

/* What the camera wants to be answered, if it wants anything; nothing of it is timed. */
static void
get_challenge (const Client *client,
               const char *address,
               const Request *request,
               Challenge *challenge)
{
  Challenge none = {.realm = (char *)"", .nonce = (char *)""};
  const int fd = connect_to (address);
  g_autofree char *text = make_text (client, &none, request);

  send_all (fd, text);
  g_autofree char *head = receive (fd);
  close (fd);
  challenge->realm = get_quoted (head, "realm");
  challenge->nonce = get_quoted (head, "nonce");
  challenge->count = 0;
}

/* Lines of path, tab, file with the body. */
static GPtrArray *
get_script (Client *client, const char *name)
{
  GPtrArray *script = g_hash_table_lookup (client->scripts, name);
  g_autofree char *text = NULL;

  if (script != NULL)
    return script;
  if (!g_file_get_contents (name, &text, NULL, NULL))
    fail (name);
  script = g_ptr_array_new_with_free_func (request_free);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) fields = g_strsplit (*line, "\t", 2);
    Request *request = g_new0 (Request, 1);

    request->path = g_strdup (fields[0]);
    if (!g_file_get_contents (fields[1], &request->body, NULL, NULL))
      fail (fields[1]);
    g_ptr_array_add (script, request);
  }
  g_hash_table_insert (client->scripts, g_strdup (name), script);
  return script;
}

/* post SCRIPT ADDRESS: connects and posts the script's first request. */
static void
run_post (Client *client, char **words)
{
  const Request *request = g_ptr_array_index (get_script (client, words[1]), 0);
  g_auto (Challenge) challenge = {0};

  get_challenge (client, words[2], request, &challenge);
  g_autofree char *text = make_text (client, &challenge, request);
  const gint64 sent_us = g_get_monotonic_time ();
  const int fd = connect_to (words[2]);
  send_all (fd, text);
  g_autofree char *head = receive (fd);
  const gint64 done_us = g_get_monotonic_time ();
  close (fd);
  printf ("%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%.12s\n", sent_us, done_us, head);
}

/* One camera of a `contacts`. */
typedef struct {
  const Client *client;
  const GPtrArray *script;
  const char *address;
  GPtrArray *texts; /* (element-type utf8) */
  gint64 done_us;
} Contact;

static gpointer
contact_in_thread (gpointer data)
{
  Contact *self = data;
  const int fd = connect_to (self->address);

  for (guint i = 0; i < self->texts->len; i++) {
    send_all (fd, g_ptr_array_index (self->texts, i));
    g_free (receive (fd));
  }
  self->done_us = g_get_monotonic_time ();
  close (fd);
  return NULL;
}

static void
prepare_contact (Contact *self)
{
  g_auto (Challenge) challenge = {0};

  self->texts = g_ptr_array_new_with_free_func (g_free);
  get_challenge (self->client, self->address,
                 g_ptr_array_index (self->script, self->script->len - 1), &challenge);
  for (guint i = 0; i < self->script->len; i++)
    g_ptr_array_add (self->texts,
                     make_text (self->client, &challenge, g_ptr_array_index (self->script, i)));
}

/* contacts SCRIPT ADDRESS…: the whole script to all cameras at once, a connection each. */
static void
run_contacts (Client *client, char **words)
{
  const guint n = g_strv_length (words) - 2;
  g_autofree Contact *contacts = g_new0 (Contact, n);
  g_autofree GThread **threads = g_new0 (GThread *, n);

  for (guint i = 0; i < n; i++) {
    contacts[i] = (Contact){
        .client = client, .script = get_script (client, words[1]), .address = words[i + 2]};
    prepare_contact (&contacts[i]);
  }
  const gint64 sent_us = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    threads[i] = g_thread_new ("contact", contact_in_thread, &contacts[i]);
  printf ("%" G_GINT64_FORMAT, sent_us);
  for (guint i = 0; i < n; i++) {
    g_thread_join (threads[i]);
    printf ("\t%" G_GINT64_FORMAT, contacts[i].done_us);
    g_ptr_array_unref (contacts[i].texts);
  }
  printf ("\n");
}

static void
close_door (gpointer data)
{
  fclose (data);
}

static FILE *
get_door (Client *client, const char *path)
{
  FILE *door = g_hash_table_lookup (client->doors, path);
  struct sockaddr_un address = {.sun_family = AF_UNIX};

  if (door != NULL)
    return door;
  const int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  set_timeout (fd);
  if (connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    fail (path);
  door = fdopen (fd, "r");
  g_hash_table_insert (client->doors, g_strdup (path), door);
  return door;
}

/* tell SOCKET MESSAGE: to camgated's local socket; nobody waits for the reply. */
static void
run_tell (Client *client, char **words)
{
  g_autofree char *line = g_strconcat (words[2], "\n", NULL);

  send_all (fileno (get_door (client, words[1])), line);
  printf ("told\n");
}

/* ask SOCKET MESSAGE WORD: until the reply that has this word. */
static void
run_ask (Client *client, char **words)
{
  FILE *door = get_door (client, words[1]);
  g_autofree char *line = g_strconcat (words[2], "\n", NULL);
  char *answer = NULL;
  size_t size = 0;

  const gint64 sent_us = g_get_monotonic_time ();
  send_all (fileno (door), line);
  do {
    if (getline (&answer, &size, door) <= 0)
      fail (words[1]);
  } while (strstr (answer, words[3]) == NULL);
  const gint64 done_us = g_get_monotonic_time ();
  printf ("%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s", sent_us, done_us, answer);
  free (answer);
}

/* burst SOCKET WORD MESSAGE…: all at once, until each has got its reply, which has this word. */
static void
run_burst (Client *client, char **words)
{
  FILE *door = get_door (client, words[1]);
  g_autofree char *lines = g_strjoinv ("\n", words + 3);
  g_autofree char *text = g_strconcat (lines, "\n", NULL);
  char *answer = NULL;
  size_t size = 0;

  const gint64 sent_us = g_get_monotonic_time ();
  send_all (fileno (door), text);
  printf ("%" G_GINT64_FORMAT, sent_us);
  for (guint left = g_strv_length (words + 3); left > 0;) {
    if (getline (&answer, &size, door) <= 0)
      fail (words[1]);
    if (strstr (answer, words[2]) == NULL)
      continue;
    printf ("\t%" G_GINT64_FORMAT, g_get_monotonic_time ());
    left--;
  }
  printf ("\n");
  free (answer);
}

static void
run_login (Client *client, char **words)
{
  client->user = g_strdup (words[1]);
  client->password = g_strdup (words[2]);
  printf ("ready\n");
}

/* cloud PORT USER PASSWORD: opens the other end of the contract. */
static void
run_cloud (Client *client, char **words)
{
  client->broker = raw_mqtt_open ((guint16)atoi (words[1]), words[2], words[3]);
  if (client->broker < 0 || !raw_mqtt_subscribe (client->broker, "messages/#") ||
      !raw_mqtt_subscribe (client->broker, ECHO_TOPIC))
    fail ("broker");
  set_timeout (client->broker);
  printf ("ready\n");
}

/* throw TOPIC MESSAGE: to the broker; nobody waits for the reply. */
static void
run_throw (Client *client, char **words)
{
  if (!raw_mqtt_publish (client->broker, words[1], words[2]))
    fail ("publish");
  printf ("thrown\n");
}

/* publish TOPIC MESSAGE WORD: until the reply that has this word. With the topic `echo` the broker
 * itself brings the message back. */
static void
run_publish (Client *client, char **words)
{
  const char *topic = g_str_equal (words[1], "echo") ? ECHO_TOPIC : words[1];
  const gint64 sent_us = g_get_monotonic_time ();

  if (!raw_mqtt_publish (client->broker, topic, words[2]))
    fail ("publish");
  g_autofree char *reply = raw_mqtt_wait (client->broker, words[3]);
  const gint64 done_us = g_get_monotonic_time ();
  if (reply == NULL)
    fail ("reply");
  printf ("%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s\n", sent_us, done_us, reply);
}

static const struct {
  const char *name;
  guint min_words;
  void (*run) (Client *client, char **words);
} commands[] = {
    {"login", 3, run_login}, {"post", 3, run_post},   {"contacts", 3, run_contacts},
    {"burst", 4, run_burst}, {"tell", 3, run_tell},   {"ask", 4, run_ask},
    {"cloud", 4, run_cloud}, {"throw", 3, run_throw}, {"publish", 4, run_publish},
};

static void
run_line (Client *client, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, "\t", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (!g_str_equal (commands[i].name, words[0]) || g_strv_length (words) < commands[i].min_words)
      continue;
    commands[i].run (client, words);
    fflush (stdout);
    return;
  }
  g_printerr ("raw-client: no command: %s\n", words[0]);
  exit (EXIT_FAILURE);
}

int
main (void)
{
  Client client = {
      .scripts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify)g_ptr_array_unref),
      .doors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, close_door),
  };
  char *line = NULL;
  size_t size = 0;

  while (getline (&line, &size, stdin) > 0)
    run_line (&client, g_strchomp (line));
  free (line);
  g_hash_table_unref (client.scripts);
  g_hash_table_unref (client.doors);
  g_free (client.user);
  g_free (client.password);
  return EXIT_SUCCESS;
}
