/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-dispatcher.h"

#include <string.h>

#include "cg-deadline.h"
#include "cg-event-relay.h"
#include "cg-handlers.h"
#include "cg-main.h"
#include "cg-services.h"
#include "cg-trace.h"

/* PROTOCOL.md section 1: what cannot be answered is logged once a minute. */
#define DROP_LOG_INTERVAL_MS (60 * 1000)

/* Failures are logged one by one as long as somebody can read that. */
#define FAILURE_LOG_INTERVAL_MS (60 * 1000)
#define FAILURE_LOG_MAX 20

/* What the outside chose as a name is cut in the log. */
#define LOGGED_NAME_BYTES 64
#define LOGGED_ERROR_BYTES 256

/* The camera's own answer or failure is due when its time is over: it tells more than we could, and
 * gets this long to reach us. */
#define REPLY_MARGIN_MS 100

/* A disk, or a command, that is not done by then hangs; PROTOCOL.md section 2: every request is
 * answered. */
#define PATIENCE_MS 60000

struct _CgDispatcher {
  GObject parent_instance;

  CgFleet *fleet;       /* (owned) */
  CgGateway *gateway;   /* (owned) */
  CgSettings *settings; /* (owned) */
  CgFirmware *firmware; /* (owned) */
  CgLag *lag;           /* (owned) (nullable) */
  CgConfig *config;     /* (owned) */
  CgClock *clock;       /* (owned) */

  guint dropped;        /* since the start */
  guint dropped_logged; /* of these, told to the log */
  gint64 drop_log_ms;   /* monotonic: no line before this */

  guint failures;            /* since the interval began */
  gint64 failure_log_end_ms; /* monotonic: when the interval ends */
};

G_DEFINE_FINAL_TYPE (CgDispatcher, cg_dispatcher, G_TYPE_OBJECT)

enum { EVENT, TRACED, CONFIG_CHANGED, DESCRIBE_CAMERA, DESCRIBE_DOORS, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
cg_dispatcher_finalize (GObject *object)
{
  CgDispatcher *self = CG_DISPATCHER (object);

  g_clear_object (&self->fleet);
  g_clear_object (&self->gateway);
  g_clear_object (&self->settings);
  g_clear_object (&self->firmware);
  g_clear_pointer (&self->lag, cg_lag_free);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->config, cg_config_unref);
  G_OBJECT_CLASS (cg_dispatcher_parent_class)->finalize (object);
}

static void
cg_dispatcher_class_init (CgDispatcherClass *klass)
{
  const GSignalFlags flags = G_SIGNAL_RUN_LAST;

  G_OBJECT_CLASS (klass)->finalize = cg_dispatcher_finalize;
  signals[EVENT] = g_signal_new ("event", CG_TYPE_DISPATCHER, flags, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, JSON_TYPE_OBJECT);
  signals[TRACED] = g_signal_new ("traced", CG_TYPE_DISPATCHER, flags, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_BOOLEAN, G_TYPE_BYTES);
  signals[CONFIG_CHANGED] = g_signal_new ("config-changed", CG_TYPE_DISPATCHER, flags, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[DESCRIBE_CAMERA] =
      g_signal_new ("describe-camera", CG_TYPE_DISPATCHER, flags, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    2, G_TYPE_STRING, JSON_TYPE_OBJECT);
  signals[DESCRIBE_DOORS] = g_signal_new ("describe-doors", CG_TYPE_DISPATCHER, flags, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_ARRAY);
}

static void
cg_dispatcher_init (CgDispatcher *self)
{
  self->drop_log_ms = G_MININT64;
  self->failure_log_end_ms = G_MININT64;
}

/**
 * cg_dispatcher_new:
 * @fleet: the cameras
 * @config: what was configured
 * @clock: the time
 *
 * Returns: (transfer full): a dispatcher for any number of doors
 */
CgDispatcher *
cg_dispatcher_new (CgFleet *fleet, CgConfig *config, CgClock *clock)
{
  CgDispatcher *self = g_object_new (CG_TYPE_DISPATCHER, NULL);

  self->fleet = g_object_ref (fleet);
  self->config = cg_config_ref (config);
  self->clock = g_object_ref (clock);
  cg_event_relay_follow_fleet (self, fleet);
  return self;
}

/**
 * cg_dispatcher_set_gateway:
 * @self: a dispatcher that has none yet
 * @gateway: the box that actions for the gateway are about
 */
void
cg_dispatcher_set_gateway (CgDispatcher *self, CgGateway *gateway)
{
  g_return_if_fail (CG_IS_DISPATCHER (self) && self->gateway == NULL);
  CG_ON_MAIN ();

  self->gateway = g_object_ref (gateway);
  cg_event_relay_follow_gateway (self, gateway);
}

/**
 * cg_dispatcher_set_settings:
 * @self: a dispatcher that has none yet
 * @settings: what the cloud may read and write
 */
void
cg_dispatcher_set_settings (CgDispatcher *self, CgSettings *settings)
{
  g_return_if_fail (CG_IS_DISPATCHER (self) && self->settings == NULL);
  CG_ON_MAIN ();

  self->settings = g_object_ref (settings);
}

/**
 * cg_dispatcher_set_firmware:
 * @self: a dispatcher that has none yet
 * @firmware: who takes orders of new firmware
 */
void
cg_dispatcher_set_firmware (CgDispatcher *self, CgFirmware *firmware)
{
  g_return_if_fail (CG_IS_DISPATCHER (self) && self->firmware == NULL);
  CG_ON_MAIN ();

  self->firmware = g_object_ref (firmware);
}

/**
 * cg_dispatcher_set_lag:
 * @self: a dispatcher that has none yet
 * @lag: (transfer full): how long things wait for the main loop
 */
void
cg_dispatcher_set_lag (CgDispatcher *self, CgLag *lag)
{
  g_return_if_fail (CG_IS_DISPATCHER (self) && self->lag == NULL);
  CG_ON_MAIN ();

  self->lag = lag;
}

/**
 * cg_dispatcher_set_config:
 * @self: a dispatcher
 * @config: what is configured from now on
 *
 * For what comes from now on; the fleet is told apart from this.
 */
void
cg_dispatcher_set_config (CgDispatcher *self, CgConfig *config)
{
  g_return_if_fail (CG_IS_DISPATCHER (self));
  CG_ON_MAIN ();

  cg_config_ref (config);
  cg_config_unref (self->config);
  self->config = config;
  g_signal_emit (self, signals[CONFIG_CHANGED], 0);
}

/**
 * cg_dispatcher_get_fleet:
 * @self: a dispatcher
 *
 * Returns: (transfer none): the cameras
 */
CgFleet *
cg_dispatcher_get_fleet (CgDispatcher *self)
{
  return self->fleet;
}

/**
 * cg_dispatcher_get_gateway:
 * @self: a dispatcher
 *
 * Returns: (transfer none): the box itself
 */
CgGateway *
cg_dispatcher_get_gateway (CgDispatcher *self)
{
  return self->gateway;
}

/**
 * cg_dispatcher_get_settings:
 * @self: a dispatcher
 *
 * Returns: (transfer none): what the cloud may read and write
 */
CgSettings *
cg_dispatcher_get_settings (CgDispatcher *self)
{
  return self->settings;
}

/**
 * cg_dispatcher_get_firmware:
 * @self: a dispatcher
 *
 * Returns: (transfer none): who takes orders of new firmware
 */
CgFirmware *
cg_dispatcher_get_firmware (CgDispatcher *self)
{
  return self->firmware;
}

/**
 * cg_dispatcher_get_lag:
 * @self: a dispatcher
 *
 * Returns: (transfer none) (nullable): how long things wait for the main loop
 */
CgLag *
cg_dispatcher_get_lag (CgDispatcher *self)
{
  return self->lag;
}

/**
 * cg_dispatcher_get_config:
 * @self: a dispatcher
 *
 * Returns: (transfer none): the configuration that counts now
 */
CgConfig *
cg_dispatcher_get_config (CgDispatcher *self)
{
  return self->config;
}

/**
 * cg_dispatcher_get_clock:
 * @self: a dispatcher
 *
 * Returns: (transfer none): the time
 */
CgClock *
cg_dispatcher_get_clock (CgDispatcher *self)
{
  return self->clock;
}

/* Returns: (transfer full): a name from outside, short and on one line. */
static char *
clip (const char *text, gsize max_bytes)
{
  const gsize length = strlen (text);
  gsize end = MIN (length, max_bytes);
  char *clipped;

  while (end < length && end > 0 && ((guchar)text[end] & 0xc0) == 0x80)
    end--; /* not within a character */
  clipped = g_strdup_printf ("%.*s%s", (int)end, text, end < length ? "..." : "");
  for (char *at = clipped; *at != '\0'; at++) {
    if (g_ascii_iscntrl (*at))
      *at = '?';
  }
  return clipped;
}

/* Counts a failure. Returns whether it still has a line of its own in this minute. */
static gboolean
may_log_failure (CgDispatcher *self)
{
  const gint64 now_ms = cg_clock_get_monotonic_ms (self->clock);

  if (now_ms >= self->failure_log_end_ms) {
    if (self->failures > FAILURE_LOG_MAX)
      g_warning ("%u more actions failed, which were not logged", self->failures - FAILURE_LOG_MAX);
    self->failures = 0;
    self->failure_log_end_ms = now_ms + FAILURE_LOG_INTERVAL_MS;
  }
  return ++self->failures <= FAILURE_LOG_MAX;
}

/* Who sits at the local socket and asks for what there is not is told so, and needs no warning. */
static gboolean
is_slip_of_local_client (CgAction *action, const GError *error)
{
  static const CgError slips[] = {CG_ERROR_BAD_REQUEST, CG_ERROR_UNKNOWN_THING,
                                  CG_ERROR_UNKNOWN_SERVICE, CG_ERROR_UNKNOWN_COMMAND};

  for (gsize i = 0; i < G_N_ELEMENTS (slips); i++)
    if (g_error_matches (error, CG_ERROR, slips[i]))
      return cg_action_get_origin (action)->is_local;
  return FALSE;
}

static void
log_failure (CgAction *action, JsonObject *body, const GError *error, CgDispatcher *self)
{
  const gboolean is_slip = is_slip_of_local_client (action, error);
  const char *method_name = cg_action_get_method (action);
  g_autofree char *service = NULL;
  g_autofree char *method = NULL;
  g_autofree char *did = NULL;
  g_autofree char *mid = NULL;
  g_autofree char *why = NULL;
  g_autofree char *line = NULL;

  if (error == NULL || (!is_slip && !may_log_failure (self)))
    return;
  service = clip (cg_action_get_service (action), LOGGED_NAME_BYTES);
  method = clip (method_name != NULL ? method_name : "", LOGGED_NAME_BYTES);
  did = clip (cg_action_get_did (action), LOGGED_NAME_BYTES);
  mid = clip (cg_action_get_mid (action), LOGGED_NAME_BYTES);
  why = clip (error->message, LOGGED_ERROR_BYTES);
  line = g_strdup_printf ("%s%s%s of %s failed: %s (code %" G_GINT64_FORMAT ", mid %s, by %s)",
                          service, method_name != NULL ? " " : "", method, did, why,
                          json_object_get_int_member (body, "code"), mid,
                          cg_action_get_origin (action)->name);
  if (is_slip)
    g_info ("%s", line);
  else
    g_warning ("%s", line);
}

/* Which handlers there are for @action's did. Returns FALSE if nobody has that did. */
static gboolean
find_target (CgDispatcher *self, CgAction *action, CgScopes *scopes)
{
  const char *did = cg_action_get_did (action);
  const gboolean is_local = cg_action_get_origin (action)->is_local;
  CgCamera *camera;

  if (g_strcmp0 (did, self->config->gateway.did) == 0) {
    *scopes = CG_SCOPE_GATEWAY | (is_local ? CG_SCOPE_LOCAL : 0);
    return TRUE;
  }
  *scopes = CG_SCOPE_CAMERA | (is_local ? CG_SCOPE_LOCAL_CAMERA : 0);
  camera = cg_fleet_lookup (self->fleet, did);
  cg_action_set_camera (action, camera);
  return camera != NULL;
}

static JsonNode *
get_content (CgAction *action)
{
  JsonObject *data = cg_message_get_data (cg_action_get_message (action));

  return json_object_get_member (data, cg_action_get_service (action));
}

/* The first known method counts; of none known the first, so that its refusal has a place. */
static const CgHandlerRow *
choose_method (CgAction *action, const CgServiceRow *service, CgScopes scopes, JsonNode **content)
{
  g_autoptr (GList) names = json_object_get_members (json_node_get_object (*content));
  JsonObject *methods = json_node_get_object (*content);

  for (GList *l = names; l != NULL; l = l->next) {
    const CgHandlerRow *row = cg_services_find_handler (service->name, l->data, scopes);

    if (row == NULL)
      continue;
    cg_action_set_method (action, row->method);
    *content = json_object_get_member (methods, row->method);
    return row;
  }
  if (names != NULL)
    cg_action_set_method (action, names->data);
  return NULL;
}

static gboolean
take_params (CgAction *action, JsonNode *content)
{
  g_autoptr (JsonObject) empty = json_object_new ();

  if (JSON_NODE_HOLDS_NULL (content))
    cg_action_set_params (action, empty);
  else if (JSON_NODE_HOLDS_OBJECT (content))
    cg_action_set_params (action, json_node_get_object (content));
  else
    return FALSE;
  return TRUE;
}

/* PROTOCOL.md section 3, 60020 and 404; no method at all is a missing member. */
static void
refuse_method (CgAction *action, const CgServiceRow *service)
{
  const gboolean is_command = service->errors == CG_ERROR_SCOPE_PTZ;

  if (cg_action_get_method (action) == NULL)
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Missing command");
  else
    cg_action_refuse (action, CG_ERROR_UNKNOWN_COMMAND,
                      is_command ? "Unsupported command" : "Unsupported action");
}

/* PROTOCOL.md section 4: what is asked of a camera is answered within this time, whatever the
 * camera does. Disks and commands of this box have longer; that they hang is no fault of a camera.
 */
static void
limit_time (CgDispatcher *self, CgAction *action, const CgServiceRow *service)
{
  if (service->is_slow || cg_action_get_camera (action) == NULL)
    cg_action_set_time_limit (action, self->clock, PATIENCE_MS, CG_ERROR_INTERNAL);
  else
    cg_action_set_time_limit (action, self->clock,
                              self->config->ptz.reply_timeout_ms + REPLY_MARGIN_MS,
                              CG_ERROR_TIMED_OUT);
}

static void
call_handler (CgDispatcher *self,
              CgAction *action,
              const CgServiceRow *service,
              const CgHandlerRow *row,
              JsonNode *content)
{
  if (!take_params (action, content)) {
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid parameters");
    return;
  }
  if (service->errors == CG_ERROR_SCOPE_PTZ && !row->never_late &&
      !cg_deadline_check (action, self->clock))
    return;
  row->handler (self, action);
  limit_time (self, action, service);
}

/**
 * cg_dispatcher_run:
 * @self: a dispatcher
 * @action: what is to be done
 *
 * Finds the thing and the handler, and calls it; answers what nobody handles (PROTOCOL.md section
 * 3, 404, 400, 60020). Logs each failure once, when it is answered; of many in a minute the number.
 */
void
cg_dispatcher_run (CgDispatcher *self, CgAction *action)
{
  const CgServiceRow *service = cg_services_find (cg_action_get_service (action));
  JsonNode *content = get_content (action);
  const CgHandlerRow *row = NULL;
  CgScopes scopes = 0;
  gboolean known;
  gboolean well_typed = TRUE;

  g_return_if_fail (CG_IS_DISPATCHER (self));
  CG_ON_MAIN ();

  g_signal_connect_object (action, "answered", G_CALLBACK (log_failure), self, 0);
  known = find_target (self, action, &scopes);
  if (service != NULL) {
    cg_action_set_error_scope (action, service->errors);
    well_typed = !service->has_methods || JSON_NODE_HOLDS_OBJECT (content);
    if (service->has_methods && well_typed)
      row = choose_method (action, service, scopes, &content);
    else
      row = cg_services_find_handler (service->name, NULL, scopes);
  }
  if (!known)
    cg_action_refuse (action, CG_ERROR_UNKNOWN_THING, "Invalid thing id");
  else if (service == NULL || !cg_services_is_offered (service->name, scopes))
    cg_action_refuse (action, CG_ERROR_UNKNOWN_SERVICE, "Unsupported action");
  else if (!well_typed)
    cg_action_refuse (action, CG_ERROR_BAD_REQUEST, "Invalid parameters");
  else if (row == NULL)
    refuse_method (action, service);
  else
    call_handler (self, action, service, row, content);
}

/**
 * cg_dispatcher_shape_result:
 * @self: a dispatcher
 * @action: what was answered
 * @body: with what
 *
 * Returns: (transfer full): the `result` of its reply, flat or wrapped as PROTOCOL.md section 2
 *   says, or all flat for the 2019 cloud
 */
JsonObject *
cg_dispatcher_shape_result (CgDispatcher *self, CgAction *action, JsonObject *body)
{
  const CgServiceRow *service = cg_services_find (cg_action_get_service (action));
  const char *method = cg_action_get_method (action);
  JsonObject *result = json_object_new ();
  JsonObject *wrap;

  if (service == NULL || !service->is_wrapped || method == NULL ||
      self->config->cloud.reply_shape == CG_REPLY_SHAPE_FLAT) {
    json_object_set_object_member (result, cg_action_get_service (action), json_object_ref (body));
    return result;
  }
  wrap = json_object_new ();
  json_object_set_object_member (wrap, method, json_object_ref (body));
  json_object_set_object_member (result, service->name, wrap);
  return result;
}

/**
 * cg_dispatcher_drop:
 * @self: a dispatcher
 * @door: where it came from
 * @reason: what is wrong with it
 *
 * Counts a message that was dropped, and logs one line a minute, however many there are.
 */
void
cg_dispatcher_drop (CgDispatcher *self, const char *door, const char *reason)
{
  const gint64 now_ms = cg_clock_get_monotonic_ms (self->clock);

  self->dropped++;
  if (now_ms < self->drop_log_ms)
    return;
  g_warning ("dropped %u message(s), the last one from %s: %s",
             self->dropped - self->dropped_logged, door, reason);
  self->dropped_logged = self->dropped;
  self->drop_log_ms = now_ms + DROP_LOG_INTERVAL_MS;
}

/**
 * cg_dispatcher_count_dropped:
 * @self: a dispatcher
 *
 * Returns: how many messages were dropped since the start
 */
guint
cg_dispatcher_count_dropped (CgDispatcher *self)
{
  return self->dropped;
}

/**
 * cg_dispatcher_trace:
 * @self: a dispatcher
 * @door: which door it goes through
 * @incoming: whether it comes in
 * @message: the message
 *
 * Shows a message, without its secrets, to those who watch. Costs nothing when nobody does.
 */
void
cg_dispatcher_trace (CgDispatcher *self, const char *door, gboolean incoming, GBytes *message)
{
  g_autoptr (GBytes) shown = NULL;

  if (!g_signal_has_handler_pending (self, signals[TRACED], 0, FALSE))
    return;
  shown = cg_trace_hide (message);
  g_signal_emit (self, signals[TRACED], 0, door, incoming, shown);
}
