/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim.h"

#include "cg-sim-discovery.h"
#include "cg-sim-http.h"
#include "cg-sim-loop.h"
#include "cg-sim-rtsp.h"
#include "cg-sim-state.h"

/* So that who has asked for it gets its answer. */
#define REBOOT_DELAY_MS 50

struct _CgSim {
  CgSimState *state;
  CgSimLoop *loop; /* (owned) (nullable) while started */
  CgSimRtsp *rtsp;
  CgSimHttp *http;
  CgSimDiscovery *discovery; /* (owned) (nullable) */
  GSource *reboot;           /* (owned) (nullable) of the loop's thread: goes away, or comes back */
  char *onvif_url;
  char *rtsp_url;
};

/* A start, which happens in the loop's thread. */
typedef struct {
  CgSim *sim;
  gboolean is_started;
  GError **error;
} Start;

/**
 * cg_sim_new:
 * @options: what it is to be
 *
 * A simulated ONVIF camera. All its functions may be called from any thread but the one that
 * serves it, and none of them waits for a client.
 *
 * Returns: (transfer full): it serves nothing yet
 */
CgSim *
cg_sim_new (const CgSimOptions *options)
{
  g_return_val_if_fail (options != NULL, NULL);

  CgSim *self = g_new0 (CgSim, 1);

  self->state = cg_sim_state_new (options);
  return self;
}

/**
 * cg_sim_free:
 * @self: (transfer full) (nullable): a camera; it is stopped first
 */
void
cg_sim_free (CgSim *self)
{
  if (self == NULL)
    return;
  cg_sim_stop (self);
  cg_sim_state_unref (self->state);
  g_free (self->onvif_url);
  g_free (self->rtsp_url);
  g_free (self);
}

static gboolean
start_http (CgSim *self, GError **error)
{
  self->http = cg_sim_http_new (self->state, self->rtsp);
  return cg_sim_http_start (self->http, error);
}

static gboolean
start_discovery (CgSim *self, GError **error)
{
  if (!self->state->options.discovery)
    return TRUE;
  self->discovery = cg_sim_discovery_new (self->state);
  return cg_sim_discovery_start (self->discovery, error);
}

static gboolean
start_services (CgSim *self, GError **error)
{
  self->rtsp = cg_sim_rtsp_new (self->state, error);
  if (self->rtsp == NULL ||
      !cg_sim_rtsp_start (self->rtsp, cg_sim_loop_get_context (self->loop), error))
    return FALSE;
  return start_http (self, error) && start_discovery (self, error);
}

static void
start_in_loop (gpointer user_data)
{
  Start *start = user_data;

  start->is_started = start_services (start->sim, start->error);
}

static void
clear_reboot (CgSim *self)
{
  if (self->reboot != NULL)
    g_source_destroy (self->reboot);
  g_clear_pointer (&self->reboot, g_source_unref);
}

static void
plan_reboot (CgSim *self, guint delay_ms, GSourceFunc step)
{
  clear_reboot (self);
  self->reboot = g_timeout_source_new (delay_ms);
  g_source_set_callback (self->reboot, step, self, NULL);
  g_source_attach (self->reboot, cg_sim_loop_get_context (self->loop));
}

/* On the ports it had. */
static gboolean
come_back (gpointer user_data)
{
  CgSim *self = user_data;
  g_autoptr (GError) error = NULL;

  clear_reboot (self);
  if (!cg_sim_rtsp_start (self->rtsp, cg_sim_loop_get_context (self->loop), &error) ||
      !start_http (self, &error) || !start_discovery (self, &error))
    g_warning ("%s: does not come back: %s", self->state->options.name, error->message);
  return G_SOURCE_REMOVE;
}

static gboolean
go_away (gpointer user_data)
{
  CgSim *self = user_data;

  self->state->options.port = self->state->onvif_port;
  self->state->options.rtsp_port = self->state->rtsp_port;
  g_clear_pointer (&self->discovery, cg_sim_discovery_free);
  g_clear_pointer (&self->http, cg_sim_http_free);
  cg_sim_rtsp_stop (self->rtsp);
  cg_sim_events_forget (self->state->events);
  plan_reboot (self, cg_sim_state_get_reboot_ms (self->state), come_back);
  return G_SOURCE_REMOVE;
}

static void
begin_reboot (gpointer user_data)
{
  plan_reboot (user_data, REBOOT_DELAY_MS, go_away);
}

static void
stop_in_loop (gpointer user_data)
{
  CgSim *self = user_data;

  self->state->reboot = NULL;
  clear_reboot (self);

  g_clear_pointer (&self->discovery, cg_sim_discovery_free);
  g_clear_pointer (&self->http, cg_sim_http_free);
  if (self->rtsp != NULL)
    cg_sim_rtsp_stop (self->rtsp);
}

/**
 * cg_sim_start:
 * @self: a camera
 *
 * Returns: %TRUE when it is ready: bound, and answering
 */
gboolean
cg_sim_start (CgSim *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->loop == NULL, FALSE);

  Start start = {.sim = self, .error = error};
  CgSimState *state = self->state;

  self->loop = cg_sim_loop_acquire ();
  cg_sim_loop_run (self->loop, start_in_loop, &start);
  if (!start.is_started) {
    cg_sim_stop (self);
    return FALSE;
  }
  state->reboot_data = self;
  state->reboot = begin_reboot;
  g_free (self->onvif_url);
  g_free (self->rtsp_url);
  self->onvif_url =
      cg_sim_state_make_url (state, "http", NULL, state->onvif_port, "/onvif/device_service");
  self->rtsp_url =
      cg_sim_state_make_url (state, "rtsp", NULL, state->rtsp_port, state->profiles[0].path);
  return TRUE;
}

/**
 * cg_sim_stop:
 * @self: a camera
 *
 * All connections are closed. It can be started again, and remembers position and presets.
 */
void
cg_sim_stop (CgSim *self)
{
  g_return_if_fail (self != NULL);

  if (self->loop == NULL)
    return;
  cg_sim_loop_run (self->loop, stop_in_loop, self);
  g_clear_pointer (&self->rtsp, cg_sim_rtsp_free);
  g_clear_pointer (&self->loop, cg_sim_loop_release);
}

/**
 * cg_sim_get_name:
 * @self: a camera
 *
 * Returns: (transfer none): the name it was given
 */
const char *
cg_sim_get_name (CgSim *self)
{
  return self->state->options.name;
}

/**
 * cg_sim_get_onvif_url:
 * @self: a camera that was started
 *
 * Returns: (transfer none): the address of its device service
 */
const char *
cg_sim_get_onvif_url (CgSim *self)
{
  return self->onvif_url;
}

/**
 * cg_sim_get_rtsp_url:
 * @self: a camera that was started
 *
 * Returns: (transfer none): the address of its main stream
 */
const char *
cg_sim_get_rtsp_url (CgSim *self)
{
  return self->rtsp_url;
}

/**
 * cg_sim_get_endpoint:
 * @self: a camera
 *
 * Returns: (transfer none): its WS-Discovery endpoint reference, which its name alone decides
 */
const char *
cg_sim_get_endpoint (CgSim *self)
{
  return self->state->endpoint;
}

/**
 * cg_sim_set_fault:
 * @self: a camera
 * @name: of the table in cg-sim-faults.c
 * @arg: (nullable): its argument
 *
 * From now on it behaves so, at once where it can.
 */
gboolean
cg_sim_set_fault (CgSim *self, const char *name, const char *arg, GError **error)
{
  return cg_sim_faults_set (self->state->faults, name, arg, error);
}

/**
 * cg_sim_clear_fault:
 * @self: a camera
 * @name: of the table in cg-sim-faults.c
 */
gboolean
cg_sim_clear_fault (CgSim *self, const char *name, GError **error)
{
  return cg_sim_faults_clear (self->state->faults, name, error);
}

/**
 * cg_sim_raise_alarm:
 * @self: a camera
 * @topic: `motion`, or a topic such as `tns1:Device/Trigger/DigitalInput`
 * @value: its new state, `true` or `false` for most
 *
 * Tells all who have subscribed.
 */
void
cg_sim_raise_alarm (CgSim *self, const char *topic, const char *value)
{
  cg_sim_events_raise (self->state->events, topic, value, cg_sim_state_get_time_ms (self->state));
}

/**
 * cg_sim_count_pull_points:
 * @self: a camera
 *
 * Returns: how many live now
 */
guint
cg_sim_count_pull_points (CgSim *self)
{
  return cg_sim_events_count (self->state->events);
}

/**
 * cg_sim_reboot:
 * @self: a camera that was started
 *
 * It goes away, loses its pull points, and comes back on the same ports.
 */
void
cg_sim_reboot (CgSim *self)
{
  cg_sim_loop_run (self->loop, begin_reboot, self);
}

/**
 * cg_sim_set_reboot_ms:
 * @self: a camera
 * @reboot_ms: how long it is away when it starts anew
 */
void
cg_sim_set_reboot_ms (CgSim *self, guint reboot_ms)
{
  cg_sim_state_set_reboot_ms (self->state, reboot_ms);
}

/**
 * cg_sim_reset:
 * @self: a camera
 * @keep_presets: they stay, under tokens that none had before
 *
 * Somebody has reset it: it looks at 0, 0, 0 and its presets are gone. Reboot it for the rest.
 */
void
cg_sim_reset (CgSim *self, gboolean keep_presets)
{
  cg_sim_state_reset (self->state, keep_presets);
}

/**
 * cg_sim_set_clock_skew:
 * @self: a camera
 * @skew_s: how many seconds its clock is ahead
 */
void
cg_sim_set_clock_skew (CgSim *self, double skew_s)
{
  cg_sim_state_set_skew (self->state, skew_s);
}

/**
 * cg_sim_take_requests:
 * @self: a camera
 *
 * Returns: (transfer full): what it was asked since this was last called, in order: objects
 *   `{op, at, args}`, as INTERFACES.md has them
 */
JsonArray *
cg_sim_take_requests (CgSim *self)
{
  return cg_sim_requests_take (self->state->requests);
}

/**
 * cg_sim_count_requests:
 * @self: a camera
 * @op: an operation, such as `Stop`
 *
 * Returns: how often it was asked, ever
 */
guint
cg_sim_count_requests (CgSim *self, const char *op)
{
  return cg_sim_requests_count (self->state->requests, op);
}

/**
 * cg_sim_get_position:
 * @self: a camera
 * @position: (out caller-allocates): where it looks now
 */
void
cg_sim_get_position (CgSim *self, CgSimPosition *position)
{
  cg_sim_state_read_position (self->state, position);
}

/**
 * cg_sim_set_position:
 * @self: a camera
 * @position: where it is put at once
 */
void
cg_sim_set_position (CgSim *self, const CgSimVector *position)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->state->lock);

  cg_sim_ptz_place (cg_sim_state_get_head (self->state), g_get_monotonic_time () / 1000, position);
}

/**
 * cg_sim_list_presets:
 * @self: a camera
 *
 * Returns: (transfer full): objects `{token, name}`
 */
JsonArray *
cg_sim_list_presets (CgSim *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->state->lock);
  const GPtrArray *presets = cg_sim_ptz_get_presets (self->state->ptz);
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < presets->len; i++) {
    const CgSimPreset *preset = g_ptr_array_index (presets, i);
    JsonObject *entry = json_object_new ();

    json_object_set_string_member (entry, "token", preset->token);
    json_object_set_string_member (entry, "name", preset->name);
    json_array_add_object_element (list, entry);
  }
  return list;
}

/**
 * cg_sim_get_sessions:
 * @self: a camera that was started
 * @now: (out) (optional): RTSP sessions there are
 * @ever: (out) (optional): RTSP sessions there were since its start
 */
void
cg_sim_get_sessions (CgSim *self, guint *now, guint *ever)
{
  guint now_count = 0, ever_count = 0;

  if (self->rtsp != NULL)
    cg_sim_rtsp_get_sessions (self->rtsp, &now_count, &ever_count);
  if (now != NULL)
    *now = now_count;
  if (ever != NULL)
    *ever = ever_count;
}
