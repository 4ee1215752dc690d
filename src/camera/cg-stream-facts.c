/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-private.h"

/**
 * cg_stream_is_active:
 * @self: a stream
 *
 * Returns: whether a play is in force, however well it goes
 */
gboolean
cg_stream_is_active (CgStream *self)
{
  return self->url != NULL;
}

/**
 * cg_stream_get_report:
 * @self: a stream
 *
 * Returns: (transfer none): how it stands
 */
const CgStreamReport *
cg_stream_get_report (CgStream *self)
{
  return self->report;
}

/**
 * cg_stream_get_counters:
 * @self: a stream
 * @counters: (out): since the stream was made
 */
void
cg_stream_get_counters (CgStream *self, CgStreamCounters *counters)
{
  GObject *push = self->ends[END_PUSH].object;
  CgHubStats stats = {0};
  CgPushStats sent = {0};

  cg_hub_get_stats (self->media.hub, &stats);
  if (push != NULL)
    cg_push_get_stats (CG_PUSH (push), &sent);
  *counters = (CgStreamCounters){
      .frames = stats.frames,
      .bytes = stats.bytes,
      .sent = self->sent + cg_stream_end_count_sent (self->ends[END_PUSH].object),
      .dropped = stats.dropped,
      .unsent = sent.dropped,
      .reconnects = self->reconnects,
      .uplink_changes = self->uplink_changes,
      .bitrate_kbps = stats.bitrate_kbps,
      .first_picture = self->first_picture,
      .picture = {.width = stats.width,
                  .height = stats.height,
                  .fps = (guint)(stats.fps + 0.5),
                  .gop_ms = stats.gop_ms,
                  .has_b_frames = stats.reordered},
  };
}

/**
 * cg_stream_get_hub:
 * @self: a stream
 *
 * Returns: (transfer none): where its pictures are, while the pull is wanted by somebody
 */
CgHub *
cg_stream_get_hub (CgStream *self)
{
  return self->media.hub;
}
