/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An HTTP server before the RTSP server, which wants the login, too (transport=http). */
#include <glib/gstdio.h>
#include <string.h>

#include "cg-breaker.h"
#include "cg-error.h"
#include "cg-media.h"
#include "cg-pull.h"
#include "fake-rtsp.h"
#include "media-certificate.h"
#include "media-fixture.h"

#define USER "admin"
#define PASSWORD "p@#%?^/:ss"
#define REALM "door"
#define NONCE "abc"
#define CHALLENGE                                                                                  \
  "HTTP/1.0 401 Unauthorized\r\n"                                                                  \
  "WWW-Authenticate: Digest realm=\"" REALM "\", nonce=\"" NONCE "\"\r\n\r\n"
#define MISSING "HTTP/1.0 404 Not Found\r\n\r\n"
#define WELCOME                                                                                    \
  "HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\nCache-Control: no-store\r\n"   \
  "Pragma: no-cache\r\n\r\n"

typedef struct {
  GSocketService *service;      /* (owned) (nullable) */
  const char *answer;           /* (nullable) to each GET; %NULL: by the login */
  GTlsCertificate *certificate; /* (not owned) (nullable) */
  const char *pin;              /* (nullable) of it */
  int shown;                    /* (atomic) GET with a login */
  int others;                   /* (atomic) and it is not ours */
  int taken;                    /* (atomic) */
  int posted;                   /* (atomic) */

  CgHub *hub;   /* (owned) */
  CgPull *pull; /* (owned) */
  GError *error;
  gboolean stopped;
} Fixture;

G_GNUC_PRINTF (1, 2)
static char *
hash (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

/* RFC 2617, 3.2.2, without qop. */
static gboolean
is_login (const char *head)
{
  g_autofree char *who = hash ("%s:%s:%s", USER, REALM, PASSWORD);
  g_autofree char *what = hash ("GET:/stream");
  g_autofree char *response = hash ("%s:%s:%s", who, NONCE, what);

  return strstr (head, response) != NULL;
}

static const char *
answer_get (Fixture *self, const char *head)
{
  if (self->answer != NULL)
    return self->answer;
  if (strstr (head, "Authorization: ") == NULL)
    return CHALLENGE;
  g_atomic_int_inc (&self->shown);
  if (strstr (head, "username=\"" USER "\"") == NULL)
    g_atomic_int_inc (&self->others);
  if (!is_login (head))
    return CHALLENGE;
  g_atomic_int_inc (&self->taken);
  return WELCOME;
}

static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source_object,
        Fixture *self)
{
  g_autoptr (GIOStream) stream =
      self->certificate != NULL
          ? g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL)
          : g_object_ref (G_IO_STREAM (connection));
  g_autoptr (GDataInputStream) input =
      g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  g_autoptr (GString) head = g_string_new (NULL);
  char *line;

  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  while ((line = g_data_input_stream_read_line (input, NULL, NULL, NULL)) != NULL &&
         *line != '\0') {
    g_string_append_printf (head, "%s\n", line);
    g_free (line);
  }
  g_free (line);
  if (g_str_has_prefix (head->str, "POST "))
    g_atomic_int_inc (&self->posted);
  if (!g_str_has_prefix (head->str, "GET "))
    return TRUE;
  const char *answer = answer_get (self, head->str);
  g_output_stream_write_all (output, answer, strlen (answer), NULL, NULL, NULL);
  if (g_str_has_prefix (answer, "HTTP/1.0 200"))
    g_data_input_stream_read_byte (input, NULL, NULL);
  return TRUE;
}

static void
on_failed (CgPull *pull, const GError *error, Fixture *self)
{
  g_assert_null (self->error);
  self->error = g_error_copy (error);
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (cg_pull_stop_finish (CG_PULL (object), result, NULL));
  ((Fixture *)user_data)->stopped = TRUE;
}

static void
start_pull (Fixture *self, const char *location, const char *password)
{
  g_autoptr (CgClock) clock = cg_clock_new ();

  media_forgive_gstreamer ();
  self->hub = cg_hub_new ();
  self->pull = cg_pull_new (self->hub, &(CgPullOptions){.location = location,
                                                        .username = USER,
                                                        .password = password,
                                                        .tls_fingerprint = self->pin,
                                                        .transport = CG_TRANSPORT_HTTP,
                                                        .audio = CG_AUDIO_PASS,
                                                        .start_timeout_ms = 20000,
                                                        .stall_timeout_ms = 2000,
                                                        .clock = clock});
  g_signal_connect (self->pull, "failed", G_CALLBACK (on_failed), self);
  cg_pull_start (self->pull);
}

static void
begin (Fixture *self, const char *password)
{
  const char *scheme = self->certificate != NULL ? "rtsps" : "rtsp";
  g_autofree char *location = NULL;

  self->service = g_threaded_socket_service_new (-1);
  const guint port =
      g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, NULL);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_socket_service_start (self->service);
  location = g_strdup_printf ("%s://localhost:%u/stream", scheme, port);
  start_pull (self, location, password);
}

static void
fixture_init (Fixture *self, const char *password, const char *answer)
{
  *self = (Fixture){.answer = answer};
  begin (self, password);
}

static void
stop_service (Fixture *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  media_wait_until (g_atomic_int_get ((int *)&G_OBJECT (self->service)->ref_count) == 1);
  g_clear_object (&self->service);
}

static void
stop_pull (Fixture *self)
{
  cg_pull_stop_async (self->pull, on_stopped, self);
  media_wait_until (self->stopped);
}

static void
fixture_clear (Fixture *self)
{
  if (!self->stopped)
    stop_pull (self);
  if (self->service != NULL)
    stop_service (self);
  g_object_unref (self->pull);
  g_object_unref (self->hub);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* Everything inside HTTP, the login of RTSP as ever; longer than its packets may stay away. */
static void
test_plays (void)
{
  g_autoptr (FakeRtsp) fake =
      fake_rtsp_new_with_login (FAKE_RTSP_VIDEO FAKE_RTSP_AAC, USER, PASSWORD);
  g_autofree char *location = fake_rtsp_get_uri (fake);
  g_auto (Fixture) fixture = {NULL};
  CgHubStats stats = {0};

  start_pull (&fixture, location, PASSWORD);
  while (fixture.error == NULL && (stats.frames < 40 || stats.audio_frames < 10)) {
    media_iterate ("pictures and sound");
    cg_hub_get_stats (fixture.hub, &stats);
  }
  g_assert_no_error (fixture.error);
  g_assert_true (fake_rtsp_was_tunnelled (fake));
  g_assert_cmpint (cg_pull_get_transport (fixture.pull), ==, CG_TRANSPORT_HTTP);
  stop_pull (&fixture);
  media_wait_until (fake_rtsp_count_sessions (fake) == 0);
}

/* The login goes to the HTTP server as it is, and once. */
static void
test_login (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture, PASSWORD, NULL);
  media_wait_until (g_atomic_int_get (&fixture.posted) == 1 || fixture.error != NULL);

  g_assert_no_error (fixture.error);
  g_assert_cmpint (g_atomic_int_get (&fixture.taken), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&fixture.shown), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&fixture.others), ==, 0);
}

/* Q6: what is refused is not shown again. */
static void
test_refused (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture, "wrong", NULL);
  media_wait_until (fixture.error != NULL);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_LOGIN_REFUSED);
  g_assert_cmpint (g_atomic_int_get (&fixture.shown), ==, 1);
}

static void
test_no_tunnel (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture, PASSWORD, MISSING);
  media_wait_until (fixture.error != NULL);

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_cmpint (cg_error_get_cause (fixture.error), ==, CG_ERROR_CAUSE_NO_STREAM);
  g_assert_cmpint (g_atomic_int_get (&fixture.shown), ==, 0);
}

/* Q57: to the server with the pinned certificate, and to no other, whomever the system trusts. */
static void
test_pin (void)
{
  g_autoptr (GTlsCertificate) certificate = media_certificate_new ();
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *pem = NULL;
  g_object_get (certificate, "certificate", &der, "certificate-pem", &pem, NULL);
  g_autofree char *pin = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  g_autofree char *path = NULL;
  g_close (g_file_open_tmp (NULL, &path, NULL), NULL);
  g_assert_true (g_file_set_contents (path, pem, -1, NULL));
  const struct {
    const char *pin;
    gboolean is_trusted;
    gboolean is_shown;
  } rows[] = {
      {pin, FALSE, TRUE}, {"AA:BB", FALSE, FALSE}, {pin, TRUE, FALSE}, {"AA:BB", TRUE, FALSE}};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (Fixture) fixture = {.certificate = certificate, .pin = rows[i].pin};
    g_autoptr (GTlsDatabase) database =
        rows[i].is_trusted ? g_tls_file_database_new (path, NULL) : NULL;

    g_test_message ("row %u", i);
    if (database != NULL)
      g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
    begin (&fixture, PASSWORD);
    media_wait_until (g_atomic_int_get (&fixture.posted) == 1 || fixture.error != NULL);

    if (!rows[i].is_shown)
      g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
    g_assert_cmpint (g_atomic_int_get (&fixture.shown), ==, rows[i].is_shown);
    g_assert_cmpint (g_atomic_int_get (&fixture.others), ==, 0);
  }
  g_unlink (path);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));
  g_test_add_func ("/pull-http/plays", test_plays);
  g_test_add_func ("/pull-http/login", test_login);
  g_test_add_func ("/pull-http/q6-refused", test_refused);
  g_test_add_func ("/pull-http/no-tunnel", test_no_tunnel);
  g_test_add_func ("/pull-http/q57-pin", test_pin);
  return media_test_run ();
}
