/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "camera-fixture.h"

#include "cg-jobs.h"
#include "cg-test.h"

#define MAX_PRESETS 5

/* What threads do wakes nobody here. */
static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
is_contacted (gpointer user_data)
{
  return cg_camera_is_contacted (user_data);
}

static void
on_ptz_failed (CgCamera *camera, GError *error, CameraFixture *self)
{
  g_string_append_printf (self->events, "%s%s", self->events->len > 0 ? " " : "",
                          cg_error_get_word ((CgError)error->code));
}

void
camera_fixture_set_up (CameraFixture *self, gconstpointer data)
{
  CgSimOptions options = CG_SIM_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  options.max_presets = MAX_PRESETS;
  self->sim = cg_sim_new (&options);
  g_assert_true (cg_sim_start (self->sim, &error));
  g_assert_no_error (error);
  self->dir = cg_test_make_dir ();
  self->store = cg_store_new (self->dir);
  self->clock = cg_clock_new ();
  self->workers = cg_jobs_pool_new ();
  self->config = cg_config_new ();
  self->replies = g_string_new (NULL);
  self->events = g_string_new (NULL);
  self->ticker = g_timeout_add (5, on_tick, NULL);
}

void
camera_fixture_tear_down (CameraFixture *self, gconstpointer data)
{
  if (self->camera != NULL)
    camera_fixture_end_life (self);
  g_source_remove (self->ticker);
  g_thread_pool_free (self->workers, FALSE, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  cg_sim_free (self->sim);
  g_object_unref (self->clock);
  cg_config_unref (self->config);
  g_object_unref (self->store);
  cg_test_remove_dir (self->dir);
  g_free (self->dir);
  g_string_free (self->replies, TRUE);
  g_string_free (self->events, TRUE);
}

/* Returns: (transfer full): one that does nothing yet */
CgCamera *
camera_fixture_make_camera (CameraFixture *self)
{
  g_autoptr (CgCameraConfig) config = cg_camera_config_new (DID);
  const CgCameraContext context = {
      .clock = self->clock, .workers = self->workers, .store = self->store, .config = self->config};

  config->address = g_strdup (cg_sim_get_onvif_url (self->sim));
  return cg_camera_new (config, &context);
}

/* Takes @camera over: this life is its. */
void
camera_fixture_open (CameraFixture *self, CgCamera *camera)
{
  self->camera = camera;
  g_signal_connect (self->camera, "ptz-failed", G_CALLBACK (on_ptz_failed), self);
  cg_camera_open (self->camera);
  cg_test_wait_for (is_contacted, self->camera, "a contact");
  camera_fixture_forget_requests (self);
}

void
camera_fixture_begin_life (CameraFixture *self)
{
  camera_fixture_open (self, camera_fixture_make_camera (self));
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CameraFixture *self = user_data;

  cg_camera_close_finish (CG_CAMERA (object), result, NULL);
  self->is_closed = TRUE;
}

void
camera_fixture_end_life (CameraFixture *self)
{
  self->is_closed = FALSE;
  cg_camera_close_async (self->camera, on_closed, self);
  cg_test_wait_for_flag (&self->is_closed, "a goodbye");
  camera_fixture_kill (self);
  cg_test_flush (self->store);
}

/* Without a goodbye. */
void
camera_fixture_kill (CameraFixture *self)
{
  g_signal_handlers_disconnect_by_data (self->camera, self);
  g_clear_object (&self->camera);
}

/* The settings in @config hold from now on. */
void
camera_fixture_apply (CameraFixture *self)
{
  cg_camera_apply (self->camera, self->config);
}

void
camera_fixture_set_fault (CameraFixture *self, const char *name, const char *arg)
{
  g_autoptr (GError) error = NULL;

  cg_sim_set_fault (self->sim, name, arg, &error);
  g_assert_no_error (error);
}

void
camera_fixture_clear_fault (CameraFixture *self, const char *name)
{
  g_autoptr (GError) error = NULL;

  cg_sim_clear_fault (self->sim, name, &error);
  g_assert_no_error (error);
}

void
camera_fixture_put_at (CameraFixture *self, double pan, double zoom)
{
  const CgSimVector position = {.has_pan_tilt = TRUE, .pan = pan, .has_zoom = TRUE, .zoom = zoom};

  cg_sim_set_position (self->sim, &position);
}

double
camera_fixture_get_pan (CameraFixture *self)
{
  CgSimPosition position;

  cg_sim_get_position (self->sim, &position);
  return position.pan;
}

static gboolean
is_still (gpointer user_data)
{
  const CameraFixture *self = user_data;
  CgSimPosition position;

  cg_sim_get_position (self->sim, &position);
  return !position.moving_pan_tilt && !position.moving_zoom;
}

gboolean
camera_fixture_is_still (CameraFixture *self)
{
  return is_still (self);
}

void
camera_fixture_until_still (CameraFixture *self)
{
  cg_test_wait_for (is_still, self, "a camera that stands");
}

static gboolean
was_asked (gpointer user_data)
{
  const CameraFixture *self = user_data;

  return cg_sim_count_requests (self->sim, self->op) >= self->n_ops;
}

void
camera_fixture_until_asked (CameraFixture *self, const char *op, guint n_ops)
{
  self->op = op;
  self->n_ops = n_ops;
  cg_test_wait_for (was_asked, self, op);
}

void
camera_fixture_forget_requests (CameraFixture *self)
{
  json_array_unref (cg_sim_take_requests (self->sim));
}

static void
note (CameraFixture *self, const char *who, const char *reply)
{
  g_string_append_printf (self->replies, "%s%s:%s", self->n_replies++ > 0 ? " " : "", who, reply);
}

static void
note_error (CameraFixture *self, const char *who, const GError *error)
{
  const char *basis = cg_error_basis_get_word (cg_error_get_basis (error));
  g_autofree char *reply = error == NULL ? g_strdup ("ok")
                                         : g_strconcat (cg_error_get_word ((CgError)error->code),
                                                        basis != NULL ? " " : NULL, basis, NULL);

  note (self, who, reply);
}

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_move_finish (CG_CAMERA (object), result, &error);
  note_error (user_data, "move", error);
}

void
camera_fixture_move (CameraFixture *self, CgDirection direction, const char *source)
{
  const CgMoveRequest request = {direction, CG_SPEED_SLOW, source};

  cg_camera_move_async (self->camera, &request, on_moved, self);
}

static void
on_halted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_halt_finish (CG_CAMERA (object), result, &error);
  note_error (user_data, "stop", error);
}

void
camera_fixture_halt (CameraFixture *self)
{
  cg_camera_halt_async (self->camera, on_halted, self);
}

static void
on_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_preset_set_finish (CG_CAMERA (object), result, &error);
  note_error (user_data, "set", error);
}

void
camera_fixture_set (CameraFixture *self, guint index, const char *name)
{
  cg_camera_preset_set_async (self->camera, index, name, on_set, self);
}

static void
on_gone (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_preset_goto_finish (CG_CAMERA (object), result, &error);
  note_error (user_data, "goto", error);
}

void
camera_fixture_goto (CameraFixture *self, guint index, const char *source)
{
  cg_camera_preset_goto_async (self->camera, index, source, on_gone, self);
}

static void
on_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cg_camera_preset_remove_finish (CG_CAMERA (object), result, &error);
  note_error (user_data, "remove", error);
}

void
camera_fixture_remove (CameraFixture *self, guint index)
{
  cg_camera_preset_remove_async (self->camera, index, on_removed, self);
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CameraFixture *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = cg_camera_preset_list_finish (CG_CAMERA (object), result, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (list == NULL) {
    note_error (self, "list", error);
    return;
  }
  for (guint i = 0; i < list->len; i++) {
    const CgPresetEntry *entry = list->pdata[i];

    g_string_append_printf (text, "%s%u:%s", i > 0 ? " " : "", entry->index,
                            entry->name != NULL ? entry->name : "");
  }
  note (self, "list", text->str);
}

void
camera_fixture_list (CameraFixture *self)
{
  cg_camera_preset_list_async (self->camera, on_listed, self);
}

static gboolean
is_answered (gpointer user_data)
{
  const CameraFixture *self = user_data;

  return self->n_replies >= self->wanted;
}

/* Returns: what has been answered since this was called last, once it is that many. */
char *
camera_fixture_await (CameraFixture *self, guint n_replies)
{
  char *replies;

  self->wanted = n_replies;
  cg_test_wait_for (is_answered, self, "an answer");
  replies = g_strdup (self->replies->str);
  g_string_truncate (self->replies, 0);
  self->n_replies = 0;
  return replies;
}

void
camera_fixture_expect (CameraFixture *self, guint n_replies, const char *replies)
{
  g_autofree char *given = camera_fixture_await (self, n_replies);

  g_assert_cmpstr (given, ==, replies);
}

/* What follows a set behind its reply, a list and perhaps a look, is done before so many lists are.
 */
void
camera_fixture_settle (CameraFixture *self)
{
  for (guint i = 0; i < 3; i++) {
    camera_fixture_list (self);
    g_free (camera_fixture_await (self, 1));
  }
}
