/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a viewer on the LAN may send: the same requests come of it, whatever pieces it comes in. */
#include "fuzz-main.h"

#include "cg-restream-login.h"
#include "request-feed.h"

static void
count (CgRequestKind kind, const GstRTSPMessage *request, gpointer user_data)
{
  guint *items = user_data;

  *items += 1;
  if (kind != CG_REQUEST_MESSAGE)
    return;
  *items += g_str_hash (request->type_data.request.uri) % 1000;
  if (gst_rtsp_method_as_text (request->type_data.request.method) != NULL)
    g_assert_false (cg_restream_login_check (request, "nonce", "user", "secret"));
}

static guint
count_items (const uint8_t *data, size_t size, gsize piece)
{
  guint items = 0;

  request_feed (data, size, piece, count, &items);
  return items;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_assert_cmpuint (count_items (data, size, 3), ==, count_items (data, size, 1000));
  return 0;
}
