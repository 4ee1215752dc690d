/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is published, and as whom. */
#include <string.h>

#include "cg-media.h"
#include "media-fixture.h"
#include "push-fixture.h"

static void
assert_body (PushFixture *fixture, CgRtmpType type, guint32 timestamp_ms, const char *start)
{
  g_autoptr (CgRtmpMessage) message = fake_rtmp_pop (fixture->fake, type);

  g_assert_nonnull (message);
  g_assert_cmpuint (message->timestamp_ms, ==, timestamp_ms);
  g_assert_cmpuint (message->stream, ==, 1);
  g_assert_cmpuint (message->body->len, >=, 2);
  g_assert_cmpmem (message->body->data, 2, start, 2);
}

static void
test_publishes (void)
{
  g_auto (PushFixture) fixture;
  CgPushStats stats;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  g_autofree char *url = fake_rtmp_get_url (fixture.fake, "live/cam?x=y");
  push_fixture_feed (&fixture, 100, 13, 200000);
  push_fixture_start_options (&fixture, (CgPushOptions){.url = url});
  media_wait_until (fixture.published == 1);
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 4);

  g_assert_cmpuint (fake_rtmp_count (fixture.fake, CG_RTMP_DATA), ==, 1);
  assert_body (&fixture, CG_RTMP_VIDEO, 0, "\x17\0");
  assert_body (&fixture, CG_RTMP_VIDEO, 0, "\x17\1");
  assert_body (&fixture, CG_RTMP_VIDEO, 40, "\x27\1");
  assert_body (&fixture, CG_RTMP_VIDEO, 80, "\x27\1");
  cg_push_get_stats (fixture.push, &stats);
  g_assert_cmpuint (stats.frames, ==, 3);
  push_fixture_stop (&fixture);
  media_wait_until (fake_rtmp_is_idle (fixture.fake));
  g_autofree char *commands = fake_rtmp_get_commands (fixture.fake);
  g_assert_cmpstr (commands, ==,
                   "connect(live) releaseStream(cam?x=y) FCPublish(cam?x=y) createStream() "
                   "publish(cam?x=y) FCUnpublish(cam?x=y) deleteStream()");
  g_assert_cmpuint (fixture.failed, ==, 0);
}

static void
test_audio (void)
{
  g_autoptr (CgFormat) sound = media_make_audio_format ();
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  push_fixture_feed (&fixture, 0, 1, 100);
  cg_hub_feed (fixture.hub, fixture.input, media_make_audio (sound), 21000, 2);
  push_fixture_start (&fixture);
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_AUDIO) == 2);

  assert_body (&fixture, CG_RTMP_AUDIO, 21, "\xaf\0");
  assert_body (&fixture, CG_RTMP_AUDIO, 21, "\xaf\1");
  g_assert_cmpuint (fake_rtmp_count (fixture.fake, CG_RTMP_DATA), ==, 2);
  push_fixture_stop (&fixture);
}

/* Q25 */
static void
test_new_parameters (void)
{
  g_autoptr (CgFormat) small = media_make_video_format (64);
  g_autoptr (CgFormat) large = media_make_video_format (128);
  g_autoptr (CgFormat) large_too = media_make_video_format (128);
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  push_fixture_start (&fixture);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (small, TRUE, 10), 0, 1);
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 2);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (large, TRUE, 10), 40000, 40001);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (large_too, FALSE, 10), 80000, 80001);
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 5);

  assert_body (&fixture, CG_RTMP_VIDEO, 0, "\x17\0");
  assert_body (&fixture, CG_RTMP_VIDEO, 0, "\x17\1");
  assert_body (&fixture, CG_RTMP_VIDEO, 40, "\x17\0");
  assert_body (&fixture, CG_RTMP_VIDEO, 40, "\x17\1");
  assert_body (&fixture, CG_RTMP_VIDEO, 80, "\x27\1");
  g_assert_cmpuint (fake_rtmp_count (fixture.fake, CG_RTMP_DATA), ==, 2);
  push_fixture_stop (&fixture);
}

/* Q21: 24 bits of milliseconds, then 32 */
static void
test_wraps (void)
{
  static const gint64 wraps_ms[] = {0xffffff, 0x80000000, 0x100000000};

  for (guint i = 0; i < G_N_ELEMENTS (wraps_ms); i++) {
    g_autoptr (CgFormat) format = media_make_video_format (64);
    g_auto (PushFixture) fixture;

    push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
    push_fixture_start (&fixture);
    cg_hub_feed (fixture.hub, fixture.input, media_make_video (format, TRUE, 10), 0, 1);
    media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 2);
    for (gint64 step = -2; step <= 2; step++) {
      const gint64 time_us = (wraps_ms[i] + step) * 1000;
      cg_hub_feed (fixture.hub, fixture.input, media_make_video (format, TRUE, 150000), time_us,
                   time_us + 1);
    }
    media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 7);

    assert_body (&fixture, CG_RTMP_VIDEO, 0, "\x17\0");
    assert_body (&fixture, CG_RTMP_VIDEO, 0, "\x17\1");
    for (gint64 step = -2; step <= 2; step++)
      assert_body (&fixture, CG_RTMP_VIDEO, (guint32)(wraps_ms[i] + step), "\x17\1");
    push_fixture_stop (&fixture);
  }
}

/* The pull is lost and comes again: the publisher stays and time goes on. */
static void
test_new_input (void)
{
  g_autoptr (CgFormat) format = media_make_video_format (64);
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  push_fixture_start (&fixture);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (format, TRUE, 10), 777000, 1000);
  cg_hub_close_input (fixture.hub, fixture.input);
  fixture.input = cg_hub_open_input (fixture.hub);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (format, TRUE, 10), 5, 3001000);
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 2);

  assert_body (&fixture, CG_RTMP_VIDEO, 0, "\x17\0");
  g_assert_cmpuint (fake_rtmp_count_connections (fixture.fake), ==, 1);
  push_fixture_stop (&fixture);
}

static void
test_ping (void)
{
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  push_fixture_publish (&fixture, 1);
  fake_rtmp_ping (fixture.fake, 1);
  media_wait_until (fake_rtmp_count_pongs (fixture.fake) == 1);

  /* So many come in one read that not all answers can wait to be sent. */
  fake_rtmp_ping (fixture.fake, 220);
  media_wait_until (fake_rtmp_count_pongs (fixture.fake) == 221);
  g_assert_cmpuint (fixture.failed, ==, 0);
  push_fixture_stop (&fixture);
}

static guint
count_push_threads (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;
  guint count = 0;

  while ((task = g_dir_read_name (tasks)) != NULL) {
    g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", task);
    g_autofree char *name = NULL;

    if (g_file_get_contents (path, &name, NULL, NULL) && g_str_equal (name, "push\n"))
      count++;
  }
  return count;
}

/* Who has nothing to do but to send what comes needs no thread for it, and gets one to leave. */
static void
test_needs_no_thread (void)
{
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  push_fixture_publish (&fixture, 1);
  media_wait_until (count_push_threads () == 0);
  push_fixture_feed (&fixture, 1, 3, 100);
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 5);

  g_assert_cmpuint (count_push_threads (), ==, 0);
  push_fixture_stop (&fixture);
  media_wait_until (fake_rtmp_is_idle (fixture.fake));
  g_autofree char *commands = fake_rtmp_get_commands (fixture.fake);
  g_assert_true (g_str_has_suffix (commands, "FCUnpublish(cam) deleteStream()"));
}

/* A login in the URL is shown as the server asks for it, and nowhere else. */
static void
test_login (void)
{
  static const FakeRtmpMode modes[] = {FAKE_RTMP_ADOBE, FAKE_RTMP_LLNW, FAKE_RTMP_ACCEPT};

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_auto (PushFixture) fixture;

    push_fixture_open (&fixture, modes[i]);
    push_fixture_set_login (&fixture, FAKE_RTMP_USER ":" FAKE_RTMP_PASSWORD "@");
    push_fixture_publish (&fixture, 5);

    g_assert_no_error (fixture.error);
    g_assert_cmpuint (fake_rtmp_count_connections (fixture.fake), ==,
                      modes[i] == FAKE_RTMP_ACCEPT ? 1 : 3);
    g_autofree char *commands = fake_rtmp_get_commands (fixture.fake);
    g_assert_null (strstr (commands, FAKE_RTMP_PASSWORD));
    push_fixture_stop (&fixture);
  }
}

/* Numbers that are none are nobody's. */
static void
test_mad_numbers (void)
{
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_MAD_NUMBERS);
  push_fixture_publish (&fixture, 5);

  g_assert_no_error (fixture.error);
  push_fixture_stop (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/push/publishes", test_publishes);
  g_test_add_func ("/push/audio", test_audio);
  g_test_add_func ("/push/q25-new-parameters", test_new_parameters);
  g_test_add_func ("/push/q21-wraps", test_wraps);
  g_test_add_func ("/push/new-input", test_new_input);
  g_test_add_func ("/push/ping", test_ping);
  g_test_add_func ("/push/needs-no-thread", test_needs_no_thread);
  g_test_add_func ("/push/login", test_login);
  g_test_add_func ("/push/mad-numbers", test_mad_numbers);
  return media_test_run ();
}
