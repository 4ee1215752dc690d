/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream-fixture.h"

static void
on_source_wanted (CgStream *stream, StreamFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  if (fixture->answers) {
    cg_stream_set_source (stream, "rtsp://127.0.0.1/main");
    return;
  }
  error = g_error_new_literal (CG_ERROR, CG_ERROR_UNREACHABLE, "test");
  cg_stream_source_failed (stream, error);
}

static void
on_key_wanted (CgStream *stream, StreamFixture *fixture)
{
  fixture->keys_wanted++;
}

static void
on_changed (CgStream *stream, CgStreamReport *report, StreamFixture *fixture)
{
  if (fixture->events->len > 0)
    g_string_append_c (fixture->events, ' ');
  g_string_append (fixture->events, cg_stream_state_get_word (report->state));
  if (report->reason != NULL)
    g_string_append_printf (fixture->events, "(%s)", report->reason);
  g_assert_nonnull (report->url);
}

void
stream_set_up (StreamFixture *fixture, gconstpointer config)
{
  g_autoptr (CgCameraConfig) camera = cg_camera_config_new ("001122334455");

  fake_media_reset ();
  fixture->clock = CG_CLOCK (cg_clock_dummy_new ());
  camera->username = g_strdup ("admin");
  camera->password = g_strdup ("secret");
  fixture->breaker = cg_breaker_new (fixture->clock);
  fixture->transport = cg_stream_transport_new (camera->transport);
  fixture->stream =
      cg_stream_new (camera, config, fixture->clock, fixture->breaker, fixture->transport);
  fixture->events = g_string_new (NULL);
  fixture->answers = TRUE;
  g_signal_connect (fixture->stream, "source-wanted", G_CALLBACK (on_source_wanted), fixture);
  g_signal_connect (fixture->stream, "key-wanted", G_CALLBACK (on_key_wanted), fixture);
  g_signal_connect (fixture->stream, "changed", G_CALLBACK (on_changed), fixture);
}

void
stream_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = cg_stream_close_finish (CG_STREAM (object), result, NULL);
}

void
stream_close_async (StreamFixture *fixture, gboolean *closed)
{
  cg_stream_close_async (fixture->stream, on_closed, closed);
  stream_settle ();
}

void
stream_tear_down (StreamFixture *fixture, gconstpointer config)
{
  gboolean closed = FALSE;

  g_signal_handlers_disconnect_by_data (fixture->stream, fixture);
  fake_media_hold_goodbyes (FALSE);
  stream_close_async (fixture, &closed);
  g_assert_true (closed);
  g_assert_false (fake_media_is_started (FAKE_PULL));
  g_assert_false (fake_media_is_started (FAKE_PUSH));
  g_assert_finalize_object (fixture->stream);
  g_assert_finalize_object (fixture->transport);
  g_clear_pointer (&fixture->breaker, cg_breaker_unref);
  g_object_unref (fixture->clock);
  g_string_free (fixture->events, TRUE);
  fake_media_reset ();
}

void
stream_advance (StreamFixture *fixture, gint64 ms)
{
  cg_clock_dummy_advance (CG_CLOCK_DUMMY (fixture->clock), ms);
  stream_settle ();
}

void
stream_play_until_live (StreamFixture *fixture)
{
  cg_stream_play (fixture->stream, STREAM_URL);
  fake_media_go_live (FAKE_PULL);
  fake_media_go_live (FAKE_PUSH);
}

void
stream_add_tests (const CgStreamConfig *config, const StreamTest *tests, gsize n_tests)
{
  for (gsize i = 0; i < n_tests; i++)
    g_test_add (tests[i].path, StreamFixture, tests[i].config != NULL ? tests[i].config : config,
                stream_set_up, tests[i].test, stream_tear_down);
}
