/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "broker.h"

#include <gio/gio.h>
#include <mosquitto.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cg-test.h"

struct _Broker {
  char *dir;
  GSubprocess *process;
  GDataInputStream *log;
  gboolean is_running;
};

/* Nothing listens there now; nobody else asks in the blink of an eye. */
guint16
broker_find_free_port (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, any, FALSE, &error);
  g_assert_no_error (error);
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, &error);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static char *
find_mosquitto (void)
{
  char *path = g_find_program_in_path ("mosquitto");

  return path != NULL ? path : g_strdup ("/usr/sbin/mosquitto");
}

/* A test that fails leaves nothing behind. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
log_line_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Broker *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line =
      g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, &error);

  if (line == NULL)
    return;
  if (strstr (line, " running") != NULL)
    self->is_running = TRUE;
  g_data_input_stream_read_line_async (self->log, G_PRIORITY_DEFAULT, NULL, log_line_read, self);
}

/* @settings: (nullable): in place of a plain listener without login; %s in it is no format */
Broker *
broker_new (guint16 port, const char *settings)
{
  Broker *self = g_new0 (Broker, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *mosquitto = find_mosquitto ();
  self->dir = cg_test_make_dir ();
  g_autofree char *text = g_strdup_printf (
      "%spersistence false\nlog_dest stderr\nlog_type information\nlog_type error\n"
      "listener %u 127.0.0.1\n%s\n",
      geteuid () == 0 ? "user root\n" : "", port,
      settings != NULL ? settings : "allow_anonymous true");
  g_autofree char *path = cg_test_write_file (self->dir, "mosquitto.conf", text, 0600);

  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  self->process = g_subprocess_launcher_spawn (launcher, &error, mosquitto, "-c", path, NULL);
  g_assert_no_error (error);
  self->log = g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
  g_data_input_stream_read_line_async (self->log, G_PRIORITY_DEFAULT, NULL, log_line_read, self);
  cg_test_wait_for_flag (&self->is_running, "mosquitto");
  return self;
}

static gboolean
is_log_at_end (gpointer user_data)
{
  Broker *self = user_data;

  return !g_input_stream_has_pending (G_INPUT_STREAM (self->log));
}

void
broker_kill (Broker *self)
{
  if (self->process == NULL)
    return;
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  cg_test_wait_for (is_log_at_end, self, "the end of mosquitto's log");
  g_clear_object (&self->log);
  g_clear_object (&self->process);
}

static pid_t
get_pid (Broker *self)
{
  return (pid_t)g_ascii_strtoll (g_subprocess_get_identifier (self->process), NULL, 10);
}

/* It does nothing any more when this returns, until it is thawed. */
void
broker_freeze (Broker *self)
{
  siginfo_t stopped;

  g_assert_cmpint (kill (get_pid (self), SIGSTOP), ==, 0);
  g_assert_cmpint (waitid (P_PID, (id_t)get_pid (self), &stopped, WSTOPPED | WNOWAIT), ==, 0);
}

void
broker_thaw (Broker *self)
{
  g_assert_cmpint (kill (get_pid (self), SIGCONT), ==, 0);
}

void
broker_free (Broker *self)
{
  broker_kill (self);
  cg_test_remove_dir (self->dir);
  g_free (self->dir);
  g_free (self);
}

struct _Cloud {
  struct mosquitto *client;
  GAsyncQueue *messages;
  gint is_subscribed; /* atomic */
};

static void
wake_main_loop (void)
{
  g_main_context_wakeup (NULL);
}

static void
on_connect (struct mosquitto *client, void *user_data, int code)
{
  g_assert_cmpint (code, ==, 0);
  mosquitto_subscribe (client, NULL, "messages/#", 2);
}

static void
on_subscribe (struct mosquitto *client, void *user_data, int mid, int n, const int *granted)
{
  Cloud *self = user_data;

  g_atomic_int_set (&self->is_subscribed, TRUE);
  wake_main_loop ();
}

static void
on_message (struct mosquitto *client, void *user_data, const struct mosquitto_message *message)
{
  Cloud *self = user_data;
  CloudMessage *copy = g_new0 (CloudMessage, 1);

  copy->topic = g_strdup (message->topic);
  copy->text = g_strndup (message->payload, message->payloadlen);
  copy->qos = message->qos;
  copy->retained = message->retain;
  copy->at_us = g_get_monotonic_time ();
  g_async_queue_push (self->messages, copy);
  wake_main_loop ();
}

static gboolean
is_cloud_there (gpointer user_data)
{
  Cloud *self = user_data;

  return g_atomic_int_get (&self->is_subscribed);
}

Cloud *
cloud_new (guint16 port, const char *username, const char *password)
{
  Cloud *self = g_new0 (Cloud, 1);

  mosquitto_lib_init ();
  self->messages = g_async_queue_new_full ((GDestroyNotify)cloud_message_free);
  self->client = mosquitto_new (NULL, true, self);
  mosquitto_connect_callback_set (self->client, on_connect);
  mosquitto_subscribe_callback_set (self->client, on_subscribe);
  mosquitto_message_callback_set (self->client, on_message);
  if (username != NULL)
    mosquitto_username_pw_set (self->client, username, password);
  g_assert_cmpint (mosquitto_connect (self->client, "127.0.0.1", port, 60), ==, 0);
  g_assert_cmpint (mosquitto_loop_start (self->client), ==, 0);
  cg_test_wait_for (is_cloud_there, self, "the cloud");
  return self;
}

void
cloud_free (Cloud *self)
{
  mosquitto_disconnect (self->client);
  mosquitto_loop_stop (self->client, false); /* a thread that is cancelled leaks its message */
  mosquitto_destroy (self->client);
  g_async_queue_unref (self->messages);
  g_free (self);
}

void
cloud_publish (Cloud *self, const char *topic, const char *text, gsize length, gboolean retain)
{
  g_assert_cmpint (mosquitto_publish (self->client, NULL, topic, (int)length, text, 1, retain), ==,
                   0);
}

CloudMessage *
cloud_poll_message (Cloud *self)
{
  return g_async_queue_try_pop (self->messages);
}

static gboolean
has_message (gpointer user_data)
{
  Cloud *self = user_data;

  return g_async_queue_length (self->messages) > 0;
}

CloudMessage *
cloud_wait_for_message (Cloud *self)
{
  cg_test_wait_for (has_message, self, "a message to the cloud");
  return cloud_poll_message (self);
}

void
cloud_message_free (CloudMessage *self)
{
  if (self == NULL)
    return;
  g_free (self->topic);
  g_free (self->text);
  g_free (self);
}
