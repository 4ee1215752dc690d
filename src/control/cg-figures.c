/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-figures.h"

#include <stdlib.h>

#include "cg-member.h"
#include "cg-stream-members.h"

/* PROTOCOL.md section 4: what goes over a cable. */
#define NETWORK_BEARER_ETHERNET 41

#define KB 1024

/* PROTOCOL.md section 4, errorCode. The others concern parts that a camera does not have. */
enum {
  ERROR_CODE_NONE = 0,
  ERROR_CODE_CONNECTION = 7,
  ERROR_CODE_PERIPHERAL = 8,
};

/* PROTOCOL.md section 4, powerSources: the words of the setting. */
static const struct {
  const char *word;
  int number;
} power_sources[] = {
    {"dc", 0}, {"battery", 1}, {"external-battery", 2}, {"poe", 4}, {"usb", 5},
    {"ac", 6}, {"solar", 7},
};

static int
get_power_number (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (power_sources); i++) {
    if (g_str_equal (power_sources[i].word, word))
      return power_sources[i].number;
  }
  g_return_val_if_reached (0);
}

static void
set_power_sources (JsonObject *members, const char *setting)
{
  g_auto (GStrv) words = NULL;
  JsonArray *array;

  if (setting == NULL)
    return;
  words = g_strsplit (setting, ";", -1);
  array = json_array_new ();
  for (guint i = 0; words[i] != NULL; i++)
    json_array_add_int_element (array, get_power_number (g_strstrip (words[i])));
  json_object_set_array_member (members, "powerSources", array);
}

static void
set_time (JsonObject *members, gint64 utc_ms, const char *zone, int offset_s)
{
  const int minutes = abs (offset_s) / 60;
  g_autofree char *offset =
      g_strdup_printf ("%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);

  json_object_set_int_member (members, "currentTime", utc_ms / 1000);
  if (zone == NULL)
    return;
  json_object_set_string_member (members, "UTCOffset", offset);
  json_object_set_string_member (members, "timezone", zone);
}

/* PROTOCOL.md section 4, device: errorCode. */
static int
get_camera_error (CgCamera *camera)
{
  return cg_camera_is_contacted (camera) ? ERROR_CODE_NONE : ERROR_CODE_CONNECTION;
}

/* The same: whether all of its cameras answer. */
static int
get_gateway_error (CgFleet *fleet)
{
  GPtrArray *cameras = cg_fleet_list (fleet);

  for (guint i = 0; i < cameras->len; i++) {
    if (!cg_camera_is_contacted (cameras->pdata[i]))
      return ERROR_CODE_PERIPHERAL;
  }
  return ERROR_CODE_NONE;
}

/**
 * cg_figures_camera_device:
 * @camera: a camera
 * @clock: (nullable): its clock
 *
 * Returns: (transfer full): what `device read` tells of it
 */
JsonObject *
cg_figures_camera_device (CgCamera *camera, const CgCameraClock *clock)
{
  JsonObject *members = json_object_new ();
  CgCameraFacts facts = {0};

  cg_camera_get_facts (camera, &facts);
  cg_member_set_text (members, "manufacturer", facts.manufacturer);
  cg_member_set_text (members, "modelNumber", facts.model);
  cg_member_set_text (members, "serialNumber", facts.serial_number);
  cg_member_set_text (members, "firmwareVersion", facts.firmware_version);
  cg_member_set_text (members, "hardwareVersion", facts.hardware_id);
  json_object_set_string_member (members, "deviceType", "camera");
  json_object_set_int_member (members, "errorCode", get_camera_error (camera));
  if (clock != NULL)
    set_time (members, clock->utc_ms, clock->timezone, clock->offset_s);
  set_power_sources (members, cg_camera_get_config (camera)->power_sources);
  return members;
}

/**
 * cg_figures_gateway_device:
 * @dispatcher: whose gateway it is
 * @facts: what its machine says
 *
 * Returns: (transfer full): what `device read` tells of it
 */
JsonObject *
cg_figures_gateway_device (CgDispatcher *dispatcher, const CgBoxFacts *facts)
{
  JsonObject *members = json_object_new ();
  const gint64 now_ms = cg_clock_get_real_ms (cg_dispatcher_get_clock (dispatcher));

  cg_member_set_text (members, "manufacturer", facts->manufacturer);
  cg_member_set_text (members, "modelNumber", facts->model);
  cg_member_set_text (members, "serialNumber", facts->serial_number);
  json_object_set_string_member (members, "firmwareVersion", CG_VERSION);
  cg_member_set_text (members, "hardwareVersion", facts->hardware_version);
  json_object_set_string_member (members, "deviceType", "gateway");
  json_object_set_int_member (members, "errorCode",
                              get_gateway_error (cg_dispatcher_get_fleet (dispatcher)));
  set_time (members, now_ms, facts->timezone, facts->offset_s);
  set_power_sources (members, cg_dispatcher_get_config (dispatcher)->device.power_sources);
  return members;
}

static JsonObject *
describe_link (gboolean online, const char *const *addresses, const char *mac)
{
  JsonObject *members = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; addresses != NULL && addresses[i] != NULL; i++)
    json_array_add_string_element (array, addresses[i]);
  json_object_set_boolean_member (members, "online", online);
  if (json_array_get_length (array) > 0)
    json_object_set_array_member (members, "ipAddresses", array);
  else
    json_array_unref (array);
  cg_member_set_text (members, "mac", mac);
  json_object_set_int_member (members, "networkBearer", NETWORK_BEARER_ETHERNET);
  return members;
}

/**
 * cg_figures_camera_connectivity:
 * @camera: a camera
 * @link: (nullable): how it is connected; %NULL if it does not tell
 *
 * Returns: (transfer full): what `connectivity read` tells of it
 */
JsonObject *
cg_figures_camera_connectivity (CgCamera *camera, const CgCameraLink *link)
{
  const char *const addresses[] = {link != NULL ? link->address : NULL, NULL};
  JsonObject *members =
      describe_link (cg_camera_is_contacted (camera), addresses, link != NULL ? link->mac : NULL);

  if (link != NULL)
    json_object_set_int_member (members, "rtt", link->rtt_ms);
  return members;
}

/**
 * cg_figures_gateway_connectivity:
 * @dispatcher: whose gateway it is
 * @facts: what its machine says
 *
 * Returns: (transfer full): what `connectivity read` tells of it
 */
JsonObject *
cg_figures_gateway_connectivity (CgDispatcher *dispatcher, const CgBoxFacts *facts)
{
  return describe_link (TRUE, (const char *const *)facts->addresses, facts->mac);
}

static void
add_counters (JsonObject *members, const CgStreamCounters *counters)
{
  json_object_set_int_member (members, "frames", (gint64)counters->frames);
  json_object_set_int_member (members, "bitrate", counters->bitrate_kbps);
  json_object_set_int_member (members, "reconnects", counters->reconnects);
  json_object_set_int_member (members, "dropped", (gint64)counters->dropped);
  json_object_set_int_member (members, "uplinkChanges", counters->uplink_changes);
}

/**
 * cg_figures_camera_statistics:
 * @camera: a camera
 *
 * Returns: (transfer full): what `statistics read` tells of it: what we got from it and what we
 *   sent on for it
 */
JsonObject *
cg_figures_camera_statistics (CgCamera *camera)
{
  JsonObject *members = json_object_new ();
  CgCameraFacts facts = {0};

  cg_camera_get_facts (camera, &facts);
  json_object_set_int_member (members, "txData", (gint64)(facts.counters.sent / KB));
  json_object_set_int_member (members, "rxData", (gint64)(facts.counters.bytes / KB));
  json_object_set_int_member (members, "collectionPeriod", facts.age_s);
  add_counters (members, &facts.counters);
  cg_stream_members_add_stages (members, &facts.counters.first_picture);
  return members;
}

/**
 * cg_figures_gateway_statistics:
 * @dispatcher: whose gateway it is
 * @facts: what its machine says
 *
 * Returns: (transfer full): what `statistics read` tells of it: all its interfaces since it was
 *   switched on, and the streams of all cameras
 */
JsonObject *
cg_figures_gateway_statistics (CgDispatcher *dispatcher, const CgBoxFacts *facts)
{
  GPtrArray *cameras = cg_fleet_list (cg_dispatcher_get_fleet (dispatcher));
  JsonObject *members = json_object_new ();
  CgStreamCounters sum = {0};

  for (guint i = 0; i < cameras->len; i++) {
    CgCameraFacts camera = {0};

    cg_camera_get_facts (cameras->pdata[i], &camera);
    sum.frames += camera.counters.frames;
    sum.bitrate_kbps += camera.counters.bitrate_kbps;
    sum.reconnects += camera.counters.reconnects;
    sum.dropped += camera.counters.dropped;
    sum.uplink_changes += camera.counters.uplink_changes;
  }
  json_object_set_int_member (members, "txData", (gint64)(facts->tx_bytes / KB));
  json_object_set_int_member (members, "rxData", (gint64)(facts->rx_bytes / KB));
  json_object_set_int_member (members, "collectionPeriod", (gint64)facts->uptime_s);
  add_counters (members, &sum);
  return members;
}

/**
 * cg_figures_place:
 * @place: where something stands
 * @real_ms: when, milliseconds since 1970
 *
 * Returns: (transfer full): what `location read` tells of it
 */
JsonObject *
cg_figures_place (const CgPlace *place, gint64 real_ms)
{
  JsonObject *members = json_object_new ();

  json_object_set_double_member (members, "latitude", place->latitude);
  json_object_set_double_member (members, "longitude", place->longitude);
  if (place->has_altitude)
    json_object_set_double_member (members, "altitude", place->altitude);
  json_object_set_int_member (members, "timestamp", real_ms / 1000);
  return members;
}
