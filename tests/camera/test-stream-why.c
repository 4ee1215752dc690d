/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a stream does not play, in one word. */
#include <gio/gio.h>

#include "cg-error.h"
#include "cg-stream-report.h"
#include "cg-stream-why.h"

static void
test_words (void)
{
  static const struct {
    CgStreamSide side;
    CgError code;
    CgErrorCause cause;
    const char *word;
  } rows[] = {
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_NAME, "dns"},
      {CG_STREAM_SIDE_SERVER, CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_NAME, "dns"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_ROUTE, "no-route"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_REFUSED, "refused"},
      {CG_STREAM_SIDE_SERVER, CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_REFUSED, "refused"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_NONE, "unreachable"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_TIMED_OUT, CG_ERROR_CAUSE_NONE, "timed-out"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_LOGIN_REFUSED, CG_ERROR_CAUSE_NONE, "login-refused"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_LOGIN_REFUSED, CG_ERROR_CAUSE_LOCKED, "locked"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_PEER_FAULT, CG_ERROR_CAUSE_NO_STREAM, "no-such-stream"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_PEER_FAULT, CG_ERROR_CAUSE_NONE, "peer-fault"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_TOO_MANY_STREAMS, CG_ERROR_CAUSE_NONE, "session-limit"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NONE, "no-data"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NO_PICTURE, "no-picture"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NO_KEY_FRAME, "no-key-frame"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_STREAM_FORMAT, CG_ERROR_CAUSE_NONE, "codec"},
      {CG_STREAM_SIDE_SERVER, CG_ERROR_STREAM_FORMAT, CG_ERROR_CAUSE_NONE, "codec"},
      {CG_STREAM_SIDE_SERVER, CG_ERROR_LOGIN_REFUSED, CG_ERROR_CAUSE_NONE, "media-server-refused"},
      {CG_STREAM_SIDE_SERVER, CG_ERROR_PEER_FAULT, CG_ERROR_CAUSE_NONE, "media-server-refused"},
      {CG_STREAM_SIDE_SERVER, CG_ERROR_STREAM_BUSY, CG_ERROR_CAUSE_NONE, "publisher-exists"},
      {CG_STREAM_SIDE_SERVER, CG_ERROR_TIMED_OUT, CG_ERROR_CAUSE_SLOW, "uplink-too-slow"},
      {CG_STREAM_SIDE_SERVER, CG_ERROR_TIMED_OUT, CG_ERROR_CAUSE_NONE, "timed-out"},
      {CG_STREAM_SIDE_CAMERA, CG_ERROR_WRONG_DEVICE, CG_ERROR_CAUSE_NONE, "wrong-device"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = g_error_new_literal (CG_ERROR, (int)rows[i].code, "test");

    cg_error_set_cause (&error, rows[i].cause);
    g_autoptr (GError) copy = g_error_copy (error); /* as on the bus of a pipeline */
    g_error_free (error);
    g_assert_cmpstr (cg_stream_why_get_word (rows[i].side, copy), ==, rows[i].word);
  }
}

/* What GIO says of a connection that did not come about. */
static void
test_causes (void)
{
  const struct {
    GQuark domain;
    int code;
    CgErrorCause cause;
  } rows[] = {
      {G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, CG_ERROR_CAUSE_NAME},
      {G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, CG_ERROR_CAUSE_NAME},
      {G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, CG_ERROR_CAUSE_NAME},
      {G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, CG_ERROR_CAUSE_ROUTE},
      {G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, CG_ERROR_CAUSE_ROUTE},
      {G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, CG_ERROR_CAUSE_REFUSED},
      {G_IO_ERROR, G_IO_ERROR_FAILED, CG_ERROR_CAUSE_NONE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) reason = g_error_new_literal (rows[i].domain, rows[i].code, "test");

    g_assert_cmpint (cg_error_find_cause (reason), ==, rows[i].cause);
  }
  g_assert_cmpint (cg_error_find_cause (NULL), ==, CG_ERROR_CAUSE_NONE);
}

/* For `camgatectl explain`. */
static void
test_every_word_is_described (void)
{
  CgWord word;
  guint n_words = 0;
  guint n_states = 0;

  for (; cg_stream_why_describe (n_words, &word); n_words++) {
    g_assert_cmpstr (word.word, ==,
                     cg_stream_why_spell (CG_WHY_OF_ERROR + 1 + (CgStreamWhy)n_words));
    g_assert_nonnull (word.meaning);
    g_assert_nonnull (word.advice);
  }
  for (; cg_stream_state_describe (n_states, &word); n_states++) {
    g_assert_cmpstr (word.word, ==, cg_stream_state_get_word ((CgStreamState)n_states));
    g_assert_nonnull (word.meaning);
    g_assert_nonnull (word.advice);
  }

  g_assert_cmpuint (n_words, ==, CG_N_STREAM_WHYS - 1);
  g_assert_cmpuint (n_states, ==, CG_STREAM_FAILED + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/stream-why/words", test_words);
  g_test_add_func ("/camera/stream-why/causes", test_causes);
  g_test_add_func ("/camera/stream-why/every-word-is-described", test_every_word_is_described);
  return g_test_run ();
}
