/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a session that knows where the camera's services live. */
#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-session-private.h"

/* Where services live on cameras that tell nothing (Q45); the device service takes calls of all
 * services on many of them. */
static const char *const well_known[][4] = {
    [CG_ONVIF_SERVICE_DEVICE] = {CG_ONVIF_DEVICE_PATH},
    [CG_ONVIF_SERVICE_MEDIA] = {"/onvif/media_service", "/onvif/Media", "/onvif/media",
                                CG_ONVIF_DEVICE_PATH},
    [CG_ONVIF_SERVICE_MEDIA2] = {"/onvif/media2_service", "/onvif/Media2", "/onvif/media2",
                                 CG_ONVIF_DEVICE_PATH},
    [CG_ONVIF_SERVICE_PTZ] = {"/onvif/ptz_service", "/onvif/PTZ", "/onvif/ptz",
                              CG_ONVIF_DEVICE_PATH},
    [CG_ONVIF_SERVICE_EVENTS] = {"/onvif/event_service", "/onvif/Events", "/onvif/events",
                                 CG_ONVIF_DEVICE_PATH},
};
G_STATIC_ASSERT (G_N_ELEMENTS (well_known) == CG_ONVIF_N_SERVICES);

/* What was told first counts. The device service stays where it was reached. */
static void
take_service (CgOnvifSession *self, const CgOnvifServiceEntry *entry)
{
  const char *reached = self->xaddrs[CG_ONVIF_SERVICE_DEVICE];

  if (strcmp (cg_onvif_service_get_namespace (CG_ONVIF_SERVICE_DEVICE), entry->namespace_uri) ==
          0 &&
      self->told_device == NULL)
    self->told_device = g_strdup (entry->xaddr);
  for (guint i = CG_ONVIF_SERVICE_DEVICE + 1; i < CG_ONVIF_N_SERVICES; i++) {
    if (self->xaddrs[i] != NULL ||
        strcmp (cg_onvif_service_get_namespace (i), entry->namespace_uri) != 0)
      continue;
    self->xaddrs[i] = self->repair_addresses ? cg_onvif_address_repair (entry->xaddr, reached)
                                             : g_strdup (entry->xaddr);
    self->guesses[i] = 0;
  }
}

static void
set_guess (CgOnvifSession *self, CgOnvifService service, guint guess)
{
  g_free (self->xaddrs[service]);
  self->xaddrs[service] = cg_onvif_address_with_path (self->xaddrs[CG_ONVIF_SERVICE_DEVICE],
                                                      well_known[service][guess]);
  self->guesses[service] = guess + 1;
}

/**
 * cg_onvif_session_guess:
 * @self: a session
 * @service: a service the camera does not tell of
 *
 * Takes it to be at the first well-known path (Q45).
 */
void
cg_onvif_session_guess (CgOnvifSession *self, CgOnvifService service)
{
  set_guess (self, service, 0);
}

/**
 * cg_onvif_session_guess_next:
 * @self: a session
 * @service: a service that is not where we thought
 *
 * Goes on to the next well-known path (Q45), and after the last back to the first, for the next
 * call; an address the camera gave is not doubted.
 *
 * Returns: whether there is one left
 */
gboolean
cg_onvif_session_guess_next (CgOnvifSession *self, CgOnvifService service)
{
  const guint next = self->guesses[service];

  if (next == 0)
    return FALSE;
  const gboolean is_left =
      next < G_N_ELEMENTS (well_known[service]) && well_known[service][next] != NULL;
  set_guess (self, service, is_left ? next : 0);
  return is_left;
}

/**
 * cg_onvif_session_drop_guess:
 * @self: a session
 * @service: a service
 *
 * If it is only guessed, the camera lacks it again.
 */
void
cg_onvif_session_drop_guess (CgOnvifSession *self, CgOnvifService service)
{
  if (self->guesses[service] == 0)
    return;
  g_clear_pointer (&self->xaddrs[service], g_free);
  self->guesses[service] = 0;
}

static gboolean
has_media (const CgOnvifSession *self)
{
  return self->xaddrs[CG_ONVIF_SERVICE_MEDIA] != NULL ||
         self->xaddrs[CG_ONVIF_SERVICE_MEDIA2] != NULL;
}

/**
 * cg_onvif_session_learn_services:
 * @self: a session within a call
 * @error: return location
 *
 * GetServices, else GetCapabilities, else guesses (Q28, Q45). What a camera does not tell of it may
 * have all the same (Q44): PTZ is guessed, and media if none was told.
 *
 * Returns: whether the session may be used
 */
gboolean
cg_onvif_session_learn_services (CgOnvifSession *self, GError **error)
{
  static GPtrArray *(*const ways[]) (CgOnvifSession *, GError **) = {
      cg_onvif_device_get_services_in_thread,
      cg_onvif_device_get_capabilities_in_thread,
  };

  cg_onvif_session_forget_services (self);
  for (guint i = 0; i < G_N_ELEMENTS (ways) && !has_media (self); i++) {
    GError *reason = NULL;
    g_autoptr (GPtrArray) entries = ways[i](self, &reason);

    for (guint k = 0; entries != NULL && k < entries->len; k++)
      take_service (self, g_ptr_array_index (entries, k));
    if (!cg_onvif_session_go_on (reason, error))
      return FALSE;
  }
  if (!has_media (self))
    cg_onvif_session_guess (self, CG_ONVIF_SERVICE_MEDIA);
  if (self->xaddrs[CG_ONVIF_SERVICE_PTZ] == NULL)
    cg_onvif_session_guess (self, CG_ONVIF_SERVICE_PTZ);
  return TRUE;
}

/**
 * cg_onvif_session_forget_services:
 * @self: a session without a call
 *
 * For a camera that was away and may have come back another: the next call asks for its clock and
 * its services again. The login that worked is kept.
 */
void
cg_onvif_session_forget_services (CgOnvifSession *self)
{
  for (guint i = CG_ONVIF_SERVICE_DEVICE + 1; i < CG_ONVIF_N_SERVICES; i++) {
    g_clear_pointer (&self->xaddrs[i], g_free);
    self->guesses[i] = 0;
  }
  g_clear_pointer (&self->told_device, g_free);
  g_hash_table_unref (self->homes);
  self->homes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->is_connected = FALSE;
}
