/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-device.h"

#include "cg-onvif-call.h"
#include "cg-onvif-text.h"
#include "onvifH.h"

CG_ONVIF_OPERATION (tds, GetSystemDateAndTime, CG_ONVIF_SERVICE_DEVICE, TRUE);
CG_ONVIF_OPERATION (tds, GetDeviceInformation, CG_ONVIF_SERVICE_DEVICE, TRUE);
CG_ONVIF_OPERATION (tds, GetServices, CG_ONVIF_SERVICE_DEVICE, TRUE);
CG_ONVIF_OPERATION (tds, GetCapabilities, CG_ONVIF_SERVICE_DEVICE, TRUE);

/**
 * cg_onvif_device_information_free:
 * @self: (transfer full) (nullable): what a camera said
 */
void
cg_onvif_device_information_free (CgOnvifDeviceInformation *self)
{
  if (self == NULL)
    return;
  g_free (self->manufacturer);
  g_free (self->model);
  g_free (self->firmware_version);
  g_free (self->serial_number);
  g_free (self->hardware_id);
  g_free (self);
}

/**
 * cg_onvif_date_time_free:
 * @self: (transfer full) (nullable): a time
 */
void
cg_onvif_date_time_free (CgOnvifDateTime *self)
{
  if (self == NULL)
    return;
  g_free (self->timezone);
  g_free (self);
}

static void
service_entry_free (CgOnvifServiceEntry *self)
{
  if (self == NULL)
    return;
  g_free (self->namespace_uri);
  g_free (self->xaddr);
  g_free (self);
}

/**
 * cg_onvif_device_get_information_in_thread:
 * @self: a session
 * @error: return location
 *
 * GetDeviceInformation: Core Specification, 8.3.1 "GetDeviceInformation".
 *
 * Returns: (transfer full) (nullable): what the camera says it is
 */
CgOnvifDeviceInformation *
cg_onvif_device_get_information_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tds__GetDeviceInformation request = {};
  struct _tds__GetDeviceInformationResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetDeviceInformation, &request, &response, error))
    return NULL;
  CgOnvifDeviceInformation *information = g_new0 (CgOnvifDeviceInformation, 1);
  information->manufacturer = cg_onvif_text_dup_name (response.Manufacturer);
  information->model = cg_onvif_text_dup_name (response.Model);
  information->firmware_version = cg_onvif_text_dup_name (response.FirmwareVersion);
  information->serial_number = cg_onvif_text_dup_name (response.SerialNumber);
  information->hardware_id = cg_onvif_text_dup_name (response.HardwareId);
  return information;
}

/* (transfer full) (nullable): NULL for a date that is none */
static GDateTime *
read_date (const struct tt__DateTime *value, GTimeZone *zone)
{
  if (value == NULL || value->Date == NULL || value->Time == NULL || value->Date->Year < 1970)
    return NULL;
  return g_date_time_new (zone, value->Date->Year, value->Date->Month, value->Date->Day,
                          value->Time->Hour, value->Time->Minute, value->Time->Second);
}

/* UTC where the camera tells it, else local time in the zone it tells. */
static GDateTime *
read_date_time (const struct tt__SystemDateTime *value, const char *zone)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GTimeZone) local = zone != NULL ? g_time_zone_new_identifier (zone) : NULL;
  GDateTime *date = read_date (value->UTCDateTime, utc);

  return date != NULL ? date : read_date (value->LocalDateTime, local != NULL ? local : utc);
}

/**
 * cg_onvif_device_get_system_date_and_time_in_thread:
 * @self: a session
 * @error: return location; %CG_ERROR_PEER_FAULT for a date that is none
 *
 * GetSystemDateAndTime: Core Specification, 8.3.6 "GetSystemDateAndTime".
 *
 * Returns: (transfer full) (nullable): the camera's clock
 */
CgOnvifDateTime *
cg_onvif_device_get_system_date_and_time_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tds__GetSystemDateAndTime request = {};
  struct _tds__GetSystemDateAndTimeResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetSystemDateAndTime, &request, &response, error))
    return NULL;
  const struct tt__SystemDateTime *value = response.SystemDateAndTime;
  g_autofree char *zone =
      value != NULL && value->TimeZone != NULL ? cg_onvif_text_dup (value->TimeZone->TZ) : NULL;
  g_autoptr (GDateTime) date = value != NULL ? read_date_time (value, zone) : NULL;
  if (date == NULL) {
    g_set_error_literal (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                         "GetSystemDateAndTime: the camera tells no valid date");
    return NULL;
  }
  CgOnvifDateTime *time = g_new0 (CgOnvifDateTime, 1);
  time->utc_ms = g_date_time_to_unix (date) * 1000;
  time->timezone = g_steal_pointer (&zone);
  return time;
}

/* Entries without a namespace or an address tell nothing. */
static void
add_entry (GPtrArray *entries, const char *namespace_uri, const char *xaddr)
{
  g_autofree char *uri = cg_onvif_text_dup (namespace_uri);
  g_autofree char *address = cg_onvif_text_dup (xaddr);

  if (uri == NULL || address == NULL)
    return;
  CgOnvifServiceEntry *entry = g_new0 (CgOnvifServiceEntry, 1);
  entry->namespace_uri = g_steal_pointer (&uri);
  entry->xaddr = g_steal_pointer (&address);
  g_ptr_array_add (entries, entry);
}

static GPtrArray *
new_entries (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)service_entry_free);
}

/**
 * cg_onvif_device_get_services_in_thread:
 * @self: a session
 * @error: return location
 *
 * GetServices, without capabilities: Core Specification, 8.1.2.2 "GetServices".
 *
 * Returns: (transfer full) (element-type CgOnvifServiceEntry) (nullable): the services
 */
GPtrArray *
cg_onvif_device_get_services_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  struct _tds__GetServices request = {.IncludeCapability = false_};
  struct _tds__GetServicesResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetServices, &request, &response, error))
    return NULL;
  GPtrArray *entries = new_entries ();
  for (int i = 0; i < response.__sizeService; i++)
    add_entry (entries, response.Service[i].Namespace, response.Service[i].XAddr);
  return entries;
}

/**
 * cg_onvif_device_get_capabilities_in_thread:
 * @self: a session
 * @error: return location
 *
 * GetCapabilities, the older way to ask for services: Core Specification, 8.1.2.4
 * "GetCapabilities".
 *
 * Returns: (transfer full) (element-type CgOnvifServiceEntry) (nullable): media and PTZ, if there
 */
GPtrArray *
cg_onvif_device_get_capabilities_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  char *categories[] = {(char *)"All"};
  struct _tds__GetCapabilities request = {.__sizeCategory = 1, .Category = categories};
  struct _tds__GetCapabilitiesResponse response = {0};

  if (!cg_onvif_span_call (span, &operation_GetCapabilities, &request, &response, error))
    return NULL;
  const struct tt__Capabilities *value = response.Capabilities;
  GPtrArray *entries = new_entries ();
  if (value != NULL && value->Media != NULL)
    add_entry (entries, cg_onvif_service_get_namespace (CG_ONVIF_SERVICE_MEDIA),
               value->Media->XAddr);
  if (value != NULL && value->Events != NULL)
    add_entry (entries, cg_onvif_service_get_namespace (CG_ONVIF_SERVICE_EVENTS),
               value->Events->XAddr);
  if (value != NULL && value->PTZ != NULL)
    add_entry (entries, cg_onvif_service_get_namespace (CG_ONVIF_SERVICE_PTZ), value->PTZ->XAddr);
  return entries;
}
