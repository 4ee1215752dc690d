/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-snapshot.h"

#include "cg-onvif-file.h"

/* A camera that fails is asked once a minute at the least. */
#define MAX_PAUSE_MS (60 * 1000)

static gboolean
is_jpeg (GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  return length > 3 && data[0] == 0xff && data[1] == 0xd8 && data[2] == 0xff;
}

/**
 * cg_onvif_snapshot_get_in_thread:
 * @self: a session
 * @uri: of cg_onvif_media_get_snapshot_uri_in_thread()
 * @max_bytes: a larger picture is an error
 * @error: return location; %CG_ERROR_PEER_FAULT: what came is no JPEG, or too large
 *
 * Gets a picture, with whatever login it takes (Q58). For a stream that runs, its own last key
 * frame costs the camera less.
 *
 * Returns: (transfer full) (nullable): a JPEG
 */
GBytes *
cg_onvif_snapshot_get_in_thread (CgOnvifSession *self,
                                 const char *uri,
                                 gsize max_bytes,
                                 GError **error)
{
  g_autoptr (GBytes) bytes = cg_onvif_file_get_in_thread (self, uri, error);

  if (bytes == NULL)
    return NULL;
  if (!is_jpeg (bytes)) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT, "snapshot: no JPEG came");
    return NULL;
  }
  if (g_bytes_get_size (bytes) > max_bytes) {
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                 "snapshot: %" G_GSIZE_FORMAT " bytes, and no more than %" G_GSIZE_FORMAT
                 " are taken",
                 g_bytes_get_size (bytes), max_bytes);
    return NULL;
  }
  return g_steal_pointer (&bytes);
}

/**
 * cg_onvif_snapshot_limit_begin:
 * @self: the limit of a camera
 * @now_ms: monotonic
 *
 * Returns: 0: a picture may be asked for now; else in so many milliseconds
 */
guint
cg_onvif_snapshot_limit_begin (CgOnvifSnapshotLimit *self, gint64 now_ms)
{
  if (now_ms < self->next_ms)
    return (guint)(self->next_ms - now_ms);
  self->next_ms = now_ms + self->pause_ms;
  return 0;
}

/**
 * cg_onvif_snapshot_limit_end:
 * @self: the limit of a camera
 * @now_ms: monotonic
 * @is_done: whether the picture came
 *
 * The pause counts from here: a slow camera is not asked again as soon as it has answered.
 */
void
cg_onvif_snapshot_limit_end (CgOnvifSnapshotLimit *self, gint64 now_ms, gboolean is_done)
{
  self->pause_ms =
      is_done ? self->min_ms : MIN (self->pause_ms * 2, MAX (MAX_PAUSE_MS, self->min_ms));
  self->next_ms = now_ms + self->pause_ms;
}
