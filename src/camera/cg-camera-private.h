/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-camera.h"
#include "cg-events.h"
#include "cg-motion.h"
#include "cg-move-mark.h"
#include "cg-onvif-driver.h"
#include "cg-onvif-snapshot.h"
#include "cg-presence.h"
#include "cg-presets.h"
#include "cg-profile.h"
#include "cg-reboot.h"
#include "cg-stream.h"
#include "cg-uplink-care.h"

/* What cg-camera.c (life, contact), cg-camera-stream.c (the picture), cg-camera-ptz.c (moves) and
 * the other cg-camera-*.c share. */
struct _CgCamera {
  GObject parent_instance;

  CgCameraConfig *config;
  CgClock *clock;
  CgPtzConfig ptz;
  CgStandby standby;
  CgProfile *profile; /* (owned) what is kept over a restart */
  CgBreaker *breaker; /* (owned) of its login, whoever shows it (Q6) */
  CgJobs *jobs;
  CgPresence *presence;
  CgOnvifDriver *driver;
  CgMotion *motion;
  CgMoveMark *mark;
  CgPresets *presets;
  guint turns_at_set; /* @turns when a preset was set last */
  guint turns;        /* moves and calls so far: while it is the same nobody has asked for one */
  CgStreamTransport *transport; /* (owned) of its stream */
  CgStream *stream;
  CgEvents *events; /* (owned) over a connection of its own */
  CgReboot *reboot; /* (owned) */
  CgOnvifSnapshotLimit snapshots;
  GPtrArray *sitters; /* (owned) (nullable) (element-type GTask): get the picture being taken */

  gint64 born_ms; /* monotonic */
  gboolean is_open;
  gboolean is_watched; /* by somebody on the LAN */
  gboolean location_used;
  gboolean asks_for_small;   /* the address that is asked for is that of the small picture */
  gboolean has_small_played; /* since it was chosen */
  gint64 small_rest_ms;      /* monotonic: not asked for until then: it never came */
  CgUplinkState uplink;
  guint closing; /* parts that have not ended yet */
  GTask *close;  /* (owned) (nullable) */
};

void cg_camera_build_stream (CgCamera *self, const CgCameraContext *context);
void cg_camera_hold_stream (CgCamera *self);
void cg_camera_watch_presets (CgCamera *self);
const char *cg_camera_get_played_profile (CgCamera *self);
void cg_camera_note_source_lost (CgCamera *self);
