/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-camera-care.h"

#include <string.h>

#include "cg-camera-private.h"
#include "cg-main.h"
#include "cg-onvif-care.h"
#include "cg-onvif-device.h"
#include "cg-onvif-neighbour.h"
#include "cg-onvif-zone.h"

/* A question to the camera on its way: waits for the contact, then runs as a job. */
typedef struct {
  CgJob job;
  gint64 asked_at_ms; /* monotonic */
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  if (self->job.free_data != NULL)
    self->job.free_data (self->job.data);
  g_free (self);
}

static void
on_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  const Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gpointer answer = cg_jobs_run_finish (CG_JOBS (object), result, &error);

  if (error == NULL) {
    g_task_return_pointer (task, answer, question->job.free_result);
    return;
  }
  if (cg_error_is_silence (error))
    cg_presence_doubt (self->presence, error);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_present (gpointer user_data, const GError *error)
{
  g_autoptr (GTask) task = user_data;
  CgCamera *self = g_task_get_source_object (task);
  Question *question = g_task_get_task_data (task);
  const gint64 spent_ms = cg_clock_get_monotonic_ms (self->clock) - question->asked_at_ms;
  CgJob job = question->job;

  if (error != NULL) {
    g_task_return_error (task, g_error_copy (error));
    return;
  }
  question->job.data = NULL;
  job.timeout_ms = (guint)MAX (1, job.timeout_ms - spent_ms);
  cg_jobs_run_async (self->jobs, &job, on_answered, g_steal_pointer (&task));
}

/* @job keeps its data in any case. */
static void
ask (CgCamera *self,
     const CgJob *job,
     gpointer tag,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Question *question = g_new0 (Question, 1);

  CG_ON_MAIN ();
  g_task_set_source_tag (task, tag);
  question->job = *job;
  question->job.timeout_ms = self->ptz.reply_timeout_ms;
  question->asked_at_ms = cg_clock_get_monotonic_ms (self->clock);
  g_task_set_task_data (task, question, question_free);
  if (self->config->protocol == CG_PROTOCOL_RTSP)
    g_task_return_new_error (task, CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                             "camera %s is known by its stream only", self->config->did);
  else
    cg_presence_await (self->presence, question->job.timeout_ms, on_present,
                       g_steal_pointer (&task));
}

static gpointer
read_clock_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  g_autoptr (CgOnvifDateTime) time =
      cg_onvif_device_get_system_date_and_time_in_thread (session, error);
  CgCameraClock *clock;

  if (time == NULL)
    return NULL;
  clock = g_new0 (CgCameraClock, 1);
  clock->utc_ms = time->utc_ms;
  clock->offset_s = (int)(cg_onvif_zone_parse_ms (time->timezone, time->utc_ms) / 1000);
  clock->timezone = g_steal_pointer (&time->timezone);
  return clock;
}

/**
 * cg_camera_read_clock_async:
 * @self: a camera
 * @callback: finish with cg_camera_read_clock_finish()
 * @user_data: for @callback
 *
 * ONVIF GetSystemDateAndTime. Source: PROTOCOL.md section 4, device.
 */
void
cg_camera_read_clock_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  const CgJob job = {.kind = CG_JOB_READ,
                     .run_in_thread = read_clock_in_thread,
                     .free_result = (GDestroyNotify)cg_camera_clock_free};

  ask (self, &job, cg_camera_read_clock_async, callback, user_data);
}

/**
 * cg_camera_read_clock_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: (transfer full) (nullable): its clock
 */
CgCameraClock *
cg_camera_read_clock_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
set_clock_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const gint64 *utc_ms = data;

  return GINT_TO_POINTER (cg_onvif_device_set_date_and_time_in_thread (session, *utc_ms, error));
}

/**
 * cg_camera_set_clock_async:
 * @self: a camera
 * @utc_ms: what the clock is to show, milliseconds since 1970
 * @callback: finish with cg_camera_set_clock_finish()
 * @user_data: for @callback
 *
 * ONVIF SetSystemDateAndTime, and looks whether it counts (Q59). Source: PROTOCOL.md section 4,
 * device.
 */
void
cg_camera_set_clock_async (CgCamera *self,
                           gint64 utc_ms,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  const CgJob job = {.kind = CG_JOB_READ,
                     .run_in_thread = set_clock_in_thread,
                     .data = g_memdup2 (&utc_ms, sizeof utc_ms),
                     .free_data = g_free};

  ask (self, &job, cg_camera_set_clock_async, callback, user_data);
}

/**
 * cg_camera_set_clock_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: whether its clock goes right now
 */
gboolean
cg_camera_set_clock_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}

/* A name may take its time, which is why this is a job. */
static char *
find_address (const char *host)
{
  g_autoptr (GResolver) resolver = NULL;
  GList *addresses;
  char *found = NULL;

  if (host == NULL || g_hostname_is_ip_address (host))
    return g_strdup (host);
  resolver = g_resolver_get_default ();
  addresses = g_resolver_lookup_by_name (resolver, host, NULL, NULL);
  if (addresses != NULL)
    found = g_inet_address_to_string (addresses->data);
  g_resolver_free_addresses (addresses);
  return found;
}

/* Of several the one that our kernel speaks to; else the first one that the camera tells. */
static char *
find_mac (CgOnvifSession *session, const char *address)
{
  g_auto (GStrv) told = cg_onvif_device_get_macs_in_thread (session, NULL);
  char *seen = address != NULL ? cg_onvif_neighbour_find_in_thread (address) : NULL;

  return seen != NULL || told == NULL ? seen : g_strdup (told[0]);
}

static gpointer
read_link_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  const gint64 began_us = g_get_monotonic_time ();
  g_autoptr (CgOnvifDateTime) time =
      cg_onvif_device_get_system_date_and_time_in_thread (session, error);
  const gint64 rtt_us = g_get_monotonic_time () - began_us;
  CgCameraLink *link;

  if (time == NULL)
    return NULL;
  link = g_new0 (CgCameraLink, 1);
  link->rtt_ms = (guint)((rtt_us + 999) / 1000);
  link->address = find_address (data);
  link->mac = find_mac (session, link->address);
  return link;
}

static char *
get_host (CgCamera *self)
{
  const char *address = cg_presence_get_address (self->presence);
  g_autofree char *url = NULL;
  g_autoptr (GUri) uri = NULL;

  if (address == NULL)
    return NULL;
  url =
      strstr (address, "://") != NULL ? g_strdup (address) : g_strconcat ("http://", address, NULL);
  uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED, NULL);
  return uri != NULL ? g_strdup (g_uri_get_host (uri)) : NULL;
}

/**
 * cg_camera_read_link_async:
 * @self: a camera
 * @callback: finish with cg_camera_read_link_finish()
 * @user_data: for @callback
 *
 * How far away it is, and its addresses. Source: PROTOCOL.md section 4, connectivity.
 */
void
cg_camera_read_link_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  const CgJob job = {.kind = CG_JOB_READ,
                     .run_in_thread = read_link_in_thread,
                     .data = get_host (self),
                     .free_data = g_free,
                     .free_result = (GDestroyNotify)cg_camera_link_free};

  ask (self, &job, cg_camera_read_link_async, callback, user_data);
}

/**
 * cg_camera_read_link_finish:
 * @self: a camera
 * @result: what the callback got
 * @error: return location for a #CG_ERROR
 *
 * Returns: (transfer full) (nullable): its connection
 */
CgCameraLink *
cg_camera_read_link_finish (CgCamera *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
read_place_in_thread (CgOnvifSession *session, gpointer data, GError **error)
{
  CgOnvifPlace told;
  CgPlace *place;

  if (!cg_onvif_device_get_geo_location_in_thread (session, &told, error))
    return NULL;
  place = g_new0 (CgPlace, 1);
  *place = (CgPlace){told.latitude, told.longitude, told.altitude, told.has_altitude};
  return place;
}

/**
 * cg_camera_read_place_async:
 * @self: a camera
 * @callback: finish with cg_camera_read_place_finish()
 * @user_data: for @callback
 *
 * ONVIF GetGeoLocation, or what was configured for a camera that does not know, or cannot be
 * asked. Source: PROTOCOL.md section 4, location.
 */
void
cg_camera_read_place_async (CgCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  const CgJob job = {
      .kind = CG_JOB_READ, .run_in_thread = read_place_in_thread, .free_result = g_free};

  ask (self, &job, cg_camera_read_place_async, callback, user_data);
}

/**
 * cg_camera_read_place_finish:
 * @self: a camera
 * @result: what the callback got
 * @place: (out): where it stands
 * @error: return location for a #CG_ERROR; %CG_ERROR_NOT_SUPPORTED: nobody knows
 *
 * Returns: whether it is known
 */
gboolean
cg_camera_read_place_finish (CgCamera *self, GAsyncResult *result, CgPlace *place, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autofree CgPlace *told = g_task_propagate_pointer (G_TASK (result), &trouble);

  if (told != NULL) {
    *place = *told;
    return TRUE;
  }
  if (self->config->location != NULL)
    return cg_place_parse (self->config->location, place, error);
  g_propagate_error (error, g_steal_pointer (&trouble));
  return FALSE;
}

/**
 * cg_camera_plan_reboot:
 * @self: a camera
 * @delay_ms: from now
 * @error: return location for a #CG_ERROR: why it cannot be restarted
 *
 * Restarts the camera then; the last plan counts. What becomes of it is told by
 * #CgCamera::reboot-ended. Source: PROTOCOL.md section 4, device.
 *
 * Returns: whether it is planned
 */
gboolean
cg_camera_plan_reboot (CgCamera *self, guint delay_ms, GError **error)
{
  const GError *problem = cg_presence_get_problem (self->presence);

  CG_ON_MAIN ();
  if (self->config->protocol == CG_PROTOCOL_RTSP) {
    g_set_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED, "camera %s is known by its stream only",
                 self->config->did);
    return FALSE;
  }
  if (!cg_presence_is_up (self->presence) && !cg_reboot_is_under_way (self->reboot)) {
    if (problem != NULL)
      g_propagate_error (error, g_error_copy (problem));
    else
      g_set_error (error, CG_ERROR, CG_ERROR_UNREACHABLE, "camera %s was not reached yet",
                   self->config->did);
    return FALSE;
  }
  cg_reboot_plan (self->reboot, delay_ms);
  return TRUE;
}

/**
 * cg_camera_forget_reboot:
 * @self: a camera
 *
 * Undoes cg_camera_plan_reboot(), unless the camera has been asked meanwhile.
 */
void
cg_camera_forget_reboot (CgCamera *self)
{
  CG_ON_MAIN ();
  cg_reboot_forget_plan (self->reboot);
}

/**
 * cg_camera_inherit_reboot:
 * @self: a camera, not yet opened, that takes the place of another
 * @before: that one: the same camera, otherwise configured
 *
 * Goes on with a restart that is planned or under way there.
 */
void
cg_camera_inherit_reboot (CgCamera *self, CgCamera *before)
{
  CG_ON_MAIN ();
  if (self->config->protocol != CG_PROTOCOL_RTSP)
    cg_reboot_inherit (self->reboot, before->reboot);
}
