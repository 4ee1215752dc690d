/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-object.h>

#include "cg-error.h"
#include "cg-stream-stages.h"

G_BEGIN_DECLS

typedef enum {
  CG_STREAM_STOPPED,
  CG_STREAM_STARTING, /* accepted, nothing to tell yet: never an event */
  CG_STREAM_PLAYING,
  CG_STREAM_RETRYING,
  CG_STREAM_FAILED, /* waiting alone will not heal it */
} CgStreamState;

/**
 * CgStreamPicture:
 * @fps: pictures a second; 0: none come
 * @gop_ms: from key frame to key frame; 0: not known yet (Q14)
 * @has_b_frames: Q22
 */
typedef struct {
  guint width;
  guint height;
  guint fps;
  guint gop_ms;
  gboolean has_b_frames;
} CgStreamPicture;

/**
 * CgStreamReport:
 * @state: of the push as a whole
 * @url: (nullable): where to, credentials hidden by whoever shows it
 * @reason: (nullable): one stable word, cg_stream_why_get_word()
 * @text: (nullable): one sentence
 * @since_ms: since when it stands so, in ms since 1970; 0: nobody has looked at the clock
 * @next_ms: when the next try begins, likewise; 0: none is due
 * @stages: if it plays: where the time to the first picture went
 *
 * PROTOCOL.md section 4, play: what became of it.
 */
typedef struct {
  CgStreamState state;
  char *url;
  char *reason;
  char *text;
  gint64 since_ms;
  gint64 next_ms;
  CgStreamStages stages;
} CgStreamReport;

/* Since the stream was started. */
typedef struct {
  guint64 frames;
  guint64 bytes; /* that the camera has sent */
  guint64 sent;  /* to the media server */
  guint64 dropped;
  guint64 unsent; /* of them, by the push that runs: the line was too slow */
  guint reconnects;
  guint uplink_changes;         /* to the small picture, and back again */
  guint bitrate_kbps;           /* that the camera sends now */
  CgStreamStages first_picture; /* how long it took the last time */
  CgStreamPicture picture;      /* that the camera sends now */
} CgStreamCounters;

#define CG_TYPE_STREAM_REPORT (cg_stream_report_get_type ())
GType cg_stream_report_get_type (void);

CgStreamReport *cg_stream_report_new (CgStreamState state, const char *url, const GError *error);
void cg_stream_report_remark (CgStreamReport *self, const char *word, const char *text);
CgStreamReport *cg_stream_report_copy (const CgStreamReport *self);
void cg_stream_report_free (CgStreamReport *self);
gboolean cg_stream_report_equal (const CgStreamReport *a, const CgStreamReport *b);
const char *cg_stream_state_get_word (CgStreamState state);
gboolean cg_stream_state_describe (guint index, CgWord *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgStreamReport, cg_stream_report_free)

G_END_DECLS
