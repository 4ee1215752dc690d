/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/app/gstappsink.h>

#include "cg-config.h"
#include "cg-hub.h"
#include "cg-pull-watch.h"

G_BEGIN_DECLS

/* The application messages that a feed puts on its pipeline's bus. */
#define CG_PULL_FEED_DESCRIBED "camgate-described"
#define CG_PULL_FEED_DATA "camgate-data"
#define CG_PULL_FEED_LIVE "camgate-live"

/**
 * CgPullFeed:
 *
 * The part of a pull that media threads see: it chooses among the camera's streams, and turns
 * samples into access units of the hub. Counted by reference, so that a thread that is on its way
 * out still finds it.
 */
typedef struct _CgPullFeed CgPullFeed;

CgPullFeed *cg_pull_feed_new (CgHub *hub, CgAudioPolicy audio, const char *name);
void cg_pull_feed_unref (CgPullFeed *self);
void cg_pull_feed_close (CgPullFeed *self);

void cg_pull_feed_attach (CgPullFeed *self, GstElement *pipeline);
void cg_pull_feed_count (CgPullFeed *self, GstElement *source, CgPullCount *count);
gboolean cg_pull_feed_has_video (CgPullFeed *self);
char *cg_pull_feed_get_refused (CgPullFeed *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgPullFeed, cg_pull_feed_unref)

G_END_DECLS
