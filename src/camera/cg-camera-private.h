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
  CgPresence *presence;
  CgOnvifDriver *driver;
  CgMotion *motion;
  CgPresets *presets;
  CgStream *stream;

  gboolean location_used;
  guint closing; /* parts that have not ended yet */
  GTask *close;  /* (owned) (nullable) */
};
