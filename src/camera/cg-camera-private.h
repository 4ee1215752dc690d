/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera.h"
#include "cg-events.h"
#include "cg-motion.h"
#include "cg-move-mark.h"
#include "cg-onvif-driver.h"
#include "cg-presence.h"
#include "cg-presets.h"
#include "cg-profile.h"
#include "cg-reboot.h"
#include "cg-stream.h"

/* What cg-camera.c (life, contact, stream) and cg-camera-ptz.c (moves, presets) share. */
struct _CgCamera {
  GObject parent_instance;

  CgCameraConfig *config;
  CgClock *clock;
  CgPtzConfig ptz;
  CgProfile *profile; /* (owned) what is kept over a restart */
  CgBreaker *breaker; /* (owned) of its login, whoever shows it (Q6) */
  CgJobs *jobs;
  CgPresence *presence;
  CgOnvifDriver *driver;
  CgMotion *motion;
  CgMoveMark *mark;
  CgPresets *presets;
  guint leases_at_set; /* @leases when a preset was set last */
  guint leases;        /* so far: between two that are equal nobody has moved it on our behalf */
  CgStreamTransport *transport; /* (owned) of its stream */
  CgStream *stream;
  CgEvents *events; /* (owned) over a connection of its own */
  CgReboot *reboot; /* (owned) */

  gint64 born_ms; /* monotonic */
  gboolean location_used;
  guint closing; /* parts that have not ended yet */
  GTask *close;  /* (owned) (nullable) */
};

void cg_camera_watch_presets (CgCamera *self);
