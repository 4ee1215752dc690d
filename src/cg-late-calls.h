/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-download.h"
#include "cg-media.h"
#include "cg-pull.h"
#include "cg-push.h"
#include "cg-restream.h"
#include "cg-rtsp-probe.h"
#include "cg-snapshot.h"
#include "cg-transcode.h"

G_BEGIN_DECLS

/* All that the daemon asks of the module: type, name, parameters, and the parameters' names. What
 * is missing here does not link. */
#define CG_LATE_CALLS(CALL)                                                                        \
  CALL (CgFirmwareResult, cg_download_check_uri, (const char *uri), (uri))                         \
  CALL (const char *, cg_download_get_suspect, (GAsyncResult * result), (result))                  \
  CALL (gboolean, cg_download_has_grown, (GAsyncResult * result), (result))                        \
  CALL (void, cg_download_run_async,                                                               \
        (const CgDownloadOptions *options, GCancellable *cancellable,                              \
         GAsyncReadyCallback callback, gpointer user_data),                                        \
        (options, cancellable, callback, user_data))                                               \
  CALL (CgFirmwareResult, cg_download_run_finish, (GAsyncResult * result, GError * *error),        \
        (result, error))                                                                           \
  CALL (gboolean, cg_media_check, (GError * *error), (error))                                      \
  CALL (gboolean, cg_media_init, (const char *pipelines_dir, GError **error),                      \
        (pipelines_dir, error))                                                                    \
  CALL (CgTransport, cg_pull_get_transport, (CgPull * self), (self))                               \
  CALL (GType, cg_pull_get_type, (void), ())                                                       \
  CALL (CgPull *, cg_pull_new, (CgHub * hub, const CgPullOptions *options), (hub, options))        \
  CALL (void, cg_pull_request_key, (CgPull * self), (self))                                        \
  CALL (void, cg_pull_start, (CgPull * self), (self))                                              \
  CALL (void, cg_pull_stop_async,                                                                  \
        (CgPull * self, GAsyncReadyCallback callback, gpointer user_data),                         \
        (self, callback, user_data))                                                               \
  CALL (gboolean, cg_pull_stop_finish, (CgPull * self, GAsyncResult * result, GError * *error),    \
        (self, result, error))                                                                     \
  CALL (void, cg_push_get_stats, (CgPush * self, CgPushStats * stats), (self, stats))              \
  CALL (GType, cg_push_get_type, (void), ())                                                       \
  CALL (CgPush *, cg_push_new, (CgHub * hub, const CgPushOptions *options), (hub, options))        \
  CALL (void, cg_push_start, (CgPush * self), (self))                                              \
  CALL (void, cg_push_stop_async,                                                                  \
        (CgPush * self, GAsyncReadyCallback callback, gpointer user_data),                         \
        (self, callback, user_data))                                                               \
  CALL (gboolean, cg_push_stop_finish, (CgPush * self, GAsyncResult * result, GError * *error),    \
        (self, result, error))                                                                     \
  CALL (void, cg_restream_close_async,                                                             \
        (CgRestream * self, GAsyncReadyCallback callback, gpointer user_data),                     \
        (self, callback, user_data))                                                               \
  CALL (gboolean, cg_restream_close_finish,                                                        \
        (CgRestream * self, GAsyncResult * result, GError * *error), (self, result, error))        \
  CALL (guint, cg_restream_count, (CgRestream * self, const char *did), (self, did))               \
  CALL (GType, cg_restream_get_type, (void), ())                                                   \
  CALL (CgRestream *, cg_restream_new, (const CgRestreamOptions *options, GError **error),         \
        (options, error))                                                                          \
  CALL (void, cg_restream_remove, (CgRestream * self, const char *did), (self, did))               \
  CALL (void, cg_restream_set_hub, (CgRestream * self, const char *did, CgHub *hub),               \
        (self, did, hub))                                                                          \
  CALL (char *, cg_rtsp_describe_in_thread,                                                        \
        (const CgRtspProbeOptions *options, char **location, GError **error),                      \
        (options, location, error))                                                                \
  CALL (void, cg_snapshot_take_async,                                                              \
        (CgAccessUnit * unit, GAsyncReadyCallback callback, gpointer user_data),                   \
        (unit, callback, user_data))                                                               \
  CALL (GBytes *, cg_snapshot_take_finish, (GAsyncResult * result, GError * *error),               \
        (result, error))                                                                           \
  CALL (CgHub *, cg_transcode_get_hub, (CgTranscode * self), (self))                               \
  CALL (CgTranscode *, cg_transcode_new, (CgHub * hub, const char *name, GError **error),          \
        (hub, name, error))                                                                        \
  CALL (void, cg_transcode_prepare, (void), ())

#define CG_LATE_MEMBER(type, name, parameters, arguments) type (*name) parameters;

/**
 * CgLateCalls:
 *
 * What the module exports, as `cg_late_calls`.
 */
typedef struct {
  CG_LATE_CALLS (CG_LATE_MEMBER)
} CgLateCalls;

extern const CgLateCalls cg_late_calls;

G_END_DECLS
