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

/* What an integrator looks for when a stream behaves oddly (Q14, Q22). */
static void
add_picture (JsonObject *stream, const CgStreamPicture *picture)
{
  JsonObject *object;

  if (picture->fps == 0)
    return;
  object = json_object_new ();
  json_object_set_int_member (object, "width", picture->width);
  json_object_set_int_member (object, "height", picture->height);
  json_object_set_int_member (object, "fps", picture->fps);
  if (picture->gop_ms > 0)
    json_object_set_int_member (object, "gop", picture->gop_ms);
  json_object_set_boolean_member (object, "bFrames", picture->has_b_frames);
  json_object_set_object_member (stream, "picture", object);
}

static void
add_stream (JsonObject *object, const CgCameraFacts *facts, guint viewers)
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
  json_object_set_int_member (stream, "viewers", viewers);
  add_picture (stream, &facts->counters.picture);
  json_object_set_object_member (object, "stream", stream);
}

/* Names are those of PROTOCOL.md section 4, device, where it has one. */
static JsonObject *
describe_camera (CgCamera *camera, guint viewers)
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
  add_stream (object, &facts, viewers);
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
  CgFleet *fleet = cg_dispatcher_get_fleet (dispatcher);
  GPtrArray *list = cg_fleet_list (fleet);
  g_autoptr (JsonObject) members = json_object_new ();
  JsonArray *cameras = json_array_new ();

  for (guint i = 0; i < list->len; i++) {
    CgCamera *camera = list->pdata[i];
    const char *did = cg_camera_get_did (camera);
    JsonObject *object = describe_camera (camera, cg_fleet_count_viewers (fleet, did));

    json_object_set_string_member (
        object, "source", cg_settings_get_source (cg_dispatcher_get_settings (dispatcher), did));
    g_signal_emit_by_name (dispatcher, "describe-camera", did, object);
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

/* The door to it, where there is one, tells the rest. */
static JsonObject *
describe_cloud (const CgCloudConfig *config)
{
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "configured", config->servers->len > 0);
  return object;
}

/* Returns: (transfer full) (nullable): of viewers on the LAN; %NULL: none are to be let in */
static JsonObject *
describe_restream (CgFleet *fleet)
{
  GPtrArray *list = cg_fleet_list (fleet);
  const char *trouble;
  const char *url = cg_fleet_get_restream (fleet, &trouble);
  guint count = 0;

  if (url == NULL)
    return NULL;
  JsonObject *object = json_object_new ();
  for (guint i = 0; i < list->len; i++)
    count += cg_fleet_count_viewers (fleet, cg_camera_get_did (list->pdata[i]));
  json_object_set_string_member (object, "url", url);
  json_object_set_int_member (object, "viewers", count);
  cg_member_set_text (object, "trouble", trouble);
  return object;
}

/* What all cameras together send, and how many of them send their small picture. */
static JsonObject *
describe_uplink (CgDispatcher *dispatcher)
{
  GPtrArray *list = cg_fleet_list (cg_dispatcher_get_fleet (dispatcher));
  const guint budget_kbps = cg_dispatcher_get_config (dispatcher)->stream.uplink_kbps;
  JsonObject *object = json_object_new ();
  guint64 rate_kbps = 0;
  guint n_small = 0;

  for (guint i = 0; i < list->len; i++) {
    CgCameraFacts facts = {0};

    cg_camera_get_facts (list->pdata[i], &facts);
    if (facts.stream == NULL || facts.stream->state != CG_STREAM_PLAYING)
      continue;
    rate_kbps += facts.counters.bitrate_kbps;
    n_small += facts.stream->reason != NULL ? 1 : 0;
  }
  json_object_set_int_member (object, "kbps", (gint64)rate_kbps);
  if (budget_kbps > 0)
    json_object_set_int_member (object, "budget", budget_kbps);
  json_object_set_int_member (object, "small", n_small);
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
 * INTERFACES.md, local socket: the daemon in one look: version, cameras by number, whether a cloud
 * is configured, doors, and how long things wait for its main loop.
 */
void
cg_handle_status (CgDispatcher *dispatcher, CgAction *action)
{
  g_autoptr (JsonObject) members = json_object_new ();
  JsonArray *doors = json_array_new ();
  JsonObject *restream = describe_restream (cg_dispatcher_get_fleet (dispatcher));

  json_object_set_string_member (members, "version", CG_VERSION);
  cg_member_set_text (members, "did", cg_dispatcher_get_config (dispatcher)->gateway.did);
  json_object_set_object_member (members, "cameras",
                                 count_cameras (cg_dispatcher_get_fleet (dispatcher)));
  json_object_set_object_member (members, "uplink", describe_uplink (dispatcher));
  json_object_set_int_member (members, "dropped", cg_dispatcher_count_dropped (dispatcher));
  if (cg_dispatcher_get_lag (dispatcher) != NULL)
    json_object_set_object_member (members, "lag",
                                   describe_lag (cg_dispatcher_get_lag (dispatcher)));
  if (restream != NULL)
    json_object_set_object_member (members, "restream", restream);
  json_object_set_object_member (members, "cloud",
                                 describe_cloud (&cg_dispatcher_get_config (dispatcher)->cloud));
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
