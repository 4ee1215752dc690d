/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device service (devicemgmt.wsdl). */
#include "cg-sim-soap.h"

#include "onvifH.h"

typedef struct {
  const char *namespace;
  const char *path;
  int major, minor;
} ServiceRow;

static const ServiceRow services[] = {
    {"http://www.onvif.org/ver10/device/wsdl", CG_SIM_DEVICE_PATH, 2, 60},
    {"http://www.onvif.org/ver10/media/wsdl", CG_SIM_MEDIA_PATH, 2, 60},
    {"http://www.onvif.org/ver20/media/wsdl", CG_SIM_MEDIA2_PATH, 2, 60},
    {"http://www.onvif.org/ver10/events/wsdl", CG_SIM_EVENTS_PATH, 2, 60},
    {"http://www.onvif.org/ver20/ptz/wsdl", CG_SIM_PTZ_PATH, 2, 60},
};

static struct tt__DateTime *
make_date_time (struct soap *soap, GDateTime *time)
{
  struct tt__DateTime *made = soap_malloc (soap, sizeof *made);

  made->Date = soap_malloc (soap, sizeof *made->Date);
  made->Time = soap_malloc (soap, sizeof *made->Time);
  g_date_time_get_ymd (time, &made->Date->Year, &made->Date->Month, &made->Date->Day);
  made->Time->Hour = g_date_time_get_hour (time);
  made->Time->Minute = g_date_time_get_minute (time);
  made->Time->Second = g_date_time_get_second (time);
  return made;
}

int
__tds__GetSystemDateAndTime (struct soap *soap,
                             struct _tds__GetSystemDateAndTime *request,
                             struct _tds__GetSystemDateAndTimeResponse *response)
{
  const CgSimCall *call = soap->user;
  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_utc (cg_sim_state_get_told_time_ms (call->state) / 1000);
  const gboolean has_zone = cg_sim_faults_is_on (call->state->faults, CG_SIM_FAULT_Q5);
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_utc (
      (cg_sim_state_get_time_ms (call->state) + (has_zone ? CG_SIM_ZONE_MS : 0)) / 1000);
  struct tt__SystemDateTime *made = soap_malloc (soap, sizeof *made);

  cg_sim_soap_record (soap, "GetSystemDateAndTime", NULL);
  made->DateTimeType = soap_strdup (soap, "Manual");
  made->DaylightSavings = soap_strdup (soap, "false");
  made->TimeZone = soap_malloc (soap, sizeof *made->TimeZone);
  made->TimeZone->TZ = soap_strdup (soap, has_zone ? CG_SIM_ZONE : "UTC0");
  made->UTCDateTime = make_date_time (soap, time);
  made->LocalDateTime = make_date_time (soap, local);
  response->SystemDateAndTime = made;
  return SOAP_OK;
}

int
__tds__GetDeviceInformation (struct soap *soap,
                             struct _tds__GetDeviceInformation *request,
                             struct _tds__GetDeviceInformationResponse *response)
{
  const CgSimCall *call = soap->user;

  cg_sim_soap_record (soap, "GetDeviceInformation", NULL);
  response->Manufacturer = soap_strdup (soap, "camgate");
  response->Model = soap_strdup (soap, "camgate-sim");
  response->FirmwareVersion = soap_strdup (soap, "V1.0.0");
  response->SerialNumber =
      soap_strdup (soap, cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q16, "stranger")
                             ? "STRANGER"
                             : call->state->serial);
  response->HardwareId = soap_strdup (soap, "1.0");
  return SOAP_OK;
}

/* A camera need not tell of what it has (Q28, Q44). */
static gboolean
is_told (const CgSimCall *call, const char *path)
{
  CgSimFaults *faults = call->state->faults;

  if (g_str_equal (path, CG_SIM_DEVICE_PATH))
    return TRUE;
  if (cg_sim_faults_is_on (faults, CG_SIM_FAULT_Q44))
    return FALSE;
  if (g_str_equal (path, CG_SIM_MEDIA_PATH))
    return !cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q28, "absent");
  return !g_str_equal (path, CG_SIM_PTZ_PATH) || call->state->options.ptz;
}

int
__tds__GetServices (struct soap *soap,
                    struct _tds__GetServices *request,
                    struct _tds__GetServicesResponse *response)
{
  const CgSimCall *call = soap->user;

  cg_sim_soap_record (soap, "GetServices", NULL);
  response->Service = soap_malloc (soap, sizeof (struct tds__Service) * G_N_ELEMENTS (services));
  for (gsize i = 0; i < G_N_ELEMENTS (services); i++) {
    struct tds__Service *service = &response->Service[response->__sizeService];

    if (!is_told (call, services[i].path))
      continue;
    response->__sizeService++;
    service->Namespace = soap_strdup (soap, services[i].namespace);
    service->XAddr = cg_sim_soap_service_url (soap, services[i].path);
    service->Version = soap_malloc (soap, sizeof *service->Version);
    service->Version->Major = services[i].major;
    service->Version->Minor = services[i].minor;
  }
  return SOAP_OK;
}

static gboolean
is_wanted (const struct _tds__GetCapabilities *request, const char *category)
{
  for (int i = 0; i < request->__sizeCategory; i++) {
    if (g_str_equal (request->Category[i], category) || g_str_equal (request->Category[i], "All"))
      return TRUE;
  }
  return request->__sizeCategory == 0;
}

int
__tds__GetCapabilities (struct soap *soap,
                        struct _tds__GetCapabilities *request,
                        struct _tds__GetCapabilitiesResponse *response)
{
  const CgSimCall *call = soap->user;
  struct tt__Capabilities *made = soap_malloc (soap, sizeof *made);

  cg_sim_soap_record (soap, "GetCapabilities", NULL);
  *made = (struct tt__Capabilities){0};
  if (is_wanted (request, "Device")) {
    made->Device = soap_malloc (soap, sizeof *made->Device);
    made->Device->XAddr = cg_sim_soap_service_url (soap, CG_SIM_DEVICE_PATH);
  }
  if (is_wanted (request, "Media") && is_told (call, CG_SIM_MEDIA_PATH)) {
    made->Media = soap_malloc (soap, sizeof *made->Media);
    made->Media->XAddr = cg_sim_soap_service_url (soap, CG_SIM_MEDIA_PATH);
  }
  if (is_wanted (request, "Events")) {
    made->Events = soap_malloc (soap, sizeof *made->Events);
    made->Events->XAddr = cg_sim_soap_service_url (soap, CG_SIM_EVENTS_PATH);
  }
  if (is_wanted (request, "PTZ") && is_told (call, CG_SIM_PTZ_PATH)) {
    made->PTZ = soap_malloc (soap, sizeof *made->PTZ);
    made->PTZ->XAddr = cg_sim_soap_service_url (soap, CG_SIM_PTZ_PATH);
  }
  response->Capabilities = made;
  return SOAP_OK;
}
