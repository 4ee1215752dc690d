/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

#include "cg-sim.h"

G_BEGIN_DECLS

/* Somebody who watches a stream with stock GStreamer, frame by frame. */

typedef struct {
  GstElement *pipeline;
  GstElement *frames;
} SimViewer;

void sim_viewer_open (SimViewer *self, CgSim *sim, CgSimCodec codec);
void sim_viewer_open_url (
    SimViewer *self, const char *url, CgSimCodec codec, const char *user, const char *password);
void sim_viewer_close (SimViewer *self);
GstSample *sim_viewer_next (SimViewer *self);
gboolean sim_viewer_sees (SimViewer *self, guint within_ms);
void sim_viewer_wait_for_end (SimViewer *self);
char *sim_viewer_wait_for_error (SimViewer *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimViewer, sim_viewer_close)

G_END_DECLS
