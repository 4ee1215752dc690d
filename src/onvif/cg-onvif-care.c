/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device service does beyond telling what it is. */
#include "cg-onvif-care.h"

#include <math.h>

#include "cg-onvif-file.h"
#include "cg-onvif-session-private.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

/* A clock that was set tells whole seconds, and the answer takes its time. */
#define CLOCK_TOLERANCE_MS 5000

CG_ONVIF_OPERATION (tds, GetNetworkInterfaces, CG_ONVIF_SERVICE_DEVICE, TRUE);
CG_ONVIF_OPERATION (tds, GetSystemDateAndTime, CG_ONVIF_SERVICE_DEVICE, TRUE);
CG_ONVIF_OPERATION (tds, SetSystemDateAndTime, CG_ONVIF_SERVICE_DEVICE, TRUE);
CG_ONVIF_OPERATION (tds, SystemReboot, CG_ONVIF_SERVICE_DEVICE, FALSE);
CG_ONVIF_OPERATION (tds, GetGeoLocation, CG_ONVIF_SERVICE_DEVICE, TRUE);
CG_ONVIF_OPERATION (tds, StartFirmwareUpgrade, CG_ONVIF_SERVICE_DEVICE, FALSE);

/* Twelve hex digits, however they are separated: (transfer full) (nullable) "00:11:22:33:44:55" */
static char *
normalise_mac (const char *text)
{
  g_autoptr (GString) mac = g_string_new (NULL);

  for (const char *p = text != NULL ? text : ""; *p != '\0'; p++) {
    if (!g_ascii_isxdigit (*p))
      continue;
    if (mac->len % 3 == 2)
      g_string_append_c (mac, ':');
    g_string_append_c (mac, g_ascii_tolower (*p));
  }
  return mac->len == 17 && g_strcmp0 (mac->str, "00:00:00:00:00:00") != 0 ? g_strdup (mac->str)
                                                                          : NULL;
}

/**
 * cg_onvif_device_get_macs_in_thread:
 * @self: a session
 * @error: return location
 *
 * GetNetworkInterfaces: Core Specification, 8.2.5 "GetNetworkInterfaces". Interfaces that are
 * switched off count too: they belong to the camera.
 *
 * Returns: (transfer full) (nullable): hardware addresses, lower case with colons; may be empty
 */
char **
cg_onvif_device_get_macs_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  g_autoptr (GStrvBuilder) macs = g_strv_builder_new ();
  struct _tds__GetNetworkInterfaces request = {};
  struct _tds__GetNetworkInterfacesResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetNetworkInterfaces, &request, &response, error))
    return NULL;
  for (int i = 0; i < response.__sizeNetworkInterfaces; i++) {
    const struct tt__NetworkInterfaceInfo *info = response.NetworkInterfaces[i].Info;
    g_autofree char *mac = info != NULL ? normalise_mac (info->HwAddress) : NULL;

    if (mac != NULL)
      g_strv_builder_add (macs, mac);
  }
  return g_strv_builder_end (macs);
}

static gboolean
reads_true (const char *text)
{
  return text != NULL && (g_ascii_strcasecmp (text, "true") == 0 || g_strcmp0 (text, "1") == 0);
}

/* Daylight saving is to stay as it is, but it is a mandatory member. */
static gboolean
uses_daylight_saving (CgOnvifSpan *span)
{
  struct _tds__GetSystemDateAndTime request = {};
  struct _tds__GetSystemDateAndTimeResponse response = {0};

  return cg_onvif_span_call (span, &operation_GetSystemDateAndTime, &request, &response, NULL) &&
         response.SystemDateAndTime != NULL &&
         reads_true (response.SystemDateAndTime->DaylightSavings);
}

static gboolean
write_date_and_time (CgOnvifSpan *span, gint64 utc_ms, GError **error)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc ((utc_ms + 500) / 1000);
  struct tt__Time time = {g_date_time_get_hour (utc), g_date_time_get_minute (utc),
                          g_date_time_get_second (utc)};
  struct tt__Date date = {g_date_time_get_year (utc), g_date_time_get_month (utc),
                          g_date_time_get_day_of_month (utc)};
  struct tt__DateTime value = {.Time = &time, .Date = &date};
  struct _tds__SetSystemDateAndTime request = {
      .DateTimeType = (char *)"Manual",
      .DaylightSavings = uses_daylight_saving (span) ? true_ : false_,
      .UTCDateTime = &value,
  };
  struct _tds__SetSystemDateAndTimeResponse response = {};

  return cg_onvif_span_call (span, &operation_SetSystemDateAndTime, &request, &response, error);
}

/**
 * cg_onvif_device_set_date_and_time_in_thread:
 * @self: a session
 * @utc_ms: milliseconds since 1970
 * @error: return location; %CG_ERROR_PEER_FAULT: it was accepted, and ignored (Q59)
 *
 * SetSystemDateAndTime by hand, zone and daylight saving as they are: Core Specification, 8.3.7
 * "SetSystemDateAndTime". The clock is read again, and what the login needs of it is kept (Q4).
 *
 * Returns: whether the camera's clock goes right now
 */
gboolean
cg_onvif_device_set_date_and_time_in_thread (CgOnvifSession *self, gint64 utc_ms, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  const gint64 ahead_ms = utc_ms - g_get_real_time () / 1000;

  if (!write_date_and_time (span, utc_ms, error) || !cg_onvif_session_measure_clock (self, error))
    return FALSE;
  if (ABS (self->clock_offset_ms - ahead_ms) <= CLOCK_TOLERANCE_MS)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT,
               "SetSystemDateAndTime: accepted, but the clock is still %" G_GINT64_FORMAT " s off",
               (self->clock_offset_ms - ahead_ms) / 1000);
  return FALSE;
}

/**
 * cg_onvif_device_reboot_in_thread:
 * @self: a session
 * @error: return location; some cameras are gone before they have answered: %CG_ERROR_UNREACHABLE
 *
 * SystemReboot: Core Specification, 8.3.9 "SystemReboot".
 *
 * Returns: whether the camera has agreed
 */
gboolean
cg_onvif_device_reboot_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tds__SystemReboot request = {};
  struct _tds__SystemRebootResponse response = {0};

  return cg_onvif_span_call (span, &operation_SystemReboot, &request, &response, error);
}

static gboolean
read_degrees (const char *text, double limit, double *degrees)
{
  char *end = NULL;

  if (text == NULL)
    return FALSE;
  *degrees = g_ascii_strtod (text, &end);
  return end != text && isfinite (*degrees) && fabs (*degrees) <= limit;
}

static gboolean
read_place (const struct tt__GeoLocation *value, CgOnvifPlace *place)
{
  CgOnvifPlace read = {0};

  if (value == NULL || !read_degrees (value->lat, 90, &read.latitude) ||
      !read_degrees (value->lon, 180, &read.longitude))
    return FALSE;
  read.has_altitude = read_degrees (value->elevation, G_MAXDOUBLE, &read.altitude);
  *place = read;
  return TRUE;
}

/**
 * cg_onvif_device_get_geo_location_in_thread:
 * @self: a session
 * @place: (out): where it stands: the first place it tells
 * @error: return location; %CG_ERROR_NOT_SUPPORTED also when it tells none
 *
 * GetGeoLocation: Core Specification, 8.10.1 "GetGeoLocation".
 *
 * Returns: whether it is known
 */
gboolean
cg_onvif_device_get_geo_location_in_thread (CgOnvifSession *self,
                                            CgOnvifPlace *place,
                                            GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tds__GetGeoLocation request = {};
  struct _tds__GetGeoLocationResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetGeoLocation, &request, &response, error))
    return FALSE;
  for (int i = 0; i < response.__sizeLocation; i++) {
    if (read_place (response.Location[i].GeoLocation, place))
      return TRUE;
  }
  g_set_error_literal (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                       "GetGeoLocation: the camera does not know where it stands");
  return FALSE;
}

/**
 * cg_onvif_upgrade_free:
 * @self: (transfer full) (nullable): an upgrade
 */
void
cg_onvif_upgrade_free (CgOnvifUpgrade *self)
{
  if (self == NULL)
    return;
  g_free (self->upload_uri);
  g_free (self);
}

/**
 * cg_onvif_device_start_upgrade_in_thread:
 * @self: a session
 * @error: return location; %CG_ERROR_NOT_SUPPORTED: it takes no firmware this way
 *
 * StartFirmwareUpgrade: Core Specification, 8.3.14 "StartFirmwareUpgrade". The host is the one we
 * reached the camera on (Q7).
 *
 * Returns: (transfer full) (nullable): where the file is to go with
 *   cg_onvif_device_upload_in_thread()
 */
CgOnvifUpgrade *
cg_onvif_device_start_upgrade_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tds__StartFirmwareUpgrade request = {};
  struct _tds__StartFirmwareUpgradeResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_StartFirmwareUpgrade, &request, &response, error))
    return NULL;
  g_autofree char *uri = cg_onvif_text_dup (response.UploadUri);
  if (uri == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                         "StartFirmwareUpgrade: no address for the file");
    return NULL;
  }
  CgOnvifUpgrade *upgrade = g_new0 (CgOnvifUpgrade, 1);
  upgrade->upload_uri = self->repair_addresses
                            ? cg_onvif_address_repair_snapshot (
                                  uri, self->told_device, self->xaddrs[CG_ONVIF_SERVICE_DEVICE])
                            : g_steal_pointer (&uri);
  cg_onvif_duration_parse (response.UploadDelay, &upgrade->delay_ms);
  cg_onvif_duration_parse (response.ExpectedDownTime, &upgrade->down_ms);
  return upgrade;
}

/**
 * cg_onvif_device_upload_in_thread:
 * @self: a session; its time-out counts for the whole upload
 * @upload_uri: of cg_onvif_device_start_upgrade_in_thread()
 * @path: of the file
 * @progress: (nullable): called in this thread; begins again when the camera asks for a login
 * @user_data: for @progress
 * @error: return location; %CG_ERROR_INTERNAL: the file cannot be read; %CG_ERROR_PEER_FAULT: the
 *   camera does not take it
 *
 * The second half of an upgrade: HTTP POST of the file (Core Specification, 8.3.14).
 *
 * Returns: whether the camera has taken all of it
 */
gboolean
cg_onvif_device_upload_in_thread (CgOnvifSession *self,
                                  const char *upload_uri,
                                  const char *path,
                                  CgOnvifProgressFunc progress,
                                  gpointer user_data,
                                  GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) trouble = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &trouble);
  g_autoptr (GFileInfo) info =
      stream != NULL
          ? g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, &trouble)
          : NULL;

  if (info == NULL) {
    g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL, "firmware file: %s", trouble->message);
    return FALSE;
  }
  const CgOnvifUpload upload = {
      .stream = G_INPUT_STREAM (stream),
      .length = (guint64)g_file_info_get_size (info),
      .progress = progress,
      .user_data = user_data,
  };
  return cg_onvif_file_post_in_thread (self, upload_uri, &upload, error);
}
