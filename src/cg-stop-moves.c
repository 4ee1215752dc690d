/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends the moves of a daemon that was killed, without being one. */
#include "cg-stop-moves.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

#include "cg-fleet.h"
#include "cg-main.h"
#include "cg-media.h"
#include "cg-move-mark.h"
#include "cg-settings.h"
#include "cg-state-lock.h"

/* The unit gives each of its commands ten seconds (TimeoutStopSec). */
#define LIMIT_MS 7000
/* More for a goodbye. */
#define GOODBYE_MS 1000
/* How often the state folder is looked at. */
#define LOOK_MS 50

typedef struct {
  GMainLoop *loop;
  CgStore *store;
  GPtrArray *dids; /* (owned) (element-type utf8): of cameras that may be moving */
} Work;

static void
work_clear (Work *self)
{
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_object (&self->store);
  g_clear_pointer (&self->dids, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static gboolean
check_alone (const char *socket, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket);
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);

  if (connection == NULL)
    return TRUE;
  g_set_error (error, CG_ERROR, CG_ERROR_INTERNAL,
               "camgated is running (socket %s): it stops its cameras itself", socket);
  return FALSE;
}

/* Those that are gone leave the list. */
static void
drop_stopped (Work *self)
{
  for (guint i = self->dids->len; i > 0; i--) {
    if (!cg_move_mark_exists (cg_store_get_dir (self->store), self->dids->pdata[i - 1]))
      g_ptr_array_remove_index (self->dids, i - 1);
  }
}

static gboolean
on_look (gpointer user_data)
{
  Work *self = user_data;

  drop_stopped (self);
  if (self->dids->len > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_limit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
run_for (Work *self, guint limit_ms)
{
  g_autoptr (GSource) limit = g_timeout_source_new (limit_ms);

  g_source_set_callback (limit, on_limit, self->loop, NULL);
  g_source_attach (limit, NULL);
  g_main_loop_run (self->loop);
  g_source_destroy (limit);
}

/* Only to be moved: neither events nor pictures. */
static CgConfig *
make_config (const CgConfig *config, const Work *work)
{
  CgConfig *own = cg_config_new ();

  own->ptz = config->ptz;
  own->discovery.follow = FALSE;
  for (guint i = 0; i < work->dids->len; i++) {
    const char *did = work->dids->pdata[i];
    const CgCameraConfig *camera = cg_config_find_camera (config, did);
    CgCameraConfig *copy;

    if (camera == NULL) {
      g_warning ("%s: was moving and is no longer configured", did);
      cg_move_mark_forget (work->store, did);
      continue;
    }
    copy = cg_camera_config_copy (camera);
    g_clear_pointer (&copy->events, g_free);
    if (copy->url == NULL)
      copy->url = g_strdup ("rtsp://unused.invalid/"); /* not asked for */
    cg_config_take_camera (own, copy);
  }
  return own;
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GMainLoop) loop = user_data;

  cg_fleet_close_finish (CG_FLEET (object), result, NULL);
  g_main_loop_quit (loop);
}

static void
on_flushed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GMainLoop) loop = user_data;

  cg_store_flush_finish (CG_STORE (object), result, NULL);
  g_main_loop_quit (loop);
}

/* Each camera finds its mark when it is reached, and stops as after any restart. */
static void
stop_all (Work *self, CgConfig *config)
{
  g_autoptr (CgSettings) settings = cg_settings_new (self->store, config);
  g_autoptr (CgConfig) own = make_config (cg_settings_get_config (settings), self);
  g_autoptr (CgClock) clock = cg_clock_new ();
  g_autoptr (CgFleet) fleet = cg_fleet_new (self->store, clock);
  g_autoptr (GSource) look = g_timeout_source_new (LOOK_MS);

  g_source_set_callback (look, on_look, self, NULL);
  g_source_attach (look, NULL);
  cg_fleet_apply (fleet, own);
  run_for (self, LIMIT_MS);
  g_source_destroy (look);
  cg_fleet_close_async (fleet, on_closed, g_main_loop_ref (self->loop));
  run_for (self, GOODBYE_MS);
  cg_store_flush_async (self->store, on_flushed, g_main_loop_ref (self->loop));
  run_for (self, GOODBYE_MS);
  drop_stopped (self);
}

/**
 * cg_stop_moves:
 * @config: a checked configuration; what the cloud has bound is added to it
 * @state_dir: of the daemon that was killed
 * @socket: where it listened
 * @error: return location: %CG_ERROR_UNREACHABLE names the cameras that may still be moving; their
 *   marks stay, and the next start of the daemon tries again; %CG_ERROR_INTERNAL where a daemon is
 *   alive, which stops them itself
 *
 * Stops the cameras that a daemon was moving when it was killed, as its next start would, and ends
 * after 9 s at the latest (Q1, Q61). Runs the main context.
 *
 * Returns: whether no camera moves on our behalf any more
 */
gboolean
cg_stop_moves (CgConfig *config, const char *state_dir, const char *socket, GError **error)
{
  g_autoptr (CgStateLock) lock = NULL;
  g_auto (Work) work = {.loop = g_main_loop_new (NULL, FALSE)};
  g_autofree char *names = NULL;

  CG_ON_MAIN ();
  work.dids = cg_move_mark_list (state_dir);
  if (work.dids->len == 0)
    return TRUE;
  if (!check_alone (socket, error) || !cg_media_prepare (NULL, error))
    return FALSE;
  lock = cg_state_lock_take (state_dir, error);
  if (lock == NULL)
    return FALSE;
  work.store = cg_store_new (state_dir);
  stop_all (&work, config);
  if (work.dids->len == 0)
    return TRUE;
  g_ptr_array_add (work.dids, NULL);
  names = g_strjoinv (", ", (char **)work.dids->pdata);
  g_set_error (error, CG_ERROR, CG_ERROR_UNREACHABLE, "may still be moving: %s", names);
  return FALSE;
}
