/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-event-relay.h"

#include <string.h>

#include "cg-log.h"
#include "cg-member.h"
#include "cg-stream-members.h"

static void
emit (CgDispatcher *self, const char *did, const char *service, JsonObject *content)
{
  g_signal_emit_by_name (self, "event", did, service, content);
}

/* The operator's landmarks: what the cloud is told by event. */
static void
log_stream (const char *did, const CgStreamReport *report)
{
  const gboolean is_trouble =
      report->state == CG_STREAM_RETRYING || report->state == CG_STREAM_FAILED;
  const char *word = cg_stream_state_get_word (report->state);
  g_autofree char *url = cg_log_uri (report->url);
  g_autofree char *text = report->text != NULL && strstr (report->text, "://") != NULL
                              ? cg_log_uri (report->text)
                              : g_strdup (report->text);

  if (is_trouble)
    g_warning ("stream of %s to %s: %s: %s", did, url, word, text);
  else
    g_message ("stream of %s to %s: %s", did, url, word);
}

/* PROTOCOL.md section 4, play: what becomes of it is told by event. */
static void
on_stream_changed (CgFleet *fleet, CgCamera *camera, CgStreamReport *report, CgDispatcher *self)
{
  g_autoptr (JsonObject) content = json_object_new ();

  if (report->state == CG_STREAM_STARTING)
    return;
  cg_stream_members_add (content, report, report->url);
  log_stream (cg_camera_get_did (camera), report);
  emit (self, cg_camera_get_did (camera), "play", content);
}

static JsonObject *
read_pairs (const char *const *pairs)
{
  JsonObject *object = json_object_new ();

  for (gsize i = 0; pairs[i] != NULL && pairs[i + 1] != NULL; i += 2)
    cg_member_set_text (object, pairs[i], pairs[i + 1]);
  return object;
}

/* What a camera has noticed (configuration: events). */
static void
on_alarm (CgFleet *fleet, CgCamera *camera, CgAlarm *alarm, CgDispatcher *self)
{
  g_autoptr (JsonObject) content = json_object_new ();

  cg_member_set_text (content, "topic", alarm->topic);
  if (alarm->state != CG_ALARM_TEXT)
    json_object_set_boolean_member (content, "state", alarm->state == CG_ALARM_ON);
  else
    cg_member_set_text (content, "state", alarm->text);
  json_object_set_int_member (content, "at", alarm->at_ms);
  json_object_set_object_member (content, "source",
                                 read_pairs ((const char *const *)alarm->source));
  json_object_set_object_member (content, "data", read_pairs ((const char *const *)alarm->data));
  emit (self, cg_camera_get_did (camera), "alarm", content);
}

/* PROTOCOL.md section 4, device: the event after a reboot. Its form is (choice). */
static void
tell_reboot (CgDispatcher *self, const char *did, const GError *error)
{
  g_autoptr (JsonObject) content = json_object_new ();
  JsonObject *reboot = json_object_new ();

  json_object_set_string_member (reboot, "state", error == NULL ? "back" : "failed");
  if (error != NULL) {
    json_object_set_string_member (reboot, "reason", cg_error_get_word ((CgError)error->code));
    cg_member_set_text (reboot, "error", error->message);
  }
  json_object_set_object_member (content, "reboot", reboot);
  emit (self, did, "device", content);
}

/* A camera moves, or stands, and nobody has asked it to: PROTOCOL.md section 3, 60006. */
static void
on_ptz_failed (CgFleet *fleet, CgCamera *camera, GError *error, CgDispatcher *self)
{
  g_autoptr (JsonObject) content = json_object_new ();

  json_object_set_int_member (content, "code", cg_error_get_code (error, CG_ERROR_SCOPE_PTZ));
  cg_member_set_text (content, "error", error->message);
  emit (self, cg_camera_get_did (camera), "ptz", content);
}

static void
on_camera_reboot_ended (CgFleet *fleet, CgCamera *camera, GError *error, CgDispatcher *self)
{
  tell_reboot (self, cg_camera_get_did (camera), error);
}

static void
on_gateway_reboot_ended (CgGateway *gateway, GError *error, CgDispatcher *self)
{
  tell_reboot (self, cg_dispatcher_get_config (self)->gateway.did, error);
}

/**
 * cg_event_relay_follow_fleet:
 * @self: a dispatcher
 * @fleet: its cameras
 *
 * From now on what happens at the cameras is an event.
 */
void
cg_event_relay_follow_fleet (CgDispatcher *self, CgFleet *fleet)
{
  g_signal_connect_object (fleet, "camera-stream-changed", G_CALLBACK (on_stream_changed), self, 0);
  g_signal_connect_object (fleet, "camera-alarm", G_CALLBACK (on_alarm), self, 0);
  g_signal_connect_object (fleet, "camera-ptz-failed", G_CALLBACK (on_ptz_failed), self, 0);
  g_signal_connect_object (fleet, "camera-reboot-ended", G_CALLBACK (on_camera_reboot_ended), self,
                           0);
}

/**
 * cg_event_relay_follow_gateway:
 * @self: a dispatcher
 * @gateway: its box
 *
 * From now on what happens to the box is an event.
 */
void
cg_event_relay_follow_gateway (CgDispatcher *self, CgGateway *gateway)
{
  g_signal_connect_object (gateway, "reboot-ended", G_CALLBACK (on_gateway_reboot_ended), self, 0);
}
