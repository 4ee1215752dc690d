/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-handlers.h"
#include "cg-log.h"
#include "cg-member.h"
#include "cg-stream-members.h"

static void
set_url (JsonObject *object, const char *name, const char *url)
{
  g_autofree char *shown = url == NULL ? NULL : cg_log_uri (url);

  cg_member_set_text (object, name, shown);
}

static void
add_stream (JsonObject *object, const CgCameraFacts *facts)
{
  JsonObject *stream = json_object_new ();

  if (facts->stream != NULL) {
    const char *url = facts->stream->url;
    g_autofree char *shown = url != NULL ? cg_log_uri (url) : NULL;

    cg_stream_members_add (stream, facts->stream, shown);
  }
  json_object_set_int_member (stream, "frames", (gint64)facts->counters.frames);
  json_object_set_int_member (stream, "bytes", (gint64)facts->counters.bytes);
  json_object_set_int_member (stream, "dropped", (gint64)facts->counters.dropped);
  json_object_set_int_member (stream, "reconnects", facts->counters.reconnects);
  json_object_set_int_member (stream, "uplinkChanges", facts->counters.uplink_changes);
  json_object_set_object_member (object, "stream", stream);
}

/* Names are those of PROTOCOL.md section 4, device, where it has one. */
static JsonObject *
describe_camera (CgCamera *camera)
{
  JsonObject *object = json_object_new ();
  CgCameraFacts facts = {0};

  cg_camera_get_facts (camera, &facts);
  json_object_set_string_member (object, "did", facts.did);
  cg_member_set_text (object, "name", facts.name);
  set_url (object, "address", facts.address);
  json_object_set_boolean_member (object, "contacted", facts.contacted);
  cg_member_set_text (object, "reason", facts.problem_word);
  cg_member_set_text (object, "error", facts.problem_text);
  cg_member_set_text (object, "manufacturer", facts.manufacturer);
  cg_member_set_text (object, "modelNumber", facts.model);
  cg_member_set_text (object, "serialNumber", facts.serial_number);
  cg_member_set_text (object, "firmwareVersion", facts.firmware_version);
  cg_member_set_text (object, "hardwareVersion", facts.hardware_id);
  cg_member_set_text (object, "profile", facts.profile);
  json_object_set_boolean_member (object, "panTilt", facts.has_pan_tilt);
  json_object_set_boolean_member (object, "zoom", facts.has_zoom);
  json_object_set_boolean_member (object, "moving", facts.moving);
  add_stream (object, &facts);
  return object;
}

/**
 * cg_handle_cameras:
 * @dispatcher: who calls
 * @action: `cameras {}`
 *
 * INTERFACES.md, local socket: all that is known of each camera. Members that are not known are
 * left out.
 */
void
cg_handle_cameras (CgDispatcher *dispatcher, CgAction *action)
{
  GPtrArray *list = cg_fleet_list (cg_dispatcher_get_fleet (dispatcher));
  g_autoptr (JsonObject) members = json_object_new ();
  JsonArray *cameras = json_array_new ();

  for (guint i = 0; i < list->len; i++) {
    CgCamera *camera = list->pdata[i];
    JsonObject *object = describe_camera (camera);

    json_object_set_string_member (object, "source",
                                   cg_settings_get_source (cg_dispatcher_get_settings (dispatcher),
                                                           cg_camera_get_did (camera)));
    g_signal_emit_by_name (dispatcher, "describe-camera", cg_camera_get_did (camera), object);
    json_array_add_object_element (cameras, object);
  }
  json_object_set_array_member (members, "cameras", cameras);
  cg_action_reply (action, members);
}

static JsonObject *
count_cameras (CgFleet *fleet)
{
  GPtrArray *list = cg_fleet_list (fleet);
  JsonObject *object = json_object_new ();
  guint contacted = 0;

  for (guint i = 0; i < list->len; i++)
    contacted += cg_camera_is_contacted (list->pdata[i]);
  json_object_set_int_member (object, "bound", list->len);
  json_object_set_int_member (object, "contacted", contacted);
  json_object_set_int_member (object, "streaming", cg_fleet_count_streams (fleet));
  return object;
}

/* To a tenth of a millisecond: more would be noise. */
static void
set_ms (JsonObject *object, const char *name, double ms)
{
  json_object_set_double_member (object, name, (double)(gint64)(ms * 10 + 0.5) / 10);
}

static JsonObject *
describe_lag (CgLag *lag)
{
  JsonObject *object = json_object_new ();
  CgLagFigures figures;

  cg_lag_read (lag, &figures);
  json_object_set_int_member (object, "period", CG_LAG_PERIOD_S);
  set_ms (object, "p99", figures.p99_ms);
  set_ms (object, "max", figures.max_ms);
  set_ms (object, "own", figures.own_max_ms);
  set_ms (object, "everMax", figures.ever_max_ms);
  set_ms (object, "everOwn", figures.ever_own_max_ms);
  return object;
}

/**
 * cg_handle_status:
 * @dispatcher: who calls
 * @action: `status {}`
 *
 * INTERFACES.md, local socket: the daemon in one look: version, cameras by number, doors, and how
 * long things wait for its main loop.
 */
void
cg_handle_status (CgDispatcher *dispatcher, CgAction *action)
{
  g_autoptr (JsonObject) members = json_object_new ();
  JsonArray *doors = json_array_new ();

  json_object_set_string_member (members, "version", CG_VERSION);
  cg_member_set_text (members, "did", cg_dispatcher_get_config (dispatcher)->gateway.did);
  json_object_set_object_member (members, "cameras",
                                 count_cameras (cg_dispatcher_get_fleet (dispatcher)));
  json_object_set_int_member (members, "dropped", cg_dispatcher_count_dropped (dispatcher));
  if (cg_dispatcher_get_lag (dispatcher) != NULL)
    json_object_set_object_member (members, "lag",
                                   describe_lag (cg_dispatcher_get_lag (dispatcher)));
  g_signal_emit_by_name (dispatcher, "describe-doors", doors);
  json_object_set_array_member (members, "doors", doors);
  cg_action_reply (action, members);
}

/**
 * cg_handle_trace:
 * @dispatcher: who calls
 * @action: `trace {}`
 *
 * INTERFACES.md, local socket: from its answer on, the channel it came by shows every message.
 */
void
cg_handle_trace (CgDispatcher *dispatcher, CgAction *action)
{
  cg_action_reply (action, NULL);
}
