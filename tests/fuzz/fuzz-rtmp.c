/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a media server may send: chunks, commands, status codes. */
#include "fuzz-main.h"

#include "cg-error.h"
#include "cg-rtmp-reader.h"
#include "cg-rtmp-status.h"
#include "cg-rtmp-url.h"

#define MAX_MESSAGE 4096

static void
check_command (const uint8_t *data, size_t size)
{
  g_autoptr (CgAmfCommand) command = cg_amf_command_parse (data, size);
  if (command == NULL)
    return;

  g_autoptr (GError) error = cg_rtmp_status_make_error (command);
  g_assert_true (g_utf8_validate (command->name, -1, NULL));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (error->domain == CG_ERROR);
  cg_rtmp_status_is_error (command);
  cg_rtmp_status_offers_h265 (command);
}

/* In pieces of one size, as the network may cut it. Returns how many messages came. */
static guint
count_messages (const uint8_t *data, size_t size, size_t step)
{
  g_autoptr (CgRtmpReader) reader = cg_rtmp_reader_new (MAX_MESSAGE);
  g_autoptr (GError) error = NULL;
  guint count = 0;

  for (size_t at = 0; at < size && error == NULL; at += step) {
    cg_rtmp_reader_feed (reader, data + at, MIN (step, size - at));
    for (;;) {
      g_autoptr (CgRtmpMessage) message = cg_rtmp_reader_next (reader, &error);
      if (message == NULL)
        break;
      g_assert_cmpuint (message->body->len, <=, MAX_MESSAGE);
      if (message->type == CG_RTMP_COMMAND)
        check_command (message->body->data, message->body->len);
      count++;
    }
  }
  return count;
}

static void
check_url (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (CgRtmpUrl) url = cg_rtmp_url_parse (text, NULL);

  if (url == NULL)
    return;
  g_assert_cmpstr (url->host, !=, "");
  g_assert_cmpstr (url->app, !=, "");
  g_assert_cmpuint (url->port, !=, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_assert_cmpuint (count_messages (data, size, 7), ==, count_messages (data, size, 10000));
  check_command (data, size);
  check_url (data, size);
  return 0;
}
