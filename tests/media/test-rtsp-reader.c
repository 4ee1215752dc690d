/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <time.h>

#include "cg-rtsp-reader.h"

typedef struct {
  CgRtspReader *reader;
  GString *seen; /* what came, in words */
} Fixture;

static void
fixture_init (Fixture *fixture)
{
  fixture->reader = cg_rtsp_reader_new ();
  fixture->seen = g_string_new (NULL);
  cg_rtsp_reader_expect (fixture->reader, 0);
  cg_rtsp_reader_expect (fixture->reader, 1);
}

static void
fixture_clear (Fixture *fixture)
{
  cg_rtsp_reader_free (fixture->reader);
  g_string_free (fixture->seen, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
note_items (Fixture *fixture)
{
  CgRtspItem item;

  for (;;) {
    const CgRtspItemKind kind = cg_rtsp_reader_next (fixture->reader, &item);
    if (kind == CG_RTSP_ITEM_NONE)
      return;
    if (kind == CG_RTSP_ITEM_PACKET) {
      g_string_append_printf (fixture->seen, "%u:%" G_GSIZE_FORMAT " ", item.channel, item.size);
      continue;
    }
    g_autoptr (CgRtspMessage) message = item.message;
    const gsize body = message->body != NULL ? g_bytes_get_size (message->body) : 0;
    if (message->method != NULL)
      g_string_append_printf (fixture->seen, "%s ", message->method);
    else
      g_string_append_printf (fixture->seen, "%u+%" G_GSIZE_FORMAT " ", message->status, body);
  }
}

static void
feed (Fixture *fixture, const void *bytes, gsize length, gsize step)
{
  const guint8 *next = bytes;

  while (length > 0) {
    gsize space = 0;
    guint8 *place = cg_rtsp_reader_get_space (fixture->reader, &space);
    const gsize size = MIN (MIN (space, step), length);

    memcpy (place, next, size);
    cg_rtsp_reader_commit (fixture->reader, size);
    next += size;
    length -= size;
    note_items (fixture);
  }
}

#define RTP "\x80\x60\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"
#define PACKET "$\x00\x00\x0c" RTP
#define OTHER "$\x05\x00\x0c" RTP
#define REPORT "$\x01\x00\x08\x81\xc8\x00\x01\x00\x00\x00\x00"
#define ANSWER "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nbody"

typedef struct {
  const char *bytes;
  gsize length;
  const char *seen;
  guint skipped;
} Row;

#define ROW(bytes, seen, skipped)                                                                  \
  {                                                                                                \
    bytes, sizeof (bytes) - 1, seen, skipped                                                       \
  }

/* However the network cuts it. */
static void
test_items (void)
{
  static const Row rows[] = {
      ROW (PACKET REPORT ANSWER PACKET, "0:12 1:8 200+4 0:12 ", 0),
      ROW ("RTSP/1.0 404 Not Found\ncseq:1\n\n" PACKET, "404+0 0:12 ", 0),
      ROW ("OPTIONS rtsp://x RTSP/1.0\r\nCSeq: 3\r\n\r\n" PACKET, "OPTIONS 0:12 ", 0),
      ROW (ANSWER "\r\n" PACKET, "200+4 0:12 ", 0),
      ROW (OTHER PACKET, "5:12 0:12 ", 0),
      /* Q53 */
      ROW (PACKET "garbage" PACKET PACKET "$", "0:12 0:12 0:12 ", 7),
      ROW (PACKET "\x00$\x00$$\xff\xff" PACKET PACKET "$", "0:12 0:12 0:12 ", 7),
      ROW (PACKET "RTSQ" PACKET ANSWER, "0:12 0:12 200+4 ", 4),
      ROW (PACKET "$\x07\x00\x03\x01\x02\x03" PACKET PACKET "$", "0:12 0:12 0:12 ", 7),
      ROW (PACKET "RTSP/1.0 nonsense\r\n\r\n" ANSWER, "0:12 200+4 ", 21),
      ROW ("RTSP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\n" ANSWER, "200+0 200+4 ", 0),
      ROW ("$\x00\x00", "", 0),
      ROW ("RTSP/1.0 200", "", 0),
  };
  static const gsize steps[] = {1, 3, 16, 100000};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (guint s = 0; s < G_N_ELEMENTS (steps); s++) {
      g_auto (Fixture) fixture;

      g_test_message ("row %u, step %u", i, s);
      fixture_init (&fixture);
      feed (&fixture, rows[i].bytes, rows[i].length, steps[s]);

      g_assert_cmpstr (fixture.seen->str, ==, rows[i].seen);
      g_assert_cmpuint (cg_rtsp_reader_get_skipped (fixture.reader), ==, rows[i].skipped);
    }
  }
}

/* More than the reader holds, packets of all sizes among it. */
static void
test_much (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GString) expected = g_string_new (NULL);
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  for (guint i = 1; i < 300; i++) {
    const guint size = (i * 1009) % 65535 + 1;
    const guint8 head[] = {'$', 0, (guint8)(size >> 8), (guint8)size, 0x80};

    g_byte_array_append (bytes, head, sizeof head);
    g_byte_array_set_size (bytes, bytes->len + size - 1);
    memset (bytes->data + bytes->len - size + 1, '$', size - 1);
    g_string_append_printf (expected, "0:%u ", size);
  }
  feed (&fixture, bytes->data, bytes->len, 200000);

  g_assert_cmpstr (fixture.seen->str, ==, expected->str);
  g_assert_cmpuint (cg_rtsp_reader_get_skipped (fixture.reader), ==, 0);
}

/* A head that never ends is no head. */
static void
test_endless_head (void)
{
  g_autofree char *line = g_strnfill (20000, 'x');
  g_autofree char *head = g_strconcat ("RTSP/1.0 200 OK\r\nX: ", line, NULL);
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  feed (&fixture, head, strlen (head), 1000);
  feed (&fixture, PACKET ANSWER, sizeof PACKET ANSWER - 1, 1000);

  g_assert_cmpstr (fixture.seen->str, ==, "0:12 200+4 ");
  g_assert_cmpuint (cg_rtsp_reader_get_skipped (fixture.reader), ==, strlen (head));
}

/* Returns: what it takes of the processor to read so many bytes of words that promise a head */
static double
read_heads_s (const char *pattern, const char *end, gsize length)
{
  g_autoptr (GString) bytes = g_string_new (NULL);
  g_auto (Fixture) fixture;

  while (bytes->len < 16000)
    g_string_append (bytes, pattern);
  g_string_append (bytes, end);
  while (bytes->len < length)
    g_string_append_len (bytes, bytes->str, (gssize)bytes->len);
  fixture_init (&fixture);
  const clock_t since = clock ();
  feed (&fixture, bytes->str, bytes->len, 200000);
  return (double)(clock () - since) / CLOCKS_PER_SEC;
}

/* Four times the bytes take four times as long; with a search in each search it would be sixteen.
 */
static void
test_many_heads (void)
{
  static const char *const patterns[] = {"RTSP/", "RTSP/1.0 x", "TEARDOWN "};
  static const char *const ends[] = {"", "\r\n\r\n"};

  for (guint i = 0; i < G_N_ELEMENTS (patterns) * G_N_ELEMENTS (ends); i++) {
    const double few_s = read_heads_s (patterns[i / 2], ends[i % 2], 1000000);
    const double many_s = read_heads_s (patterns[i / 2], ends[i % 2], 4000000);

    g_test_message ("%.3f s, %.3f s", few_s, many_s);
    g_assert_cmpfloat (many_s, <, 10 * few_s + 0.05);
  }
}

static void
test_headers (void)
{
  static const char head[] = "RTSP/1.0 401 Unauthorized \r\n"
                             "CSEQ : 7\r\n"
                             "WWW-Authenticate: Basic realm=\"a\"\r\n"
                             "www-authenticate:Digest realm=\"a\",\r\n"
                             "  nonce=\"b\"\r\n"
                             "nonsense\r\n"
                             "Content-Length: 99999999999999999999\r\n\r\n";
  g_autoptr (CgRtspMessage) message = cg_rtsp_message_parse (head, sizeof head - 1);

  g_assert_cmpuint (message->status, ==, 401);
  g_assert_cmpuint (cg_rtsp_message_get_number (message, "CSeq"), ==, 7);
  g_assert_cmpuint (cg_rtsp_message_get_number (message, "content-length"), ==, G_MAXUINT);
  g_assert_null (cg_rtsp_message_get_header (message, "Session"));
  g_auto (GStrv) challenges = cg_rtsp_message_get_headers (message, "WWW-Authenticate");
  g_assert_cmpuint (g_strv_length (challenges), ==, 2);
  g_assert_cmpstr (challenges[1], ==, "Digest realm=\"a\", nonce=\"b\"");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rtsp-reader/q53-items", test_items);
  g_test_add_func ("/rtsp-reader/much", test_much);
  g_test_add_func ("/rtsp-reader/endless-head", test_endless_head);
  g_test_add_func ("/rtsp-reader/many-heads", test_many_heads);
  g_test_add_func ("/rtsp-reader/headers", test_headers);
  return g_test_run ();
}
