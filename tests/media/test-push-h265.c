/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Q11: H.265 goes to servers that take it, in tags of Enhanced RTMP, and to no other. */
#include <string.h>

#include "cg-error.h"
#include "cg-media.h"
#include "media-fixture.h"
#include "push-fixture.h"

#define FRAME_US 40000

/* What stands in front of a record of which nothing is decoded here. */
#define RECORD "\1\1\x60\0\0\0\x90\0\0\0\0\0\x3f\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f\0"
#define RECORD_SIZE (sizeof RECORD - 1)

#define KEY "\0\0\0\3\x26\1\xaf"
#define DELTA "\0\0\0\3\2\1\xd0"
#define UNIT_SIZE (sizeof KEY - 1)

static CgFormat *
make_format (void)
{
  g_autoptr (GBytes) record = g_bytes_new_static (RECORD, RECORD_SIZE);

  return cg_format_new_h265 (record, 640, 480, 25);
}

static void
feed (PushFixture *fixture, const char *data, guint number)
{
  g_autoptr (CgFormat) format = make_format ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, UNIT_SIZE);
  CgAccessUnit *unit =
      cg_access_unit_new (CG_TRACK_VIDEO, format, bytes, memcmp (data, KEY, UNIT_SIZE) == 0);

  cg_hub_feed (fixture->hub, fixture->input, unit, (gint64)number * FRAME_US, number + 1);
}

static void
assert_tag (PushFixture *fixture, const char *head, const char *body, gsize body_size)
{
  g_autoptr (CgRtmpMessage) message = fake_rtmp_pop (fixture->fake, CG_RTMP_VIDEO);
  g_autoptr (GByteArray) expected = g_byte_array_new ();

  g_assert_nonnull (message);
  g_byte_array_append (expected, (const guint8 *)head, (guint)strlen (head));
  g_byte_array_append (expected, (const guint8 *)body, (guint)body_size);
  g_assert_cmpmem (message->body->data, message->body->len, expected->data, expected->len);
}

/* Enhanced RTMP v1, ExVideoTagHeader: SequenceStart, CodedFramesX, and CodedFrames where the
 * picture is shown later than it is decoded. */
static void
test_tags (void)
{
  static const FakeRtmpMode modes[] = {FAKE_RTMP_ENHANCED, FAKE_RTMP_ENHANCED_MAP};

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_auto (PushFixture) fixture;

    push_fixture_open (&fixture, modes[i]);
    feed (&fixture, KEY, 0);
    feed (&fixture, DELTA, 1);
    feed (&fixture, DELTA, 4);
    feed (&fixture, DELTA, 2);
    feed (&fixture, DELTA, 3);
    feed (&fixture, DELTA, 7);
    push_fixture_start (&fixture);
    media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 7);

    assert_tag (&fixture, "\x90hvc1", RECORD, RECORD_SIZE);
    assert_tag (&fixture, "\x93hvc1", KEY, UNIT_SIZE);
    assert_tag (&fixture, "\xa3hvc1", DELTA, UNIT_SIZE);
    for (guint picture = 3; picture < 6; picture++)
      g_clear_pointer (&(CgRtmpMessage *){fake_rtmp_pop (fixture.fake, CG_RTMP_VIDEO)},
                       cg_rtmp_message_free);
    g_autoptr (CgRtmpMessage) last = fake_rtmp_pop (fixture.fake, CG_RTMP_VIDEO);
    g_assert_cmpuint (last->body->len, ==, 8 + UNIT_SIZE);
    g_assert_cmpmem (last->body->data, 7, "\xa1hvc1\0\0", 7);
    g_assert_cmpuint (last->body->data[7], >, 0); /* ms */
    g_assert_cmpuint (last->timestamp_ms + last->body->data[7], ==, 7 * FRAME_US / 1000);
    g_assert_cmpmem (last->body->data + 8, UNIT_SIZE, DELTA, UNIT_SIZE);
    media_wait_until (fixture.published == 1);
    push_fixture_stop (&fixture);
  }
}

/* onMetaData names the codec by its four letters, as a number. */
static void
test_metadata (void)
{
  static const guint8 codec[] = {0,   12,  'v', 'i',  'd',  'e',  'o',  'c',  'o',  'd', 'e', 'c',
                                 'i', 'd', 0,   0x41, 0xda, 0x1d, 0x98, 0xcc, 0x40, 0,   0};
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ENHANCED);
  feed (&fixture, KEY, 0);
  push_fixture_start (&fixture);
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_DATA) == 1);

  g_autoptr (CgRtmpMessage) message = fake_rtmp_pop (fixture.fake, CG_RTMP_DATA);
  g_assert_nonnull (memmem (message->body->data, message->body->len, codec, sizeof codec));
  push_fixture_stop (&fixture);
}

/* What a server does not say it may not know: viewers would see black. */
static void
test_not_taken (void)
{
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  feed (&fixture, KEY, 0);
  push_fixture_start (&fixture);
  media_wait_until (fixture.failed == 1);
  media_wait_until (fake_rtmp_is_idle (fixture.fake));

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_STREAM_FORMAT);
  g_assert_nonnull (strstr (fixture.error->message, "H.265"));
  g_assert_cmpuint (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO), ==, 0);
  g_autofree char *commands = fake_rtmp_get_commands (fixture.fake);
  g_assert_nonnull (strstr (commands, "deleteStream()"));
}

/* Servers of Enhanced RTMP v1 take it without a word. */
static void
test_insists (void)
{
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ACCEPT);
  feed (&fixture, KEY, 0);
  push_fixture_start_options (&fixture, (CgPushOptions){.insists_on_h265 = TRUE});
  media_wait_until (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO) == 2);

  assert_tag (&fixture, "\x90hvc1", RECORD, RECORD_SIZE);
  g_assert_cmpuint (fixture.failed, ==, 0);
  push_fixture_stop (&fixture);
}

/* Q25: what a decoder was told cannot be taken back. */
static void
test_q25_codec_changes (void)
{
  g_autoptr (CgFormat) other = media_make_video_format (64);
  g_auto (PushFixture) fixture;

  push_fixture_open (&fixture, FAKE_RTMP_ENHANCED);
  feed (&fixture, KEY, 0);
  push_fixture_start (&fixture);
  media_wait_until (fixture.published == 1);
  cg_hub_feed (fixture.hub, fixture.input, media_make_video (other, TRUE, 100), FRAME_US, FRAME_US);
  media_wait_until (fixture.failed == 1);
  media_wait_until (fake_rtmp_is_idle (fixture.fake));

  g_assert_error (fixture.error, CG_ERROR, CG_ERROR_PEER_FAULT);
  g_assert_cmpuint (fake_rtmp_count (fixture.fake, CG_RTMP_VIDEO), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (cg_media_init (NULL, NULL));

  g_test_add_func ("/push-h265/q11-tags", test_tags);
  g_test_add_func ("/push-h265/q11-metadata", test_metadata);
  g_test_add_func ("/push-h265/q11-not-taken", test_not_taken);
  g_test_add_func ("/push-h265/q11-insists", test_insists);
  g_test_add_func ("/push-h265/q25-codec-changes", test_q25_codec_changes);
  return media_test_run ();
}
