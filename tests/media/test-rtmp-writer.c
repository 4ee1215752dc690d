/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/socket.h>
#include <unistd.h>

#include "cg-rtmp-reader.h"
#include "cg-rtmp-writer.h"
#include "media-fixture.h"

/* What a server expects that was told of no other (RTMP 1.0, 5.4.1). */
#define CHUNK 128

typedef struct {
  int fds[2];
  CgRtmpWriter *writer;
  CgRtmpReader *reader;
} Fixture;

static void
fixture_init (Fixture *self)
{
  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, self->fds));
  self->writer = cg_rtmp_writer_new (self->fds[0], CHUNK);
  self->reader = cg_rtmp_reader_new (1 << 20);
}

static void
fixture_clear (Fixture *self)
{
  cg_rtmp_writer_free (self->writer);
  cg_rtmp_reader_free (self->reader);
  close (self->fds[0]);
  if (self->fds[1] >= 0)
    close (self->fds[1]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static CgAccessUnit *
make_unit (gsize size)
{
  g_autoptr (CgFormat) format = media_make_video_format (64);
  g_autofree guint8 *bytes = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8)(i * 7 + size);
  g_autoptr (GBytes) data = g_bytes_new (bytes, size);
  return cg_access_unit_new (CG_TRACK_VIDEO, format, data, TRUE);
}

static void
queue (Fixture *fixture, guint32 timestamp_ms, const char *head, CgAccessUnit *unit)
{
  cg_rtmp_writer_queue (fixture->writer, 6, CG_RTMP_VIDEO, 1, timestamp_ms, (const guint8 *)head,
                        strlen (head), unit);
}

/* Returns: how many bytes were there */
static gsize
receive (Fixture *fixture, gsize most)
{
  g_autofree guint8 *bytes = g_malloc (most);
  const gssize size = recv (fixture->fds[1], bytes, most, MSG_DONTWAIT);

  if (size <= 0)
    return 0;
  cg_rtmp_reader_feed (fixture->reader, bytes, (gsize)size);
  return (gsize)size;
}

static void
test_bytes (void)
{
  g_auto (Fixture) fixture;
  guint8 bytes[64];

  fixture_init (&fixture);
  queue (&fixture, 0x010203, "abc", NULL);
  g_assert_cmpuint (cg_rtmp_writer_get_queued (fixture.writer), ==, 1);

  g_assert_true (cg_rtmp_writer_flush (fixture.writer));

  g_assert_true (cg_rtmp_writer_is_idle (fixture.writer));
  const gssize size = recv (fixture.fds[1], bytes, sizeof bytes, MSG_DONTWAIT);
  static const guint8 wanted[] = {6, 1, 2, 3, 0, 0, 3, 9, 1, 0, 0, 0, 'a', 'b', 'c'};
  g_assert_cmpmem (bytes, size, wanted, sizeof wanted);
  g_assert_cmpuint (cg_rtmp_writer_get_written (fixture.writer), ==, sizeof wanted);
}

static void
assert_message (Fixture *fixture, guint32 timestamp_ms, const char *head, gsize unit_size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CgRtmpMessage) message = cg_rtmp_reader_next (fixture->reader, &error);
  const gsize head_size = strlen (head);

  g_assert_no_error (error);
  g_assert_nonnull (message);
  g_assert_cmpuint (message->type, ==, CG_RTMP_VIDEO);
  g_assert_cmpuint (message->stream, ==, 1);
  g_assert_cmphex (message->timestamp_ms, ==, timestamp_ms);
  g_assert_cmpuint (message->body->len, ==, head_size + unit_size);
  g_assert_cmpmem (message->body->data, head_size, head, head_size);
  for (gsize i = 0; i < unit_size; i++)
    g_assert_cmpuint (message->body->data[head_size + i], ==, (guint8)(i * 7 + unit_size));
}

/* Q21: 24 bits, and what does not fit into them, in every chunk. */
static void
test_q21_sizes_and_times (void)
{
  static const gsize sizes[] = {0,         1,         CHUNK - 3,     CHUNK - 2,     CHUNK - 1,
                                CHUNK + 1, 2 * CHUNK, 2 * CHUNK - 2, 3 * CHUNK + 5, 20000};
  static const guint32 times[] = {0, 0xfffffe, 0xffffff, 0x1000000, 0xffffffff};

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (CgAccessUnit) unit = make_unit (sizes[i]);

    for (guint j = 0; j < G_N_ELEMENTS (times); j++) {
      g_auto (Fixture) fixture;

      g_test_message ("%" G_GSIZE_FORMAT " bytes at %x", sizes[i], times[j]);
      fixture_init (&fixture);
      queue (&fixture, times[j], "ab", unit);
      queue (&fixture, times[j] + 1, "next", NULL);
      g_assert_true (cg_rtmp_writer_flush (fixture.writer));
      g_assert_true (cg_rtmp_writer_is_idle (fixture.writer));
      while (receive (&fixture, 65536) > 0)
        ;
      assert_message (&fixture, times[j], "ab", sizes[i]);
      assert_message (&fixture, times[j] + 1, "next", 0);
    }
  }
}

/* A server that takes little at a time gets the same bytes, and nobody waits for it. */
static void
test_slow_server (void)
{
  const int smallest = 1;
  g_auto (Fixture) fixture;
  guint blocked = 0;

  fixture_init (&fixture);
  g_assert_no_errno (
      setsockopt (fixture.fds[0], SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest));
  for (guint i = 0; i < 50; i++) {
    g_autoptr (CgAccessUnit) unit = make_unit (i * 331);
    queue (&fixture, 0xfffff0 + i, "x", unit);
  }

  while (!cg_rtmp_writer_is_idle (fixture.writer)) {
    g_assert_true (cg_rtmp_writer_flush (fixture.writer));
    blocked += !cg_rtmp_writer_is_idle (fixture.writer);
    receive (&fixture, 97);
  }
  while (receive (&fixture, 1000) > 0)
    ;

  g_assert_cmpuint (blocked, >, 10);
  for (guint i = 0; i < 50; i++)
    assert_message (&fixture, 0xfffff0 + i, "x", i * 331);
}

static void
test_lost (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  close (fixture.fds[1]);
  fixture.fds[1] = -1;
  queue (&fixture, 0, "abc", NULL);

  g_assert_false (cg_rtmp_writer_flush (fixture.writer));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmp-writer/bytes", test_bytes);
  g_test_add_func ("/rtmp-writer/q21-sizes-and-times", test_q21_sizes_and_times);
  g_test_add_func ("/rtmp-writer/slow-server", test_slow_server);
  g_test_add_func ("/rtmp-writer/lost", test_lost);
  return g_test_run ();
}
