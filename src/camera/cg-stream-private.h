/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-stream-end.h"
#include "cg-stream-login.h"
#include "cg-stream-media.h"
#include "cg-stream.h"

/* What cg-stream.c (its life), cg-stream-hold.c (who wants the pull beside a push) and
 * cg-stream-facts.c (what there is to say of it) share. */

typedef enum { END_PULL, END_PUSH, N_ENDS } EndId;

struct _CgStream {
  GObject parent_instance;

  CgCameraConfig *camera;
  CgStreamConfig config;
  CgClock *clock;
  CgStreamMedia media;
  CgStreamTransport *transport;

  char *url; /* (nullable): %NULL while stopped */
  CgStreamEnd ends[N_ENDS];
  gboolean source_wanted;
  gboolean holds[CG_N_STREAM_HOLDS]; /* who else wants the pull */
  CgStreamLogin login;               /* as the pull shows it */
  GSource *grace;                    /* gives up the publishing session of a lost camera */
  GSource *lease;
  GSource *rest;           /* ends a pull that nobody wants any more */
  const char *remark_word; /* (nullable) why it plays something else than the main picture */
  const char *remark;      /* (nullable) */
  CgStreamReport *report;
  CgStreamStages stages;
  guint reconnects;
  guint uplink_changes;
  guint64 sent; /* by pushes that have ended */
  GTask *close; /* (owned) (nullable) */
};

void cg_stream_begin_end (CgStream *self, EndId id);
void cg_stream_reset_end (CgStream *self, EndId id);
void cg_stream_retry_in (CgStream *self, EndId id, guint pause_ms);

gboolean cg_stream_is_held (CgStream *self);
guint cg_stream_get_standby_rest_ms (CgStream *self);
void cg_stream_hurry_pull (CgStream *self);
void cg_stream_release_pull (CgStream *self);
