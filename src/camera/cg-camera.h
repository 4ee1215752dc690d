/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "cg-alarm.h"
#include "cg-clock.h"
#include "cg-config.h"
#include "cg-ptz-status.h"
#include "cg-ptz.h"
#include "cg-store.h"
#include "cg-stream-report.h"
#include "cg-uplink-care.h"

G_BEGIN_DECLS

typedef struct _CgFinder CgFinder;
typedef struct _CgHub CgHub;

/**
 * CgCameraContext:
 *
 * What all cameras share; borrowed from the fleet, which outlives them.
 */
typedef struct {
  CgClock *clock;
  CgStore *store;       /* (nullable) */
  CgFinder *finder;     /* (nullable) */
  GThreadPool *workers; /* runs the jobs of all cameras */
  const CgConfig *config;
} CgCameraContext;

/**
 * CgCameraFacts:
 *
 * What is known of a camera now. Strings are (nullable) and belong to the camera: read at once.
 */
typedef struct {
  const char *did;
  const char *name;
  const char *address;
  gboolean contacted;
  const char *problem_word; /* why it is not in contact */
  const char *problem_text;
  const char *manufacturer;
  const char *model;
  const char *firmware_version;
  const char *serial_number;
  const char *hardware_id;
  const char *profile; /* token of the media profile that is played */
  gboolean has_pan_tilt;
  gboolean has_zoom;
  gboolean moving; /* under a lease of ours */
  const CgStreamReport *stream;
  CgStreamCounters counters;
  guint age_s; /* since counting began */
} CgCameraFacts;

#define CG_TYPE_CAMERA (cg_camera_get_type ())
G_DECLARE_FINAL_TYPE (CgCamera, cg_camera, CG, CAMERA, GObject)

CgCamera *cg_camera_new (const CgCameraConfig *config, const CgCameraContext *context);
void cg_camera_open (CgCamera *self);
void cg_camera_close_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_camera_close_finish (CgCamera *self, GAsyncResult *result, GError **error);

void cg_camera_apply (CgCamera *self, const CgConfig *config);

const char *cg_camera_get_did (CgCamera *self);
const CgCameraConfig *cg_camera_get_config (CgCamera *self);
const char *cg_camera_get_firmware_version (CgCamera *self);
gboolean cg_camera_is_contacted (CgCamera *self);
gboolean cg_camera_is_streaming (CgCamera *self);
void cg_camera_get_facts (CgCamera *self, CgCameraFacts *facts);

void cg_camera_play (CgCamera *self, const char *url);
void cg_camera_stop (CgCamera *self);
void cg_camera_watch (CgCamera *self, gboolean is_watched);
CgHub *cg_camera_get_hub (CgCamera *self);
gboolean cg_camera_has_small (CgCamera *self);
void cg_camera_care_uplink (CgCamera *self, CgUplinkState state);

void cg_camera_move_async (CgCamera *self,
                           const CgMoveRequest *request,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cg_camera_move_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_halt_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cg_camera_halt_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_ptz_status_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
CgPtzStatus *cg_camera_ptz_status_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_link_lost (CgCamera *self, const char *source);

void cg_camera_preset_set_async (CgCamera *self,
                                 guint index,
                                 const char *name,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean cg_camera_preset_set_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_preset_goto_async (CgCamera *self,
                                  guint index,
                                  const char *source,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cg_camera_preset_goto_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_preset_remove_async (CgCamera *self,
                                    guint index,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean cg_camera_preset_remove_finish (CgCamera *self, GAsyncResult *result, GError **error);
void cg_camera_preset_list_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *cg_camera_preset_list_finish (CgCamera *self, GAsyncResult *result, GError **error);

G_END_DECLS
