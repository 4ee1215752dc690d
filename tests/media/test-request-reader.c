/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What viewers send, in any pieces. */
#include "media-fixture.h"
#include "request-feed.h"

static void
note (CgRequestKind kind, const GstRTSPMessage *request, gpointer user_data)
{
  GString *seen = user_data;
  char *number = NULL;

  if (kind == CG_REQUEST_PACKET) {
    g_string_append (seen, "$ ");
    return;
  }
  const char *method = gst_rtsp_method_as_text (request->type_data.request.method);
  gst_rtsp_message_get_header (request, GST_RTSP_HDR_CSEQ, &number, 0);
  g_string_append_printf (seen, "%s(%s)%s ", method != NULL ? method : "?",
                          request->type_data.request.uri, number != NULL ? number : "");
}

/* Each item that comes: a method and its URI, "$" for a packet, "!" for the end of all. */
static char *
read_all (const char *data, gsize size, gsize piece)
{
  GString *seen = g_string_new (NULL);

  if (request_feed (data, size, piece, note, seen) == CG_REQUEST_BAD)
    g_string_append_c (seen, '!');
  return g_string_free (seen, FALSE);
}

typedef struct {
  const char *data;
  gsize size;
  const char *seen;
} Row;

#define ROW(data, seen)                                                                            \
  {                                                                                                \
    data, sizeof data - 1, seen                                                                    \
  }

static const Row rows[] = {
    ROW ("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", "OPTIONS(*)1 "),
    ROW ("\r\n\r\nPLAY a RTSP/1.0\ncseq:2\n\nPAUSE b RTSP/1.0\r\nCSeq : 3 \r\n\r\n",
         "PLAY(a)2 PAUSE(b)3 "),
    ROW ("SET_PARAMETER a RTSP/1.0\r\nContent-Length: 4\r\n\r\n\r\n$$PLAY b RTSP/1.0\r\n\r\n",
         "SET_PARAMETER(a) PLAY(b) "),
    ROW ("$\1\0\3abc$\1\0\0PLAY a RTSP/1.0\r\nno header\r\n\r\n", "$ $ PLAY(a) "),
    ROW ("DANCE a RTSP/1.0\r\n\r\n", "?(a) "),
    ROW ("PLAY a RTSP/1.0\r\nCSeq: 1\rX: 2\r\n\r\n", "PLAY(a)1 X: 2 "),
    ROW ("PLAY a\tb RTSP/1.0\r\n\r\n", "!"),
    ROW ("PLAY a RTSP/2.0\r\n\r\n", "!"),
    ROW ("GET / HTTP/1.0\r\n\r\n", "!"),
    ROW ("RTSP/1.0 200 OK\r\n\r\n", "!"),
    ROW ("PLAY  RTSP/1.0\r\n\r\n", "!"),
    ROW ("PLAY\0 a RTSP/1.0\r\n\r\n", "!"),
    ROW ("PLAY a RTSP/1.0\r\nContent-Length: 4097\r\n\r\n", "!"),
    ROW ("PLAY a RTSP/1.0\r\nContent-Length: -1\r\n\r\n", "!"),
};

static void
test_rows (void)
{
  static const gsize pieces[] = {1, 2, 7, 4096};

  for (gsize i = 0; i < G_N_ELEMENTS (rows) * G_N_ELEMENTS (pieces); i++) {
    const Row *row = &rows[i / G_N_ELEMENTS (pieces)];
    g_autofree char *seen = read_all (row->data, row->size, pieces[i % G_N_ELEMENTS (pieces)]);

    g_assert_cmpstr (seen, ==, row->seen);
  }
}

/* The longest head that is taken, and one byte more. */
static void
test_long_heads (void)
{
  for (gsize more = 0; more < 2; more++) {
    g_autoptr (GString) head = g_string_new ("PLAY a RTSP/1.0\r\nX: ");

    while (head->len < CG_REQUEST_MAX_HEAD + more - 4)
      g_string_append_c (head, 'x');
    g_string_append (head, "\r\n\r\n");
    g_autofree char *seen = read_all (head->str, head->len, 100);

    g_assert_cmpstr (seen, ==, more == 0 ? "PLAY(a) " : "!");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/request-reader/rows", test_rows);
  g_test_add_func ("/request-reader/long-heads", test_long_heads);
  return media_test_run ();
}
