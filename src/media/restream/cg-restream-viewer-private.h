/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/rtsp/rtsp.h>

#include "cg-restream-track.h"
#include "cg-restream-viewer.h"
#include "cg-restream-wire.h"

G_BEGIN_DECLS

/* What cg-restream-viewer.c (the connection), cg-restream-dialogue.c (requests and answers) and
 * cg-restream-flow.c (pictures and sound) share. */
struct _CgRestreamViewer {
  const CgRestreamViewerOptions *options;
  CgRestreamWire *wire; /* (owned) */
  GSocket *socket;      /* (owned) */
  char *host;           /* (owned) its address */
  GSource *turn;        /* (owned) goes through what the hub has */
  char *nonce;          /* (owned) */
  char *session;        /* (owned) (nullable): since the first SETUP */
  guint refusals;
  gboolean is_known;       /* has shown the login */
  GstRTSPMessage *delayed; /* (owned) (nullable): a request whose login has to wait, until: */
  gint64 delayed_until_us;
  gboolean is_over;
  gint64 alive_us; /* the last sign of life */
  gint64 idle_us;  /* since when it has no place, or knows what there is to watch */

  CgRestreamPlace *place;   /* (owned) (nullable): since DESCRIBE */
  CgHubOutput *output;      /* (owned) (nullable) */
  GstRTSPMessage *question; /* (owned) (nullable): a DESCRIBE that is not answered yet */
  gint64 asked_us;
  gint64 picture_us; /* when the picture's format was known; 0: it is not */
  CgRestreamTrack tracks[CG_N_TRACKS];
  gboolean is_playing;
  gboolean has_played; /* since DESCRIBE */
  gint64 begin_us;     /* the RTP time of the flow's first picture, behind that of DESCRIBE */
  gint64 sent_us;      /* the latest RTP time that was sent, and when; 0: nothing was */
  gint64 sent_at_us;
  gint64 zero_real_us; /* when the stream's time was 0; 0: it has not begun */
};

void cg_restream_viewer_end (CgRestreamViewer *self, const char *why);

void cg_restream_dialogue_take (CgRestreamViewer *self, const GstRTSPMessage *request);
void cg_restream_dialogue_check (CgRestreamViewer *self, gint64 now_us);
void cg_restream_dialogue_leave (CgRestreamViewer *self);

void cg_restream_flow_open (CgRestreamViewer *self);
void cg_restream_flow_begin (CgRestreamViewer *self);
void cg_restream_flow_close (CgRestreamViewer *self);
void cg_restream_flow_send (CgRestreamViewer *self);

G_END_DECLS
