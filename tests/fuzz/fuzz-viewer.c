/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a viewer on the LAN may send: the same requests come of it, whatever pieces it comes in. */
#include "fuzz-main.h"

#include <string.h>

#include "cg-request-reader.h"
#include "cg-restream-login.h"

static guint
look_at (GstRTSPMessage *request)
{
  const guint count = 1 + g_str_hash (request->type_data.request.uri) % 1000;

  if (gst_rtsp_method_as_text (request->type_data.request.method) != NULL)
    g_assert_false (cg_restream_login_check (request, "nonce", "user", "secret"));
  gst_rtsp_message_unset (request);
  return count;
}

static guint
count_items (const uint8_t *data, size_t size, gsize piece)
{
  g_autofree CgRequestReader *reader = g_new0 (CgRequestReader, 1);
  CgRequestKind kind = CG_REQUEST_NONE;
  guint count = 0;

  for (gsize at = 0; at < size && kind != CG_REQUEST_BAD;) {
    GstRTSPMessage request;
    gsize space;
    guint8 *place = cg_request_reader_get_space (reader, &space);
    const gsize n = MIN (MIN (piece, space), size - at);

    g_assert_cmpuint (n, >, 0);
    memcpy (place, data + at, n);
    cg_request_reader_commit (reader, n);
    at += n;
    while ((kind = cg_request_reader_next (reader, &request)) == CG_REQUEST_PACKET ||
           kind == CG_REQUEST_MESSAGE)
      count += kind == CG_REQUEST_MESSAGE ? look_at (&request) : 1;
  }
  return count;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_assert_cmpuint (count_items (data, size, 3), ==, count_items (data, size, 1000));
  return 0;
}
