/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-stream-end.h"
#include "cg-stream-login.h"
#include "cg-stream-media.h"
#include "cg-stream.h"

/* What cg-stream.c (what it is told to do), cg-stream-try.c (how its ends do that),
 * cg-stream-hold.c (who wants the push, and the pull beside it), cg-stream-starvation.c (whether
 * what comes in goes out) and cg-stream-facts.c (what there is to say of it) share. */

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
  GSource *rest; /* ends a pull that nobody wants any more */
  GSource *look; /* whether everybody gets what comes, while the pull is live */
  gboolean has_asked_key;
  gint64 key_asked_ms; /* the camera, for a key frame */
  guint64 coded;       /* pictures that the transcode had yielded */
  gint64 coded_ms;
  const char *remark_word; /* (nullable) why it plays something else than the main picture */
  const char *remark;      /* (nullable) */
  CgStreamReport *report;
  CgStreamStages stages;
  CgStreamStages first_picture; /* those of the last time that it began to play */
  guint reconnects;
  guint uplink_changes;
  guint64 sent; /* by pushes that have ended */
  GTask *close; /* (owned) (nullable) */
};

void cg_stream_tell (CgStream *self, const char *url);
void cg_stream_finish_close (CgStream *self);

void cg_stream_begin_end (CgStream *self, EndId id);
void cg_stream_drop_end (CgStream *self, EndId id);
void cg_stream_reset_end (CgStream *self, EndId id);
void cg_stream_retry_in (CgStream *self, EndId id, guint pause_ms);

void cg_stream_lose_source (CgStream *self, const GError *error);
void cg_stream_fail_transcode (CgStream *self, const GError *error);

void cg_stream_want_key (CgStream *self);
void cg_stream_want_picture (CgStream *self);
void cg_stream_begin_look (CgStream *self);

void cg_stream_renew_lease (CgStream *self);
gboolean cg_stream_is_held (CgStream *self);
guint cg_stream_get_standby_rest_ms (CgStream *self);
void cg_stream_hurry_pull (CgStream *self);
void cg_stream_release_pull (CgStream *self);
