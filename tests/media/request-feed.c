/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "request-feed.h"

#include <string.h>

CgRequestKind
request_feed (gconstpointer data, gsize size, gsize piece, RequestFeedFunc func, gpointer user_data)
{
  g_autofree CgRequestReader *reader = g_new0 (CgRequestReader, 1);
  CgRequestKind kind = CG_REQUEST_NONE;

  for (gsize at = 0; at < size && kind != CG_REQUEST_BAD;) {
    GstRTSPMessage request;
    gsize space;
    guint8 *place = cg_request_reader_get_space (reader, &space);
    const gsize n = MIN (MIN (piece, space), size - at);

    g_assert_cmpuint (n, >, 0);
    memcpy (place, (const guint8 *)data + at, n);
    cg_request_reader_commit (reader, n);
    at += n;
    while ((kind = cg_request_reader_next (reader, &request)) == CG_REQUEST_PACKET ||
           kind == CG_REQUEST_MESSAGE) {
      func (kind, &request, user_data);
      if (kind == CG_REQUEST_MESSAGE)
        gst_rtsp_message_unset (&request);
    }
  }
  return kind;
}
