/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-pull-limit.h"

#include "cg-error.h"

/* Seen by the thread that brings the packets. */
typedef struct {
  const int *progress; /* (atomic) of the owner: what is complete */
  gpointer owner;      /* (owned) */
  GDestroyNotify release;
  int seen;
  gsize pending; /* bytes since something was complete */
  gboolean is_over;
} CgPullLimit;

static void
limit_free (gpointer data)
{
  CgPullLimit *self = data;

  self->release (self->owner);
  g_free (self);
}

static gsize
get_size (GstPadProbeInfo *info)
{
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    return gst_buffer_list_calculate_size (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
  return gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
}

static void
complain (GstPad *pad)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);
  g_autoptr (GError) error = g_error_new (CG_ERROR, CG_ERROR_PEER_FAULT,
                                          "camera sends %d MiB without a whole picture, or sound",
                                          CG_PULL_LIMIT_BYTES / (1024 * 1024));

  if (element != NULL)
    gst_element_post_message (element, gst_message_new_error (GST_OBJECT (element), error, NULL));
}

static GstPadProbeReturn
on_packets (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  CgPullLimit *self = user_data;
  const int progress = g_atomic_int_get (self->progress);

  if (self->is_over)
    return GST_PAD_PROBE_DROP;
  if (progress != self->seen)
    self->pending = 0;
  self->seen = progress;
  self->pending += get_size (info);
  if (self->pending <= CG_PULL_LIMIT_BYTES)
    return GST_PAD_PROBE_OK;
  self->is_over = TRUE;
  complain (pad);
  return GST_PAD_PROBE_DROP;
}

/**
 * cg_pull_limit_attach:
 * @pad: of an element, where packets come in
 * @progress: (atomic): changes with each picture, or sound, that is complete
 * @owner: (transfer full): whose @progress is
 * @release: gives @owner back
 *
 * Keeps a camera that never ends a picture from filling the memory: depayloaders and parsers
 * collect without limit. Such a stream ends with an error message of the pad's element.
 */
void
cg_pull_limit_attach (GstPad *pad, const int *progress, gpointer owner, GDestroyNotify release)
{
  CgPullLimit *self = g_new0 (CgPullLimit, 1);

  self->progress = progress;
  self->owner = owner;
  self->release = release;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets,
                     self, limit_free);
}
