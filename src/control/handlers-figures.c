/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services that only tell: connectivity, location, statistics. */
#include "cg-box-question.h"
#include "cg-handlers.h"

static void
on_link_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CgAction) action = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CgCameraLink) link = cg_camera_read_link_finish (CG_CAMERA (source), result, &error);
  g_autoptr (JsonObject) members = cg_figures_camera_connectivity (CG_CAMERA (source), link);

  cg_action_tell (action, members);
}

/**
 * cg_handle_connectivity_read:
 * @dispatcher: who calls
 * @action: `connectivity {"read":{}}`
 *
 * PROTOCOL.md section 4, connectivity.
 */
void
cg_handle_connectivity_read (CgDispatcher *dispatcher, CgAction *action)
{
  CgCamera *camera = cg_action_get_camera (action);
  g_autoptr (JsonObject) members = NULL;

  if (camera == NULL) {
    cg_box_question_ask (dispatcher, action, cg_figures_gateway_connectivity);
    return;
  }
  if (cg_camera_is_contacted (camera)) {
    cg_camera_read_link_async (camera, on_link_read, g_object_ref (action));
    return;
  }
  members = cg_figures_camera_connectivity (camera, NULL);
  cg_action_tell (action, members);
}

/* A camera that is asked where it stands. */
typedef struct {
  CgAction *action; /* (owned) */
  CgClock *clock;   /* (owned) */
} PlaceQuestion;

static void
place_question_free (PlaceQuestion *self)
{
  g_object_unref (self->action);
  g_object_unref (self->clock);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlaceQuestion, place_question_free)

/* When it is known to stand there is now. */
static void
tell_place (CgAction *action, const CgPlace *place, CgClock *clock)
{
  g_autoptr (JsonObject) members = cg_figures_place (place, cg_clock_get_real_ms (clock));

  cg_action_tell (action, members);
}

static void
on_place_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlaceQuestion) self = user_data;
  g_autoptr (GError) error = NULL;
  CgPlace place;

  if (cg_camera_read_place_finish (CG_CAMERA (source), result, &place, &error))
    tell_place (self->action, &place, self->clock);
  else
    cg_action_fail (self->action, error);
}

static void
ask_place (CgAction *action, CgClock *clock)
{
  PlaceQuestion *self = g_new0 (PlaceQuestion, 1);

  self->action = g_object_ref (action);
  self->clock = g_object_ref (clock);
  cg_camera_read_place_async (cg_action_get_camera (action), on_place_read, self);
}

/**
 * cg_handle_location_read:
 * @dispatcher: who calls
 * @action: `location {"read":{}}`
 *
 * PROTOCOL.md section 4, location.
 */
void
cg_handle_location_read (CgDispatcher *dispatcher, CgAction *action)
{
  const char *location = cg_dispatcher_get_config (dispatcher)->device.location;
  CgClock *clock = cg_dispatcher_get_clock (dispatcher);
  CgPlace place;

  if (cg_action_get_camera (action) != NULL)
    ask_place (action, clock);
  else if (location != NULL && cg_place_parse (location, &place, NULL))
    tell_place (action, &place, clock);
  else
    cg_action_refuse (action, CG_ERROR_NOT_SUPPORTED, "No location is configured");
}

/**
 * cg_handle_statistics_read:
 * @dispatcher: who calls
 * @action: `statistics {"read":{}}`
 *
 * PROTOCOL.md section 4, statistics.
 */
void
cg_handle_statistics_read (CgDispatcher *dispatcher, CgAction *action)
{
  CgCamera *camera = cg_action_get_camera (action);
  g_autoptr (JsonObject) members = NULL;

  if (camera == NULL) {
    cg_box_question_ask (dispatcher, action, cg_figures_gateway_statistics);
    return;
  }
  members = cg_figures_camera_statistics (camera);
  cg_action_tell (action, members);
}
