/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session-fixture.h"

#include <string.h>

#define SDP                                                                                        \
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"                    \
  "a=rtpmap:96 H264/90000\r\na=control:track1\r\n"
static char *
get_field (const char *header, const char *name)
{
  g_autofree char *wanted = g_strdup_printf (" %s=", name);
  const char *found = strstr (header, wanted);

  if (found == NULL)
    return g_strdup ("");
  found += strlen (wanted);
  found += *found == '"';
  return g_strndup (found, strcspn (found, "\","));
}

/* RFC 7616, 3.4.1, by the book and apart from what is tested. */
static gboolean
is_right_digest (const char *header, const char *method, GChecksumType type)
{
  g_autofree char *uri = get_field (header, "uri");
  g_autofree char *nonce = get_field (header, "nonce");
  g_autofree char *count = get_field (header, "nc");
  g_autofree char *cnonce = get_field (header, "cnonce");
  g_autofree char *response = get_field (header, "response");
  g_autofree char *a1 = g_compute_checksum_for_string (type, USER ":r:" PASSWORD, -1);
  g_autofree char *request = g_strdup_printf ("%s:%s", method, uri);
  g_autofree char *a2 = g_compute_checksum_for_string (type, request, -1);
  g_autofree char *all = *count != '\0'
                             ? g_strdup_printf ("%s:%s:%s:%s:auth:%s", a1, nonce, count, cnonce, a2)
                             : g_strdup_printf ("%s:%s:%s", a1, nonce, a2);
  g_autofree char *expected = g_compute_checksum_for_string (type, all, -1);

  return strcmp (response, expected) == 0;
}

static gboolean
lets_in (Behaviour *behaviour, const char *request)
{
  g_autofree char *header = script_rtsp_get_header (request, "Authorization");
  g_autofree char *method = g_strndup (request, strcspn (request, " "));

  if (behaviour->challenges == NULL)
    return TRUE;
  if (header == NULL || behaviour->taken == NULL || strstr (header, behaviour->taken) == NULL)
    return FALSE;
  if (g_str_has_prefix (header, "Basic "))
    return strcmp (header, "Basic YWRtaW46cEAjJT9eLzpzcw==") == 0;
  if (g_atomic_int_compare_and_exchange (&behaviour->is_stale, TRUE, FALSE))
    return FALSE;
  return is_right_digest (header, method, behaviour->checksum);
}

static GString *
refuse (Behaviour *behaviour, const char *request)
{
  g_autofree char *status = g_strdup_printf ("401 Unauthorized\r\n%s%s", behaviour->challenges,
                                             behaviour->hangs_up ? "\r\n" SCRIPT_RTSP_LAST : "");

  return script_rtsp_answer (request, status, NULL);
}

static GString *
describe (Behaviour *behaviour, const char *request)
{
  const gboolean has_query = strchr (request, '?') != NULL;

  if (behaviour->describe != NULL && (!behaviour->refuses_query || has_query))
    return script_rtsp_answer (request, behaviour->describe, NULL);
  return script_rtsp_answer (request, "200 OK\r\nContent-Type: application/sdp", SDP);
}

static GString *
set_up (Behaviour *behaviour, const char *request)
{
  g_autofree char *status = NULL;

  if (behaviour->setup != NULL)
    return script_rtsp_answer (request, behaviour->setup, NULL);
  status = g_strdup_printf ("200 OK\r\nSession: %s\r\nTransport: %s",
                            behaviour->session != NULL ? behaviour->session : "77",
                            behaviour->transport != NULL ? behaviour->transport
                                                         : "RTP/AVP/TCP;unicast;interleaved=0-1");
  return script_rtsp_answer (request, status, NULL);
}

static GString *
play (Behaviour *behaviour, const char *request)
{
  GString *answer =
      script_rtsp_answer (request, behaviour->play != NULL ? behaviour->play : "200 OK", NULL);

  if (behaviour->before_play != NULL)
    g_string_prepend_len (answer, behaviour->before_play, (gssize)behaviour->before_play_size);
  if (behaviour->after_play != NULL)
    g_string_append_len (answer, behaviour->after_play, (gssize)behaviour->after_play_size);
  return answer;
}

static GString *
redirect (Behaviour *behaviour, const char *request)
{
  g_autofree char *own =
      g_strndup (strchr (request, ' ') + 1, strcspn (strchr (request, ' ') + 1, " "));
  g_autofree char *status = g_strdup_printf (
      "302 Found\r\nLocation: %s", *behaviour->redirect != '\0' ? behaviour->redirect : own);

  return script_rtsp_answer (request, status, NULL);
}

GString *
session_on_request (const char *request, gpointer user_data)
{
  Behaviour *behaviour = user_data;
  g_autofree char *public = NULL;

  if (behaviour->leaves_on != NULL && script_rtsp_is (request, behaviour->leaves_on))
    cg_rtsp_session_interrupt (behaviour->ours);
  if (behaviour->swallows && strstr (request, "\r\nAuthorization: ") != NULL) {
    if (script_rtsp_count (behaviour->camera, "Authorization") == behaviour->leaves_at)
      script_rtsp_leave (behaviour->camera);
    return NULL;
  }
  if (!lets_in (behaviour, request))
    return refuse (behaviour, request);
  if (script_rtsp_is (request, "DESCRIBE"))
    return behaviour->is_silent          ? g_string_new (NULL)
           : behaviour->redirect != NULL ? redirect (behaviour, request)
                                         : describe (behaviour, request);
  if (script_rtsp_is (request, "SETUP"))
    return set_up (behaviour, request);
  if (script_rtsp_is (request, "PLAY"))
    return play (behaviour, request);
  if (script_rtsp_is (request, "GET_PARAMETER") && behaviour->parameter != NULL)
    return script_rtsp_answer (request, behaviour->parameter, NULL);
  public = g_strdup_printf ("200 OK\r\nPublic: %s",
                            behaviour->public != NULL ? behaviour->public : "OPTIONS, DESCRIBE");
  return script_rtsp_answer (request, public, NULL);
}

static void
on_packet (guint channel, const guint8 *data, gsize size, gpointer user_data)
{
  SessionFixture *fixture = user_data;

  g_string_append_printf (fixture->packets, "%u:%zu ", channel, size);
  if (fixture->interrupts)
    cg_rtsp_session_interrupt (fixture->session);
}

void
session_fixture_init_options (SessionFixture *fixture,
                              Behaviour *behaviour,
                              const char *path,
                              CgRtspOptions options,
                              GTlsCertificate *certificate)
{
  *fixture = (SessionFixture){.behaviour = behaviour, .packets = g_string_new (NULL)};
  fixture->camera = script_rtsp_new (session_on_request, behaviour, certificate);
  behaviour->camera = fixture->camera;
  g_autofree char *location = script_rtsp_get_uri (fixture->camera, path);
  options.location = location;
  options.timeout_ms = options.timeout_ms != 0 ? options.timeout_ms : 20000;
  options.drops_query = TRUE;
  fixture->session = cg_rtsp_session_new (&options, on_packet, fixture);
}

void
session_fixture_init (SessionFixture *fixture, Behaviour *behaviour)
{
  session_fixture_init_options (fixture, behaviour, "stream",
                                (CgRtspOptions){.username = USER, .password = PASSWORD}, NULL);
}

void
session_fixture_clear (SessionFixture *fixture)
{
  cg_rtsp_session_close_in_thread (fixture->session, 20000);
  cg_rtsp_session_free (fixture->session);
  script_rtsp_free (fixture->camera);
  g_string_free (fixture->packets, TRUE);
  g_clear_error (&fixture->error);
}

gboolean
session_begin (SessionFixture *fixture)
{
  g_autofree char *text = cg_rtsp_session_describe_in_thread (fixture->session, &fixture->error);
  CgRtspTransport transport = {0, 1};

  g_assert_true ((text != NULL) == (fixture->error == NULL));
  return text != NULL &&
         cg_rtsp_session_setup_in_thread (fixture->session, "track1", &transport,
                                          &fixture->error) &&
         cg_rtsp_session_play_in_thread (fixture->session, "*", &fixture->error);
}

gboolean
session_receive_for (SessionFixture *fixture, guint ms)
{
  return cg_rtsp_session_receive_in_thread (
      fixture->session, g_get_monotonic_time () + (gint64)ms * 1000, &fixture->error);
}
