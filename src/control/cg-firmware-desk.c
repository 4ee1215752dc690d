/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-firmware-desk.h"

#include "cg-camera-upgrade.h"
#include "cg-main.h"

/* A camera that is not back with it by then will not be: the slowest take five minutes to write it,
 * and as long to come back. */
#define RESUME_LIMIT_MS (10 * 60 * 1000)

struct _CgFirmwareDesk {
  GObject parent_instance;

  CgDispatcher *dispatcher; /* (owned) */
  CgCamera *taking;         /* (owned) (nullable): takes its firmware now */
  char *awaited;  /* (owned) (nullable): did of a camera whose version is to be looked at */
  GSource *limit; /* (owned) (nullable): of that */
};

/* One installation under way. */
typedef struct {
  CgFirmwareDesk *desk; /* (owned) */
  char *did;
} Installation;

G_DEFINE_FINAL_TYPE (CgFirmwareDesk, cg_firmware_desk, G_TYPE_OBJECT)

static void
installation_free (Installation *self)
{
  g_object_unref (self->desk);
  g_free (self->did);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Installation, installation_free)

static void
cg_firmware_desk_dispose (GObject *object)
{
  g_clear_object (&CG_FIRMWARE_DESK (object)->taking);
  cg_clear_source (&CG_FIRMWARE_DESK (object)->limit);
  G_OBJECT_CLASS (cg_firmware_desk_parent_class)->dispose (object);
}

static void
cg_firmware_desk_finalize (GObject *object)
{
  CgFirmwareDesk *self = CG_FIRMWARE_DESK (object);

  g_object_unref (self->dispatcher);
  g_free (self->awaited);
  G_OBJECT_CLASS (cg_firmware_desk_parent_class)->finalize (object);
}

static void
cg_firmware_desk_class_init (CgFirmwareDeskClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_firmware_desk_dispose;
  G_OBJECT_CLASS (klass)->finalize = cg_firmware_desk_finalize;
}

static void
cg_firmware_desk_init (CgFirmwareDesk *self)
{
}

static CgFirmwareResult
get_result (const GError *error)
{
  if (error == NULL)
    return CG_FIRMWARE_DONE;
  if (g_error_matches (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED))
    return CG_FIRMWARE_NOT_SUPPORTED;
  if (cg_error_is_silence (error))
    return CG_FIRMWARE_LOST;
  if (cg_error_get_cause (error) == CG_ERROR_CAUSE_NO_MEMORY)
    return CG_FIRMWARE_NO_MEMORY;
  return CG_FIRMWARE_FAILED;
}

static void
end (CgFirmwareDesk *self, const char *did, const GError *error)
{
  cg_firmware_end (cg_dispatcher_get_firmware (self->dispatcher), did, get_result (error), error);
}

static gboolean
is_gateway (CgFirmwareDesk *self, const char *did)
{
  return g_strcmp0 (did, cg_dispatcher_get_config (self->dispatcher)->gateway.did) == 0;
}

/* PROTOCOL.md section 4: an event at each change. The order of the enums is the contract's. */
static void
on_changed (CgFirmware *firmware,
            const char *did,
            const CgFirmwareOrder *order,
            CgFirmwareDesk *self)
{
  g_autoptr (JsonObject) content = json_object_new ();

  json_object_set_int_member (content, "state", order->state);
  json_object_set_int_member (content, "result", order->result);
  if (order->percent > 0)
    json_object_set_int_member (content, "progress", order->percent);
  g_signal_emit_by_name (self->dispatcher, "event", did, "firmware", content);
}

static void
on_gateway_installed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Installation) installation = user_data;
  g_autoptr (GError) error = NULL;

  cg_gateway_install_finish (CG_GATEWAY (object), result, &error);
  end (installation->desk, installation->did, error);
}

static void
on_camera_upgraded (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Installation) installation = user_data;
  CgFirmwareDesk *self = installation->desk;
  g_autoptr (GError) error = NULL;

  cg_camera_upgrade_finish (CG_CAMERA (object), result, &error);
  if (self->taking != CG_CAMERA (object))
    return; /* its successor is looked at */
  g_clear_object (&self->taking);
  end (installation->desk, installation->did, error);
}

/* Returns: (nullable): what it says of itself */
static const char *
get_version (CgFirmwareDesk *self, const char *did)
{
  CgCamera *camera = cg_fleet_lookup (cg_dispatcher_get_fleet (self->dispatcher), did);

  if (is_gateway (self, did))
    return CG_VERSION;
  return camera != NULL ? cg_camera_get_firmware_version (camera) : NULL;
}

/* An installer may end us at once, and is asked for once: it has the file before it begins. */
static void
on_prepare (CgFirmware *firmware, const char *did, CgFirmwareOrder *order, CgFirmwareDesk *self)
{
  order->before = g_strdup (get_version (self, did));
  order->is_handed = is_gateway (self, did);
}

static void
on_percent (guint percent, gpointer user_data)
{
  const Installation *installation = user_data;
  CgFirmware *firmware = cg_dispatcher_get_firmware (installation->desk->dispatcher);

  if (percent == 0)
    cg_firmware_hand (firmware, installation->did);
  else
    cg_firmware_tell_percent (firmware, installation->did, percent);
}

static void
on_install (CgFirmware *firmware,
            const char *did,
            const char *path,
            const char *version,
            CgFirmwareDesk *self)
{
  CgCamera *camera = cg_fleet_lookup (cg_dispatcher_get_fleet (self->dispatcher), did);
  Installation *installation = g_new0 (Installation, 1);

  installation->desk = g_object_ref (self);
  installation->did = g_strdup (did);
  if (camera != NULL) {
    g_set_object (&self->taking, camera);
    cg_camera_upgrade_async (camera, path, version, on_percent, on_camera_upgraded, installation);
  } else if (is_gateway (self, did)) {
    cg_gateway_install_async (cg_dispatcher_get_gateway (self->dispatcher), path,
                              on_gateway_installed, installation);
  } else {
    g_autoptr (GError) error =
        g_error_new_literal (CG_ERROR, CG_ERROR_UNREACHABLE, "it is unbound");

    end (self, did, error);
    installation_free (installation);
  }
}

/* PROTOCOL.md section 4: whether it came back with the version. Where the order names none, nothing
 * but another version than before tells that it was installed: we were not there. */
static gboolean
check_version (CgFirmwareDesk *self, const char *did, GError **error)
{
  const CgFirmwareOrder *order =
      cg_firmware_find (cg_dispatcher_get_firmware (self->dispatcher), did);
  const char *seen = get_version (self, did);

  if (order->version != NULL && g_strcmp0 (order->version, seen) != 0)
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT, "its version is %s, not %s",
                 seen != NULL ? seen : "unknown", order->version);
  else if (order->version == NULL && (seen == NULL || g_strcmp0 (order->before, seen) == 0))
    g_set_error (error, CG_ERROR, CG_ERROR_PEER_FAULT,
                 "we were restarted meanwhile, and its version is %s as before",
                 seen != NULL ? seen : "unknown");
  else
    return TRUE;
  return FALSE;
}

static void
end_wait (CgFirmwareDesk *self, const GError *error)
{
  g_autofree char *did = g_steal_pointer (&self->awaited);

  cg_clear_source (&self->limit);
  end (self, did, error);
}

/* Returns: whether the camera is there and has what was ordered */
static gboolean
is_installed (CgFirmwareDesk *self, GError **error)
{
  CgCamera *camera = cg_fleet_lookup (cg_dispatcher_get_fleet (self->dispatcher), self->awaited);

  if (camera != NULL && cg_camera_is_contacted (camera))
    return check_version (self, self->awaited, error);
  g_set_error_literal (error, CG_ERROR, CG_ERROR_UNREACHABLE,
                       camera != NULL ? "the camera has not come back" : "it is unbound");
  return FALSE;
}

static gboolean
on_limit (gpointer user_data)
{
  CgFirmwareDesk *self = user_data;
  g_autoptr (GError) error = NULL;

  is_installed (self, &error);
  end_wait (self, error);
  return G_SOURCE_REMOVE;
}

/* One that still has its old version may be writing the new one, and restart only then. */
static void
look_at_awaited (CgFirmwareDesk *self)
{
  g_autoptr (GError) error = NULL;

  if (self->awaited == NULL)
    return;
  if (is_installed (self, &error) ||
      cg_fleet_lookup (cg_dispatcher_get_fleet (self->dispatcher), self->awaited) == NULL)
    end_wait (self, error);
}

/* The camera takes its firmware, or has it, and nobody is there who would know. */
static void
await_version (CgFirmwareDesk *self, const char *did)
{
  g_free (self->awaited);
  self->awaited = g_strdup (did);
  cg_clear_source (&self->limit);
  self->limit = cg_clock_add_timeout (cg_dispatcher_get_clock (self->dispatcher), RESUME_LIMIT_MS,
                                      on_limit, self);
  look_at_awaited (self);
}

/* Who is unbound has ordered nothing any more. */
static void
forget_unbound (CgFirmwareDesk *self)
{
  CgFirmware *firmware = cg_dispatcher_get_firmware (self->dispatcher);
  CgFleet *fleet = cg_dispatcher_get_fleet (self->dispatcher);
  g_autoptr (GList) dids = cg_firmware_list (firmware);

  for (GList *l = dids; l != NULL; l = l->next) {
    if (!is_gateway (self, l->data) && cg_fleet_lookup (fleet, l->data) == NULL)
      cg_firmware_forget (firmware, l->data);
  }
}

/* One that is configured otherwise is another object; what it takes it goes on taking. */
static void
on_fleet_changed (CgFirmwareDesk *self)
{
  CgFleet *fleet = cg_dispatcher_get_fleet (self->dispatcher);

  if (self->taking != NULL &&
      cg_fleet_lookup (fleet, cg_camera_get_did (self->taking)) != self->taking) {
    g_autoptr (CgCamera) gone = g_steal_pointer (&self->taking);

    await_version (self, cg_camera_get_did (gone));
  } else {
    look_at_awaited (self);
  }
  forget_unbound (self);
}

/* We were restarted meanwhile: by our own installer, or while a camera took its firmware. */
static void
on_resume (CgFirmware *firmware,
           const char *did,
           const CgFirmwareOrder *order,
           CgFirmwareDesk *self)
{
  g_autoptr (GError) error = NULL;

  if (!is_gateway (self, did)) {
    await_version (self, did);
    return;
  }
  check_version (self, did, &error);
  end (self, did, error);
}

/**
 * cg_firmware_desk_new:
 * @dispatcher: whose cameras and gateway take firmware; it has its firmware set, not yet open
 *
 * Returns: (transfer full): a desk
 */
CgFirmwareDesk *
cg_firmware_desk_new (CgDispatcher *dispatcher)
{
  CgFirmwareDesk *self = g_object_new (CG_TYPE_FIRMWARE_DESK, NULL);
  CgFirmware *firmware = cg_dispatcher_get_firmware (dispatcher);
  CgFleet *fleet = cg_dispatcher_get_fleet (dispatcher);

  CG_ON_MAIN ();
  self->dispatcher = g_object_ref (dispatcher);
  g_signal_connect_object (firmware, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (firmware, "prepare", G_CALLBACK (on_prepare), self, 0);
  g_signal_connect_object (firmware, "install", G_CALLBACK (on_install), self, 0);
  g_signal_connect_object (firmware, "resume", G_CALLBACK (on_resume), self, 0);
  g_signal_connect_object (fleet, "camera-contact-changed", G_CALLBACK (on_fleet_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (fleet, "cameras-changed", G_CALLBACK (on_fleet_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * cg_firmware_desk_describe:
 * @dispatcher: a dispatcher
 * @did: the gateway or a camera
 *
 * Returns: (transfer full): state and result of its last order, as telemetry and events tell them
 */
JsonObject *
cg_firmware_desk_describe (CgDispatcher *dispatcher, const char *did)
{
  CgFirmware *firmware = cg_dispatcher_get_firmware (dispatcher);
  const CgFirmwareOrder *order = firmware != NULL ? cg_firmware_find (firmware, did) : NULL;
  JsonObject *members = json_object_new ();

  json_object_set_int_member (members, "state", order != NULL ? (int)order->state : 0);
  json_object_set_int_member (members, "result", order != NULL ? (int)order->result : 0);
  return members;
}
