/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-http.h"

#include <stdlib.h>
#include <string.h>

#include "fake-answers.h"

void
fake_http_clear (FakeHttp *self)
{
  g_free (self->target);
  g_free (self->host);
  g_free (self->content_type);
  g_free (self->authorization);
  g_free (self->body);
}

gboolean
fake_http_read (GDataInputStream *input, GCancellable *quit, FakeHttp *self)
{
  gsize length = 0;
  g_autofree char *first = g_data_input_stream_read_line (input, NULL, quit, NULL);

  if (first == NULL)
    return FALSE;
  self->target = fake_between (first, "POST ", " HTTP/1.1");
  g_assert_nonnull (self->target);
  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line (input, NULL, quit, NULL);

    if (line == NULL)
      return FALSE;
    g_strchomp (line);
    if (line[0] == '\0')
      break;
    if (g_str_has_prefix (line, "Content-Length: "))
      length = strtoul (line + strlen ("Content-Length: "), NULL, 10);
    else if (g_str_has_prefix (line, "Content-Type: "))
      self->content_type = g_strdup (line + strlen ("Content-Type: "));
    else if (g_str_has_prefix (line, "Host: "))
      self->host = g_strdup (line + strlen ("Host: "));
    else if (g_str_has_prefix (line, "Authorization: "))
      self->authorization = g_strdup (line + strlen ("Authorization: "));
  }
  self->body = g_malloc0 (length + 1);
  return g_input_stream_read_all (G_INPUT_STREAM (input), self->body, length, NULL, quit, NULL);
}
