/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera.h"
#include "cg-motion.h"
#include "cg-onvif-driver.h"
#include "cg-presence.h"
#include "cg-presets.h"
#include "cg-stream.h"

/* What cg-camera.c (life, contact, stream) and cg-camera-ptz.c (moves, presets) share. */
struct _CgCamera {
  GObject parent_instance;

  CgCameraConfig *config;
  CgPtzConfig ptz;
  CgJobs *jobs;
  CgPresence *presence; /* (nullable): protocol `rtsp` has none: the pull is its contact */
  CgOnvifDriver *driver;
  CgMotion *motion;
  CgPresets *presets;
  CgStream *stream;

  gboolean pulled;      /* protocol `rtsp`: it sends */
  GError *pull_problem; /* (nullable): protocol `rtsp`: why not */
  gboolean location_used;
  guint closing; /* parts that have not ended yet */
  GTask *close;  /* (owned) (nullable) */
};
