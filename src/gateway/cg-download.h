/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-progress.h"

G_BEGIN_DECLS

/**
 * CgFirmwareResult:
 *
 * What became of new firmware: PROTOCOL.md section 4, firmware, in its order.
 */
typedef enum {
  CG_FIRMWARE_INITIAL,
  CG_FIRMWARE_DONE,
  CG_FIRMWARE_NO_ROOM,       /* on our disk, or more than is allowed */
  CG_FIRMWARE_NO_MEMORY,     /* of the camera */
  CG_FIRMWARE_LOST,          /* the connection */
  CG_FIRMWARE_NOT_VERIFIED,  /* it has another checksum, or its server is not who it says */
  CG_FIRMWARE_NOT_SUPPORTED, /* the device takes none, or no installer is configured */
  CG_FIRMWARE_BAD_URI,       /* or nothing is there */
  CG_FIRMWARE_FAILED,        /* the device did not take it, or came back with another version */
  CG_FIRMWARE_BAD_PROTOCOL,  /* other than http and https */
} CgFirmwareResult;

/**
 * CgDownloadOptions:
 * @uri: http or https
 * @path: where it goes; what stands there is the beginning of it, left by an earlier try
 * @md5: of all of it, 32 hexadecimal digits
 * @suspect_md5: (nullable): what cg_download_get_suspect() said of the try before
 * @max_bytes: more than that is not taken
 * @reserve_bytes: so much of the disk stays free
 * @ca_file: (nullable): who vouches for https servers; %NULL: the system's
 * @progress: (nullable): told how far it is
 * @patience_ms: a try that brings next to nothing for so long is over; 0: a minute
 */
typedef struct {
  const char *uri;
  const char *path;
  const char *md5;
  const char *suspect_md5;
  guint64 max_bytes;
  guint64 reserve_bytes;
  const char *ca_file;
  CgProgress *progress;
  guint patience_ms;
} CgDownloadOptions;

CgFirmwareResult cg_download_check_uri (const char *uri);
void cg_download_run_async (const CgDownloadOptions *options,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CgFirmwareResult cg_download_run_finish (GAsyncResult *result, GError **error);
gboolean cg_download_has_grown (GAsyncResult *result);
const char *cg_download_get_suspect (GAsyncResult *result);

G_END_DECLS
