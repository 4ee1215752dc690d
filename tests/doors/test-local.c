/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-local-server.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "cg-error.h"
#include "cg-test.h"
#include "door-log.h"

#define MAX_CLIENTS 32 /* as in cg-local-server.c */

typedef struct {
  char *dir;
  char *path;
  CgLocalServer *server;
  GPtrArray *logs; /* (element-type DoorLog) one for each client so far */
  gboolean is_closed;
} Fixture;

static void
log_free (gpointer data)
{
  door_log_clear (data);
  g_free (data);
}

static void
on_client (CgLocalServer *server, CgDoor *door, gpointer user_data)
{
  Fixture *fixture = user_data;
  DoorLog *log = g_new0 (DoorLog, 1);

  door_log_init (log, door);
  g_ptr_array_add (fixture->logs, log);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = cg_test_make_dir ();
  fixture->path = g_build_filename (fixture->dir, "run", "camgate.sock", NULL);
  fixture->logs = g_ptr_array_new_with_free_func (log_free);
  fixture->server = cg_local_server_new (fixture->path);
  g_signal_connect (fixture->server, "client", G_CALLBACK (on_client), fixture);
  cg_local_server_open (fixture->server, &error);
  g_assert_no_error (error);
}

static void
server_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (cg_local_server_close_finish (CG_LOCAL_SERVER (source), result, NULL));
  fixture->is_closed = TRUE;
}

static void
close_server (Fixture *fixture)
{
  cg_local_server_close_async (fixture->server, NULL, server_closed, fixture);
  cg_test_wait_for_flag (&fixture->is_closed, "the server to close");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (!fixture->is_closed)
    close_server (fixture);
  g_ptr_array_unref (fixture->logs);
  g_object_unref (fixture->server);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
}

/* A client that does not block: what it writes and reads goes by the test's own loop. */
static GSocket *
connect_client (Fixture *fixture)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (fixture->path);
  g_autoptr (GError) error = NULL;
  GSocket *client =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_connect (client, address, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (client, FALSE);
  return client;
}

typedef struct {
  Fixture *fixture;
  guint n;
} Expectation;

static gboolean
has_clients (gpointer user_data)
{
  Expectation *expectation = user_data;

  return expectation->fixture->logs->len >= expectation->n;
}

static DoorLog *
wait_for_client (Fixture *fixture, guint n)
{
  Expectation expectation = {fixture, n};

  cg_test_wait_for (has_clients, &expectation, "a client");
  return fixture->logs->pdata[n - 1];
}

static void
client_write (GSocket *client, const char *text, gsize length)
{
  while (length > 0) {
    g_autoptr (GError) error = NULL;
    const gssize n = g_socket_send (client, text, length, NULL, &error);

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      g_main_context_iteration (NULL, FALSE);
      continue;
    }
    g_assert_no_error (error);
    text += n;
    length -= n;
  }
}

static gboolean
is_readable (gpointer user_data)
{
  return g_socket_condition_check (user_data, G_IO_IN) != 0;
}

/* Returns: (nullable): a line without its break, NULL at the end */
static char *
client_read_line (GSocket *client)
{
  GString *line = g_string_new (NULL);

  for (;;) {
    char byte = 0;
    cg_test_wait_for (is_readable, client, "a line for the client");
    const gssize n = g_socket_receive (client, &byte, 1, NULL, NULL);
    if (n <= 0) {
      g_assert_cmpuint (line->len, ==, 0);
      g_string_free (line, TRUE);
      return NULL;
    }
    if (byte == '\n')
      return g_string_free (line, FALSE);
    g_string_append_c (line, byte);
  }
}

static void
send_text (DoorLog *log, const char *text)
{
  g_autoptr (GBytes) message = g_bytes_new (text, strlen (text));

  cg_door_send (log->door, "gw", CG_DOOR_REPLY, message);
}

static void
expect (DoorLog *log, const char *text)
{
  g_autofree char *message = door_log_wait_for_message (log);

  g_assert_cmpstr (message, ==, text);
}

static void
expect_line (GSocket *client, const char *text)
{
  g_autofree char *line = client_read_line (client);

  g_assert_cmpstr (line, ==, text);
}

static void
test_lines_both_ways (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client = connect_client (fixture);
  DoorLog *log = wait_for_client (fixture, 1);
  g_autoptr (GSocket) other = connect_client (fixture);
  DoorLog *other_log = wait_for_client (fixture, 2);

  client_write (client, "{\"a\"", 4);
  for (guint i = 0; i < 3; i++) { /* whatever has come in is looked at in the same rounds */
    client_write (other, "fence\n", 6);
    expect (other_log, "fence");
  }
  g_assert_cmpuint (log->messages.length, ==, 0);
  client_write (client, ":1}\n\r\n\n{2}\r\n{3}\n", 16);
  expect (log, "{\"a\":1}");
  expect (log, "{2}");
  expect (log, "{3}");
  send_text (log, "[1]");
  send_text (log, "[2]");

  expect_line (client, "[1]");
  expect_line (client, "[2]");
  g_assert_cmpuint (log->n_ups, ==, 1);
}

static void
test_clients_do_not_mix (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) one = connect_client (fixture);
  DoorLog *one_log = wait_for_client (fixture, 1);
  g_autoptr (GSocket) other = connect_client (fixture);
  DoorLog *other_log = wait_for_client (fixture, 2);

  client_write (other, "other\n", 6);
  client_write (one, "one\n", 4);
  expect (one_log, "one");
  expect (other_log, "other");
  send_text (other_log, "for other");
  send_text (one_log, "for one");

  expect_line (one, "for one");
  expect_line (other, "for other");
  g_assert_cmpuint (fixture->logs->len, ==, 2);
}

static void
test_long_lines (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client = connect_client (fixture);
  DoorLog *log = wait_for_client (fixture, 1);
  g_autofree char *text = g_strnfill (3 * CG_DOOR_MAX_MESSAGE, 'x');

  client_write (client, text, CG_DOOR_MAX_MESSAGE);
  client_write (client, "\n", 1);
  client_write (client, text, CG_DOOR_MAX_MESSAGE + 1);
  client_write (client, "\n", 1);
  client_write (client, text, 3 * CG_DOOR_MAX_MESSAGE);
  client_write (client, "\nshort\n", 7);

  g_autoptr (GBytes) whole = door_log_wait_for_bytes (log);
  g_autoptr (GBytes) cut = door_log_wait_for_bytes (log);
  g_autoptr (GBytes) cut_too = door_log_wait_for_bytes (log);
  g_assert_cmpuint (g_bytes_get_size (whole), ==, CG_DOOR_MAX_MESSAGE);
  g_assert_cmpuint (g_bytes_get_size (cut), ==, CG_DOOR_CUT_MESSAGE);
  g_assert_cmpuint (g_bytes_get_size (cut_too), ==, CG_DOOR_CUT_MESSAGE);
  expect (log, "short");
}

static void
test_client_hangs_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client = connect_client (fixture);
  DoorLog *log = wait_for_client (fixture, 1);
  door_log_wait_for_up (log);

  g_socket_close (client, NULL);
  door_log_wait_for_down (log);

  g_assert_cmpuint (log->n_downs, ==, 1);
  send_text (log, "nobody reads this");
}

static void
test_half_closed_client_gets_its_reply (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client = connect_client (fixture);
  DoorLog *log = wait_for_client (fixture, 1);

  client_write (client, "last line without break", 23);
  g_socket_shutdown (client, FALSE, TRUE, NULL);
  expect (log, "last line without break");
  send_text (log, "reply");

  expect_line (client, "reply");
  g_assert_true (log->is_up);
  g_socket_close (client, NULL);
  door_log_wait_for_down (log);
}

static void
test_slow_reader_is_dropped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client G_GNUC_UNUSED = connect_client (fixture);
  DoorLog *log = wait_for_client (fixture, 1);
  g_autofree char *text = g_strnfill (64 * 1024, 'x');

  for (guint i = 0; i < 64; i++)
    send_text (log, text);
  door_log_wait_for_down (log);

  g_assert_cmpuint (log->n_downs, ==, 1);
}

/* What a camera makes long is no fault of the client that asked for it. */
static void
test_long_reply_arrives (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client = connect_client (fixture);
  DoorLog *log = wait_for_client (fixture, 1);
  g_autofree char *text = g_strnfill (1100 * 1024, 'x');
  char bytes[16 * 1024];
  gsize left = strlen (text) + strlen ("\nnext\n");

  send_text (log, text);
  send_text (log, "next");
  while (left > 0) {
    cg_test_wait_for (is_readable, client, "more of the reply");
    const gssize n = g_socket_receive (client, bytes, sizeof bytes, NULL, NULL);
    g_assert_cmpint (n, >, 0);
    left -= (gsize)n;
  }

  g_assert_true (log->is_up);
}

static void
test_too_many_clients (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 1; i <= MAX_CLIENTS; i++) {
    g_ptr_array_add (clients, connect_client (fixture));
    wait_for_client (fixture, i);
  }
  g_autoptr (GSocket) surplus = connect_client (fixture);

  g_assert_null (client_read_line (surplus));
  g_assert_cmpuint (fixture->logs->len, ==, MAX_CLIENTS);
  g_socket_close (clients->pdata[0], NULL);
  door_log_wait_for_down (fixture->logs->pdata[0]);
  g_autoptr (GSocket) next G_GNUC_UNUSED = connect_client (fixture);
  wait_for_client (fixture, MAX_CLIENTS + 1);
}

static void
test_close_sends_what_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client = connect_client (fixture);
  DoorLog *log = wait_for_client (fixture, 1);
  g_autofree char *text = g_strnfill (100 * 1024, 'x');
  send_text (log, text);
  send_text (log, "goodbye");

  cg_local_server_close_async (fixture->server, NULL, server_closed, fixture);
  expect_line (client, text);
  expect_line (client, "goodbye");

  g_assert_null (client_read_line (client));
  cg_test_wait_for_flag (&fixture->is_closed, "the server to close");
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_close_does_not_wait_for_a_slow_reader (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client G_GNUC_UNUSED = connect_client (fixture);
  DoorLog *log = wait_for_client (fixture, 1);
  g_autofree char *text = g_strnfill (900 * 1024, 'x');
  const gint64 begin_us = g_get_monotonic_time ();
  send_text (log, text);

  close_server (fixture);

  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 2 * G_USEC_PER_SEC);
}

static void
test_mode (Fixture *fixture, gconstpointer data)
{
  struct stat status;

  g_assert_cmpint (stat (fixture->path, &status), ==, 0);

  g_assert_cmpint (status.st_mode & 0777, ==, 0660);
  g_assert_true (S_ISSOCK (status.st_mode));
}

static void
test_live_socket_is_not_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgLocalServer) second = cg_local_server_new (fixture->path);
  g_autoptr (GError) error = NULL;

  g_assert_false (cg_local_server_open (second, &error));

  g_assert_error (error, CG_ERROR, CG_ERROR_INTERNAL);
  g_assert_nonnull (strstr (error->message, "another camgated"));
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_stale_socket_is_replaced (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "stale.sock", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;
  GSocket *dead =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_socket_bind (dead, address, FALSE, NULL);
  g_object_unref (dead);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  g_autoptr (CgLocalServer) server = cg_local_server_new (path);
  cg_local_server_open (server, &error);

  g_assert_no_error (error);
}

static void
test_other_file_is_not_touched (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = cg_test_write_file (fixture->dir, "precious", "data", 0600);
  g_autoptr (CgLocalServer) server = cg_local_server_new (path);
  g_autoptr (GError) error = NULL;

  g_assert_false (cg_local_server_open (server, &error));

  g_assert_error (error, CG_ERROR, CG_ERROR_INTERNAL);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static void
test_path_too_long (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (120, 'x');
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr (CgLocalServer) server = cg_local_server_new (path);
  g_autoptr (GError) error = NULL;

  g_assert_false (cg_local_server_open (server, &error));

  g_assert_error (error, CG_ERROR, CG_ERROR_INTERNAL);
}

/* The dispatcher may close the door from within a message. */
static void
on_message_close (CgDoor *door, GBytes *message, gpointer user_data)
{
  guint *n_messages = user_data;

  (*n_messages)++;
  cg_door_close_async (door, NULL, NULL, NULL);
}

static void
test_close_from_within_a_message (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client = connect_client (fixture);
  DoorLog *log = wait_for_client (fixture, 1);
  guint n_messages = 0;
  g_signal_connect (log->door, "message", G_CALLBACK (on_message_close), &n_messages);

  client_write (client, "one\ntwo\nthree\n", 14);
  door_log_wait_for_down (log);

  g_assert_cmpuint (n_messages, ==, 1);
}

static guint n_refusals;

static GLogWriterOutput
count_refusals (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") &&
        strstr (fields[i].value, "cannot be taken in") != NULL) {
      n_refusals++;
      return G_LOG_WRITER_HANDLED;
    }
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static gboolean
give_back (gpointer user_data)
{
  setrlimit (RLIMIT_NOFILE, user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
has_client (gpointer user_data)
{
  return ((Fixture *)user_data)->logs->len == 1;
}

/* It waits for better times, and does not spin. */
static void
test_no_descriptors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client = connect_client (fixture);
  struct rlimit usual, none;
  getrlimit (RLIMIT_NOFILE, &usual);
  none = usual;
  none.rlim_cur = (rlim_t)g_socket_get_fd (client);

  setrlimit (RLIMIT_NOFILE, &none);
  g_timeout_add (300, give_back, &usual);
  cg_test_wait_for (has_client, fixture, "the client to be taken in");

  g_assert_cmpuint (n_refusals, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_refusals, NULL, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/local/lines-both-ways", test_lines_both_ways);
  ADD ("/local/clients-do-not-mix", test_clients_do_not_mix);
  ADD ("/local/long-lines", test_long_lines);
  ADD ("/local/client-hangs-up", test_client_hangs_up);
  ADD ("/local/half-closed-client-gets-its-reply", test_half_closed_client_gets_its_reply);
  ADD ("/local/slow-reader-is-dropped", test_slow_reader_is_dropped);
  ADD ("/local/long-reply-arrives", test_long_reply_arrives);
  ADD ("/local/too-many-clients", test_too_many_clients);
  ADD ("/local/close-sends-what-waits", test_close_sends_what_waits);
  ADD ("/local/close-does-not-wait-for-a-slow-reader", test_close_does_not_wait_for_a_slow_reader);
  ADD ("/local/mode", test_mode);
  ADD ("/local/live-socket-is-not-taken", test_live_socket_is_not_taken);
  ADD ("/local/stale-socket-is-replaced", test_stale_socket_is_replaced);
  ADD ("/local/other-file-is-not-touched", test_other_file_is_not_touched);
  ADD ("/local/path-too-long", test_path_too_long);
  ADD ("/local/close-from-within-a-message", test_close_from_within_a_message);
  ADD ("/local/no-descriptors", test_no_descriptors);
  return g_test_run ();
}
