/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-error.h"
#include "cg-rtmp-reader.h"

/* A command of 5 bytes on channel 3, then 200 bytes of data on channel 4 in two chunks. */
static GByteArray *
make_stream (void)
{
  static const guint8 command[] = {0x03, 0, 0, 10,  0,   0,   5,   20, 1,
                                   0,    0, 0, 'h', 'e', 'l', 'l', 'o'};
  static const guint8 header[] = {0x04, 0xff, 0xff, 0xff, 0, 0, 200, 18, 2, 0, 0, 0, 1, 2, 3, 4};
  static const guint8 next[] = {0xc4, 1, 2, 3, 4};
  GByteArray *array = g_byte_array_new ();
  guint8 body[200];

  for (guint i = 0; i < sizeof body; i++)
    body[i] = (guint8)i;
  g_byte_array_append (array, command, sizeof command);
  g_byte_array_append (array, header, sizeof header);
  g_byte_array_append (array, body, 128);
  g_byte_array_append (array, next, sizeof next);
  g_byte_array_append (array, body + 128, 72);
  return array;
}

static void
check_stream (gsize step)
{
  g_autoptr (GByteArray) stream = make_stream ();
  g_autoptr (CgRtmpReader) reader = cg_rtmp_reader_new (1000);
  g_autoptr (GPtrArray) messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cg_rtmp_message_free);
  g_autoptr (GError) error = NULL;

  for (gsize at = 0; at < stream->len; at += step) {
    CgRtmpMessage *message;
    cg_rtmp_reader_feed (reader, stream->data + at, MIN (step, stream->len - at));
    while ((message = cg_rtmp_reader_next (reader, &error)) != NULL)
      g_ptr_array_add (messages, message);
    g_assert_no_error (error);
  }

  g_assert_cmpuint (messages->len, ==, 2);
  const CgRtmpMessage *command = messages->pdata[0];
  g_assert_cmpuint (command->type, ==, CG_RTMP_COMMAND);
  g_assert_cmpuint (command->timestamp_ms, ==, 10);
  g_assert_cmpuint (command->stream, ==, 1);
  g_assert_cmpmem (command->body->data, command->body->len, "hello", 5);
  const CgRtmpMessage *data = messages->pdata[1];
  g_assert_cmpuint (data->timestamp_ms, ==, 0x01020304);
  g_assert_cmpuint (data->body->len, ==, 200);
  g_assert_cmpuint (data->body->data[199], ==, 199);
}

static void
test_whole (void)
{
  check_stream (10000);
}

static void
test_byte_by_byte (void)
{
  for (gsize step = 1; step < 20; step++)
    check_stream (step);
}

/* Shorter headers go on from the message before. */
static void
test_deltas (void)
{
  static const guint8 stream[] = {0x05, 0,    0,    10, 0, 0,   1,   9,    1,   0,  0,
                                  0,    'a',  0x45, 0,  0, 5,   0,   0,    2,   8,  'b',
                                  'c',  0x85, 0,    0,  7, 'd', 'e', 0xc5, 'f', 'g'};
  static const guint32 times[] = {10, 15, 22, 29};
  g_autoptr (CgRtmpReader) reader = cg_rtmp_reader_new (1000);

  cg_rtmp_reader_feed (reader, stream, sizeof stream);

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autoptr (CgRtmpMessage) message = cg_rtmp_reader_next (reader, NULL);
    g_assert_nonnull (message);
    g_assert_cmpuint (message->timestamp_ms, ==, times[i]);
    g_assert_cmpuint (message->type, ==, i == 0 ? CG_RTMP_VIDEO : CG_RTMP_AUDIO);
    g_assert_cmpuint (message->stream, ==, 1);
  }
}

static void
test_chunk_size (void)
{
  static const guint8 head[] = {0x02, 0, 0,    0, 0, 0, 4, 1, 0, 0,  0, 0, 0, 0,
                                1,    0, 0x03, 0, 0, 0, 0, 1, 0, 20, 0, 0, 0, 0};
  g_autofree guint8 *body = g_malloc0 (256);
  g_autoptr (CgRtmpReader) reader = cg_rtmp_reader_new (1000);

  cg_rtmp_reader_feed (reader, head, sizeof head);
  cg_rtmp_reader_feed (reader, body, 256);
  g_autoptr (CgRtmpMessage) size = cg_rtmp_reader_next (reader, NULL);
  g_autoptr (CgRtmpMessage) message = cg_rtmp_reader_next (reader, NULL);

  g_assert_cmpuint (size->type, ==, CG_RTMP_SET_CHUNK_SIZE);
  g_assert_cmpuint (message->body->len, ==, 256);
}

typedef struct {
  const char *name;
  guint8 bytes[20];
  gsize size;
} BadRow;

static const BadRow bad[] = {
    {"chunk size 0", {0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0}, 16},
    {"chunk size negative", {0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0x80, 0, 0, 0}, 16},
    {"chunk size of no bytes", {0x02, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}, 12},
    {"16 MiB message", {0x03, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0}, 12},
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (CgRtmpReader) reader = cg_rtmp_reader_new (65536);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i].name);
    cg_rtmp_reader_feed (reader, bad[i].bytes, bad[i].size);
    g_assert_null (cg_rtmp_reader_next (reader, &error));
    g_assert_error (error, CG_ERROR, CG_ERROR_PEER_FAULT);
  }
}

/* Noise ends in an error or in hunger, within bounds. */
static void
test_noise (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < 2000; round++) {
    g_autoptr (CgRtmpReader) reader = cg_rtmp_reader_new (4096);
    g_autoptr (GError) error = NULL;
    for (guint i = 0; i < 50 && error == NULL; i++) {
      const guint32 noise = g_rand_int (rand) & (guint32)g_rand_int (rand);
      cg_rtmp_reader_feed (reader, (const guint8 *)&noise, sizeof noise);
      g_clear_pointer (&(CgRtmpMessage *){cg_rtmp_reader_next (reader, &error)},
                       cg_rtmp_message_free);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rtmp-reader/whole", test_whole);
  g_test_add_func ("/rtmp-reader/byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/rtmp-reader/deltas", test_deltas);
  g_test_add_func ("/rtmp-reader/chunk-size", test_chunk_size);
  g_test_add_func ("/rtmp-reader/bad", test_bad);
  g_test_add_func ("/rtmp-reader/noise", test_noise);
  return g_test_run ();
}
