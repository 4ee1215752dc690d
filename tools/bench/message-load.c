/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cloud of tools/bench/messages: sends actions at a steady rate and counts what comes back.
 *
 *   message-load PORT USER PASSWORD REPLIES FILE RATE SECONDS WAIT
 *
 * FILE has one action a line: topic, tab, message with @MID@ where its mid belongs. REPLIES is the
 * topic that is listened to; after the last action replies are awaited for WAIT seconds at most.
 * Prints one JSON object. */
#include <glib.h>
#include <math.h>
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MID_MARK "@MID@"
#define MID_START "\"mid\":\"L"
#define CODE_START "\"code\":"
#define MS_PER_S 1000.0

typedef struct {
  char *topic;
  char **parts; /* before and behind the mid */
} Template;

typedef struct {
  gint64 sent_us;
  gint64 done_us; /* 0: not answered */
} Exchange;

typedef struct {
  GMutex mutex;
  GCond changed;
  struct mosquitto *client;
  const char *replies;
  GPtrArray *templates; /* (element-type Template) */
  gboolean is_listening;
  Exchange *exchanges;
  guint n_sent;
  guint n_answered;
  guint n_doubled;
  gint64 late_us; /* the longest that an action was sent too late */
  guint n_errors; /* answered with another code than 0 */
  char *error;    /* (nullable): the first of them */
} Load;

G_NORETURN static void
fail (const char *what, int code)
{
  g_printerr ("message-load: %s: %s\n", what, mosquitto_strerror (code));
  exit (EXIT_FAILURE);
}

static void
on_connect (struct mosquitto *client, void *user_data, int code)
{
  Load *self = user_data;

  if (code != 0)
    fail ("the broker refuses us", code);
  mosquitto_subscribe (client, NULL, self->replies, 1);
}

static void
on_subscribe (struct mosquitto *client, void *user_data, int mid, int n, const int *granted)
{
  Load *self = user_data;

  g_mutex_lock (&self->mutex);
  self->is_listening = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static void
count_reply (Load *self, guint number, const char *text)
{
  Exchange *exchange = &self->exchanges[number];
  const char *code = strstr (text, CODE_START);

  if (exchange->done_us != 0) {
    self->n_doubled++;
    return;
  }
  exchange->done_us = g_get_monotonic_time ();
  self->n_answered++;
  if (code == NULL || code[strlen (CODE_START)] == '0')
    return;
  self->n_errors++;
  if (self->error == NULL)
    self->error = g_strdup (text);
}

static void
on_message (struct mosquitto *client, void *user_data, const struct mosquitto_message *message)
{
  Load *self = user_data;
  g_autofree char *text = g_strndup (message->payload, (gsize)message->payloadlen);
  const char *mid = strstr (text, MID_START);
  guint64 number;

  if (mid == NULL)
    return; /* an event, a stream, a registration */
  number = g_ascii_strtoull (mid + strlen (MID_START), NULL, 10);
  g_mutex_lock (&self->mutex);
  if (number < self->n_sent)
    count_reply (self, (guint)number, text);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static void
template_free (gpointer data)
{
  Template *self = data;

  g_free (self->topic);
  g_strfreev (self->parts);
  g_free (self);
}

static void
read_templates (Load *self, const char *file)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (file, &text, NULL, NULL))
    fail (file, MOSQ_ERR_ERRNO);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  self->templates = g_ptr_array_new_with_free_func (template_free);
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) fields = g_strsplit (*line, "\t", 2);
    Template *template = g_new0 (Template, 1);

    template->topic = g_strdup (fields[0]);
    template->parts = g_strsplit (fields[1], MID_MARK, 2);
    g_ptr_array_add (self->templates, template);
  }
}

static void
load_clear (Load *self)
{
  mosquitto_destroy (self->client);
  mosquitto_lib_cleanup ();
  g_ptr_array_unref (self->templates);
  g_free (self->exchanges);
  g_free (self->error);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
}

static void
open_client (Load *self, const char *port, const char *user, const char *password)
{
  int code;

  mosquitto_lib_init ();
  self->client = mosquitto_new (NULL, true, self);
  mosquitto_connect_callback_set (self->client, on_connect);
  mosquitto_subscribe_callback_set (self->client, on_subscribe);
  mosquitto_message_callback_set (self->client, on_message);
  mosquitto_username_pw_set (self->client, user, password);
  mosquitto_max_inflight_messages_set (self->client, 0);
  mosquitto_int_option (self->client, MOSQ_OPT_TCP_NODELAY, 1);
  code = mosquitto_connect (self->client, "127.0.0.1", atoi (port), 60);
  if (code != MOSQ_ERR_SUCCESS)
    fail ("the broker", code);
  mosquitto_loop_start (self->client);
  g_mutex_lock (&self->mutex);
  while (!self->is_listening)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static void
send_one (Load *self, guint number)
{
  const Template *template = self->templates->pdata[number % self->templates->len];
  g_autofree char *text =
      g_strdup_printf ("%sL%u%s", template->parts[0], number, template->parts[1]);
  int code;

  g_mutex_lock (&self->mutex);
  self->exchanges[number].sent_us = g_get_monotonic_time ();
  self->n_sent = number + 1;
  g_mutex_unlock (&self->mutex);
  code =
      mosquitto_publish (self->client, NULL, template->topic, (int)strlen (text), text, 1, false);
  if (code != MOSQ_ERR_SUCCESS)
    fail ("publish", code);
}

/* Each action has its own moment: a late one does not put off the next. */
static void
send_all (Load *self, guint count, double rate)
{
  const gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < count; i++) {
    const gint64 due_us = start_us + (gint64)((double)i * G_USEC_PER_SEC / rate);
    const gint64 left_us = due_us - g_get_monotonic_time ();

    if (left_us > 0)
      g_usleep ((gulong)left_us);
    self->late_us = MAX (self->late_us, -left_us);
    send_one (self, i);
  }
}

/* One that is doubled may come late: a moment longer than the last reply is waited. */
static void
await_replies (Load *self, double wait_s)
{
  const gint64 end_us = g_get_monotonic_time () + (gint64)(wait_s * G_USEC_PER_SEC);

  g_mutex_lock (&self->mutex);
  while (self->n_answered < self->n_sent &&
         g_cond_wait_until (&self->changed, &self->mutex, end_us))
    continue;
  g_mutex_unlock (&self->mutex);
  g_usleep (G_USEC_PER_SEC / 5);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double left = *(const double *)a;
  const double right = *(const double *)b;

  return (left > right) - (left < right);
}

static double
get_percentile (const GArray *sorted, double percent)
{
  const guint index = (guint)(sorted->len * percent / 100);

  return sorted->len == 0 ? 0 : g_array_index (sorted, double, MIN (index, sorted->len - 1));
}

static void
print_result (Load *self)
{
  g_autoptr (GArray) took_ms = g_array_new (FALSE, FALSE, sizeof (double));
  const gint64 first_us = self->exchanges[0].sent_us;
  const gint64 last_us = self->exchanges[self->n_sent - 1].sent_us;
  g_autofree char *error = g_strdup (self->error != NULL ? self->error : "");

  for (guint i = 0; i < self->n_sent; i++) {
    const Exchange *exchange = &self->exchanges[i];
    const double ms = (double)(exchange->done_us - exchange->sent_us) / MS_PER_S;

    if (exchange->done_us != 0)
      g_array_append_val (took_ms, ms);
  }
  g_array_sort (took_ms, compare_doubles);
  g_strdelimit (error, "\"\\", '\''); /* it stands in a string of JSON */
  printf ("{\"sent\":%u,\"answered\":%u,\"lost\":%u,\"doubled\":%u,\"errors\":%u,"
          "\"seconds\":%.3f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"max_ms\":%.3f,"
          "\"late_ms\":%.3f,\"error\":\"%s\"}\n",
          self->n_sent, self->n_answered, self->n_sent - self->n_answered, self->n_doubled,
          self->n_errors, (double)(last_us - first_us) / G_USEC_PER_SEC,
          get_percentile (took_ms, 50), get_percentile (took_ms, 99),
          get_percentile (took_ms, 99.9), get_percentile (took_ms, 100),
          (double)self->late_us / MS_PER_S, error);
}

int
main (int argc, char **argv)
{
  Load load = {0};
  guint count;

  if (argc != 9) {
    g_printerr ("usage: message-load PORT USER PASSWORD REPLIES FILE RATE SECONDS WAIT\n");
    return 64;
  }
  g_mutex_init (&load.mutex);
  g_cond_init (&load.changed);
  load.replies = argv[4];
  read_templates (&load, argv[5]);
  count = (guint)MAX (1, lround (atof (argv[6]) * atof (argv[7])));
  load.exchanges = g_new0 (Exchange, count);
  open_client (&load, argv[1], argv[2], argv[3]);
  send_all (&load, count, atof (argv[6]));
  await_replies (&load, atof (argv[8]));
  mosquitto_disconnect (load.client);
  mosquitto_loop_stop (load.client, false);
  print_result (&load);
  load_clear (&load);
  return EXIT_SUCCESS;
}
