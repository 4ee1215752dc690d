/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script-rtsp.h"

#include <string.h>

struct _ScriptRtsp {
  GSocketService *service; /* (owned) */
  guint16 port;
  ScriptRtspFunc func;
  gpointer user_data;
  GTlsCertificate *certificate; /* (owned) (nullable) */
  GMainContext *context;        /* (owned) accepts connections, in */
  GThread *thread;              /* (owned) */
  int is_over;                  /* (atomic) */
  int has_left;                 /* (atomic) */
  GMutex mutex;
  GPtrArray *requests; /* (owned) (element-type utf8) */
  guint packets;
};

/* Returns: (transfer full) (nullable): the next request without its last line end */
static char *
read_request (ScriptRtsp *self, GDataInputStream *input)
{
  g_autoptr (GString) request = g_string_new (NULL);
  char *line;

  for (;;) {
    g_autoptr (GError) error = NULL;
    const guint8 first = g_data_input_stream_read_byte (input, NULL, &error);

    if (error != NULL)
      return NULL;
    if (first != '$') {
      g_string_append_c (request, (char)first);
      break;
    }
    g_data_input_stream_read_byte (input, NULL, NULL);
    const guint16 length = g_data_input_stream_read_uint16 (input, NULL, NULL);
    g_input_stream_skip (G_INPUT_STREAM (input), length, NULL, NULL);
    g_mutex_lock (&self->mutex);
    self->packets++;
    g_mutex_unlock (&self->mutex);
  }
  while ((line = g_data_input_stream_read_line (input, NULL, NULL, NULL)) != NULL) {
    g_autofree char *owned = line;

    if (*line == '\0')
      return g_string_free (g_steal_pointer (&request), FALSE);
    g_string_append_printf (request, "%s\r\n", line);
  }
  return NULL;
}

static void
check (const char *request)
{
  g_assert_nonnull (strstr (request, " RTSP/1.0\r\n"));
  g_assert_nonnull (strstr (request, "\r\nCSeq: "));
  g_assert_nonnull (strstr (request, "\r\nUser-Agent: camgate\r\n"));
  g_assert_null (strstr (request, "backchannel"));
}

static void
serve (ScriptRtsp *self, GIOStream *stream)
{
  g_autoptr (GDataInputStream) input =
      g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  char *request;

  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  while ((request = read_request (self, input)) != NULL) {
    const gboolean is_answer = g_str_has_prefix (request, "RTSP/");
    if (!is_answer)
      check (request);
    g_mutex_lock (&self->mutex);
    g_ptr_array_add (self->requests, request);
    g_mutex_unlock (&self->mutex);
    if (is_answer)
      continue;
    GString *answer = self->func (request, self->user_data);
    if (answer == NULL)
      return;
    const gboolean is_last = strstr (answer->str, SCRIPT_RTSP_LAST) != NULL;
    g_output_stream_write_all (output, answer->str, answer->len, NULL, NULL, NULL);
    g_string_free (answer, TRUE);
    if (is_last)
      return;
  }
}

static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source_object,
        ScriptRtsp *self)
{
  g_autoptr (GIOStream) tls = NULL;

  if (g_atomic_int_get (&self->has_left))
    return TRUE;
  if (self->certificate == NULL) {
    serve (self, G_IO_STREAM (connection));
    return TRUE;
  }
  tls = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL);
  serve (self, tls);
  g_io_stream_close (tls, NULL, NULL);
  return TRUE;
}

static void
open_service (ScriptRtsp *self)
{
  self->service = g_threaded_socket_service_new (-1);
  self->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, NULL);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_socket_service_start (self->service);
}

/* Whoever is connected is waited for. */
static void
close_service (ScriptRtsp *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  while (g_atomic_int_get ((gint *)&G_OBJECT (self->service)->ref_count) > 1)
    g_main_context_iteration (self->context, FALSE);
  g_object_unref (self->service);
}

static gpointer
accept_in_thread (gpointer data)
{
  ScriptRtsp *self = data;

  g_main_context_push_thread_default (self->context);
  while (!g_atomic_int_get (&self->is_over))
    g_main_context_iteration (self->context, TRUE);
  close_service (self);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

ScriptRtsp *
script_rtsp_new (ScriptRtspFunc func, gpointer user_data, GTlsCertificate *certificate)
{
  ScriptRtsp *self = g_new0 (ScriptRtsp, 1);

  self->func = func;
  self->user_data = user_data;
  self->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  self->requests = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->mutex);
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  open_service (self);
  g_main_context_pop_thread_default (self->context);
  self->thread = g_thread_new ("script-rtsp", accept_in_thread, self);
  return self;
}

/* When whoever was connected is gone. */
void
script_rtsp_free (ScriptRtsp *self)
{
  g_atomic_int_set (&self->is_over, TRUE);
  g_main_context_wakeup (self->context);
  g_thread_join (self->thread);
  g_main_context_unref (self->context);
  g_clear_object (&self->certificate);
  g_ptr_array_unref (self->requests);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
script_rtsp_leave (ScriptRtsp *self)
{
  g_atomic_int_set (&self->has_left, TRUE);
}

char *
script_rtsp_get_uri (ScriptRtsp *self, const char *path)
{
  return g_strdup_printf ("rtsp%s://localhost:%u/%s", self->certificate != NULL ? "s" : "",
                          self->port, path);
}

guint
script_rtsp_count (ScriptRtsp *self, const char *words)
{
  guint count = 0;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->requests->len; i++)
    count += strstr (self->requests->pdata[i], words) != NULL;
  g_mutex_unlock (&self->mutex);
  return count;
}

guint
script_rtsp_count_packets (ScriptRtsp *self)
{
  g_mutex_lock (&self->mutex);
  const guint packets = self->packets;
  g_mutex_unlock (&self->mutex);
  return packets;
}

gboolean
script_rtsp_is (const char *request, const char *method)
{
  return g_str_has_prefix (request, method) && request[strlen (method)] == ' ';
}

char *
script_rtsp_get_header (const char *request, const char *name)
{
  g_autofree char *wanted = g_strdup_printf ("\r\n%s: ", name);
  const char *found = strstr (request, wanted);

  if (found == NULL)
    return NULL;
  found += strlen (wanted);
  return g_strndup (found, strcspn (found, "\r"));
}

/* `status` may go on with header lines. */
GString *
script_rtsp_answer (const char *request, const char *status, const char *body)
{
  g_autofree char *number = script_rtsp_get_header (request, "CSeq");
  GString *answer = g_string_new (NULL);

  g_string_append_printf (answer, "RTSP/1.0 %s\r\nCSeq: %s\r\n", status, number);
  if (body != NULL)
    g_string_append_printf (answer, "Content-Length: %zu\r\n\r\n%s", strlen (body), body);
  else
    g_string_append (answer, "\r\n");
  return answer;
}
