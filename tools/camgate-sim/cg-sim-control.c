/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-control.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

struct _CgSimControl {
  GPtrArray *cameras; /* (owned) (element-type CgSim) */
  CgSimQuitFunc quit;
  gpointer user_data;
  GSocketService *service; /* (owned) (nullable) */
  char *path;
};

/* Each verb puts its result into @answer, or sets the error. */
typedef gboolean (*VerbFunc) (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error);

static gboolean
fail (GError **error, const char *text)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

static gboolean
is_number (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         (json_node_get_value_type (node) == G_TYPE_INT64 ||
          json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

static gboolean
is_text (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_STRING;
}

/* Returns: (transfer none) (nullable): of an argument that may be none */
static JsonNode *
get_member (JsonNode *argument, const char *name)
{
  if (!JSON_NODE_HOLDS_OBJECT (argument))
    return NULL;
  return json_object_get_member (json_node_get_object (argument), name);
}

/* Numbers and words come as they like. */
static char *
get_arg (JsonObject *request)
{
  JsonNode *node = json_object_get_member (request, "arg");

  if (is_text (node))
    return json_node_dup_string (node);
  if (is_number (node))
    return g_strdup_printf ("%.17g", json_node_get_double (node));
  return NULL;
}

static gboolean
verb_fault (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error)
{
  g_autofree char *arg = get_arg (request);

  if (!is_text (argument))
    return fail (error, "fault must be a name");
  const char *name = json_node_get_string (argument);
  const gboolean on = json_object_get_boolean_member_with_default (request, "on", TRUE);

  if (!(on ? cg_sim_set_fault (camera, name, arg, error)
           : cg_sim_clear_fault (camera, name, error)))
    return FALSE;
  json_object_set_boolean_member (answer, "ok", TRUE);
  return TRUE;
}

static gboolean
verb_requests (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error)
{
  json_object_set_array_member (answer, "requests", cg_sim_take_requests (camera));
  return TRUE;
}

static gboolean
read_axis (JsonObject *object, const char *name, double *value, gboolean *has, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return TRUE;
  if (!is_number (node))
    return fail (error, "pan, tilt and zoom must be numbers");
  *value = json_node_get_double (node);
  *has = TRUE;
  return TRUE;
}

static gboolean
place (CgSim *camera, JsonObject *wanted, GError **error)
{
  CgSimPosition now;
  CgSimVector to = {0};

  cg_sim_get_position (camera, &now);
  to.pan = now.pan;
  to.tilt = now.tilt;
  if (!read_axis (wanted, "pan", &to.pan, &to.has_pan_tilt, error) ||
      !read_axis (wanted, "tilt", &to.tilt, &to.has_pan_tilt, error) ||
      !read_axis (wanted, "zoom", &to.zoom, &to.has_zoom, error))
    return FALSE;
  cg_sim_set_position (camera, &to);
  return TRUE;
}

static gboolean
verb_position (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error)
{
  CgSimPosition now;
  JsonObject *shown;

  if (!JSON_NODE_HOLDS_OBJECT (argument))
    return fail (error, "position must be an object");
  if (!place (camera, json_node_get_object (argument), error))
    return FALSE;
  cg_sim_get_position (camera, &now);
  shown = json_object_new ();
  json_object_set_double_member (shown, "pan", now.pan);
  json_object_set_double_member (shown, "tilt", now.tilt);
  json_object_set_double_member (shown, "zoom", now.zoom);
  json_object_set_boolean_member (shown, "moving", now.moving_pan_tilt || now.moving_zoom);
  json_object_set_object_member (answer, "position", shown);
  return TRUE;
}

static gboolean
verb_presets (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error)
{
  json_object_set_array_member (answer, "presets", cg_sim_list_presets (camera));
  return TRUE;
}

static gboolean
verb_stream (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error)
{
  JsonObject *stream = json_object_new ();
  guint now, ever;

  cg_sim_get_sessions (camera, &now, &ever);
  json_object_set_int_member (stream, "sessions", now);
  json_object_set_int_member (stream, "ever", ever);
  json_object_set_object_member (answer, "stream", stream);
  return TRUE;
}

static gboolean
verb_clock (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error)
{
  JsonNode *skew = get_member (argument, "skew");

  if (!is_number (skew))
    return fail (error, "clock needs a skew in seconds");
  cg_sim_set_clock_skew (camera, json_node_get_double (skew));
  json_object_set_boolean_member (answer, "ok", TRUE);
  return TRUE;
}

static gboolean
verb_alarm (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error)
{
  JsonNode *topic = get_member (argument, "topic");
  JsonNode *state = get_member (argument, "state");
  const char *value;

  if (!is_text (topic) || state == NULL || !JSON_NODE_HOLDS_VALUE (state))
    return fail (error, "alarm needs a topic and a state");
  if (is_text (state))
    value = json_node_get_string (state);
  else
    value = json_node_get_boolean (state) ? "true" : "false";
  cg_sim_raise_alarm (camera, json_node_get_string (topic), value);
  json_object_set_int_member (answer, "told", cg_sim_count_pull_points (camera));
  json_object_set_boolean_member (answer, "ok", TRUE);
  return TRUE;
}

/* How long it is away, in milliseconds, may be told: {"reboot":{"for":500}}. */
static gboolean
verb_reboot (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error)
{
  JsonNode *away = get_member (argument, "for");

  if (away != NULL && !is_number (away))
    return fail (error, "a reboot is for so many milliseconds");
  if (away != NULL)
    cg_sim_set_reboot_ms (camera, (guint)CLAMP (json_node_get_int (away), 0, 3600 * 1000));
  cg_sim_reboot (camera);
  json_object_set_boolean_member (answer, "ok", TRUE);
  return TRUE;
}

/* Presets may stay, under new tokens: {"reset":{"presets":"renamed"}}. */
static gboolean
verb_reset (
    CgSim *camera, JsonNode *argument, JsonObject *request, JsonObject *answer, GError **error)
{
  JsonNode *presets = get_member (argument, "presets");

  if (presets != NULL &&
      (!is_text (presets) || g_strcmp0 (json_node_get_string (presets), "renamed") != 0))
    return fail (error, "presets of a reset are gone, or renamed");
  cg_sim_reset (camera, presets != NULL);
  json_object_set_boolean_member (answer, "ok", TRUE);
  return TRUE;
}

static const struct {
  const char *name;
  VerbFunc verb;
} verbs[] = {
    {"fault", verb_fault},     {"requests", verb_requests}, {"position", verb_position},
    {"presets", verb_presets}, {"stream", verb_stream},     {"clock", verb_clock},
    {"alarm", verb_alarm},     {"reboot", verb_reboot},     {"reset", verb_reset},
};

static CgSim *
choose_camera (CgSimControl *self, JsonObject *request, GError **error)
{
  JsonNode *node = json_object_get_member (request, "camera");
  const gint64 index = is_number (node) ? json_node_get_int (node) : node == NULL ? 0 : -1;

  if (index >= 0 && index < self->cameras->len)
    return g_ptr_array_index (self->cameras, (guint)index);
  fail (error, "no such camera");
  return NULL;
}

static gboolean
run_verb (CgSimControl *self, JsonObject *request, JsonObject *answer, GError **error)
{
  CgSim *camera = choose_camera (self, request, error);

  if (camera == NULL)
    return FALSE;
  if (json_object_has_member (request, "quit")) {
    json_object_set_boolean_member (answer, "ok", TRUE);
    self->quit (self->user_data);
    return TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    JsonNode *argument = json_object_get_member (request, verbs[i].name);

    if (argument != NULL)
      return verbs[i].verb (camera, argument, request, answer, error);
  }
  return fail (error, "unknown verb");
}

static void
run_line (CgSimControl *self, const char *line, JsonObject *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (line, &error);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    run_verb (self, json_node_get_object (node), answer, &error);
  else if (error == NULL)
    fail (&error, "a request is an object");
  if (error == NULL)
    return;
  json_object_set_boolean_member (answer, "ok", FALSE);
  json_object_set_string_member (answer, "error", error->message);
}

/* One of the requests of camgate-sim(1). Returns: (transfer full): without its line end */
static char *
answer_line (CgSimControl *self, const char *line)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  run_line (self, line, answer);
  json_node_set_object (node, answer);
  return json_to_string (node, FALSE);
}

static void
read_next (GDataInputStream *input, GAsyncReadyCallback callback, gpointer user_data)
{
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, callback, user_data);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  CgSimControl *self = user_data;
  GIOStream *stream = g_object_get_data (source, "stream");
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL)
    return;
  g_autofree char *answer = answer_line (self, line);
  g_autofree char *text = g_strconcat (answer, "\n", NULL);
  if (g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL,
                                 NULL, NULL))
    read_next (input, on_line, self);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  g_autoptr (GDataInputStream) input =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));

  g_object_set_data_full (G_OBJECT (input), "stream", g_object_ref (connection), g_object_unref);
  read_next (input, on_line, user_data);
  return TRUE;
}

/**
 * cg_sim_control_new:
 * @cameras: (element-type CgSim): those it controls
 * @quit: called by `{"quit":{}}`, before the answer goes out
 * @user_data: for @quit
 *
 * Returns: (transfer full): the control of a program; of one thread
 */
CgSimControl *
cg_sim_control_new (GPtrArray *cameras, CgSimQuitFunc quit, gpointer user_data)
{
  CgSimControl *self = g_new0 (CgSimControl, 1);

  self->cameras = g_ptr_array_ref (cameras);
  self->quit = quit;
  self->user_data = user_data;
  return self;
}

/**
 * cg_sim_control_free:
 * @self: (transfer full) (nullable): a control; its socket goes away, the cameras stay
 */
void
cg_sim_control_free (CgSimControl *self)
{
  if (self == NULL)
    return;
  if (self->service != NULL) {
    g_socket_service_stop (self->service);
    g_socket_listener_close (G_SOCKET_LISTENER (self->service));
    g_unlink (self->path);
  }
  g_clear_object (&self->service);
  g_ptr_array_unref (self->cameras);
  g_free (self->path);
  g_free (self);
}

/**
 * cg_sim_control_listen:
 * @self: the control
 * @path: where its Unix socket is to be; one that is left from before is replaced
 *
 * Answers lines on the thread-default context from now on.
 */
gboolean
cg_sim_control_listen (CgSimControl *self, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  g_unlink (path);
  self->path = g_strdup (path);
  self->service = g_socket_service_new ();
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL,
                                      error)) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return TRUE;
}
