/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-session-private.h"

#include <string.h>

#include "cg-onvif-device.h"

/* Cameras answer within a second; a slow one that is busy with its encoder within three. */
#define DEFAULT_TIMEOUT_MS 5000

/* Where services live on cameras that tell nothing (Q45); the device service takes calls of all
 * services on many of them. */
static const char *const well_known[][4] = {
    [CG_ONVIF_SERVICE_DEVICE] = {CG_ONVIF_DEVICE_PATH},
    [CG_ONVIF_SERVICE_MEDIA] = {"/onvif/media_service", "/onvif/Media", "/onvif/media",
                                CG_ONVIF_DEVICE_PATH},
    [CG_ONVIF_SERVICE_PTZ] = {"/onvif/ptz_service", "/onvif/PTZ", "/onvif/ptz",
                              CG_ONVIF_DEVICE_PATH},
};
G_STATIC_ASSERT (G_N_ELEMENTS (well_known) == CG_ONVIF_N_SERVICES);

/**
 * cg_onvif_session_new:
 * @address: "host", "host:port" or a URL of the device service; a login in it is ignored (Q26)
 * @username: (nullable): the user's name
 * @password: (nullable): the password
 *
 * Nothing is sent yet. An address that is none fails in the first call.
 *
 * Returns: (transfer full): a session
 */
CgOnvifSession *
cg_onvif_session_new (const char *address, const char *username, const char *password)
{
  g_return_val_if_fail (address != NULL, NULL);
  CgOnvifSession *self = g_new0 (CgOnvifSession, 1);

  self->username = g_strdup (username);
  self->password = g_strdup (password);
  self->timeout_ms = DEFAULT_TIMEOUT_MS;
  self->repair_addresses = TRUE;
  self->http = cg_onvif_http_new ();
  self->soap = cg_onvif_soap_new ();
  self->xaddrs[CG_ONVIF_SERVICE_DEVICE] = cg_onvif_address_normalise (address, NULL);
  self->worked = g_hash_table_new (NULL, NULL);
  return self;
}

/**
 * cg_onvif_session_copy:
 * @self: a session that is not in use
 *
 * Returns: (transfer full): another conversation with the same camera: all that was learnt comes
 *   along, the connection is its own
 */
CgOnvifSession *
cg_onvif_session_copy (const CgOnvifSession *self)
{
  const char *address = self->xaddrs[CG_ONVIF_SERVICE_DEVICE];
  CgOnvifSession *copy =
      cg_onvif_session_new (address != NULL ? address : "", self->username, self->password);
  GHashTableIter iter;
  gpointer operation = NULL;

  for (guint i = 0; i < CG_ONVIF_N_SERVICES; i++) {
    g_free (copy->xaddrs[i]);
    copy->xaddrs[i] = g_strdup (self->xaddrs[i]);
    copy->guesses[i] = self->guesses[i];
  }
  copy->timeout_ms = self->timeout_ms;
  copy->repair_addresses = self->repair_addresses;
  copy->is_connected = self->is_connected;
  copy->clock_offset_ms = self->clock_offset_ms;
  copy->clock_measured_us = self->clock_measured_us;
  copy->login = self->login;
  copy->refuses_timeout = self->refuses_timeout;
  g_hash_table_iter_init (&iter, self->worked);
  while (g_hash_table_iter_next (&iter, &operation, NULL))
    g_hash_table_add (copy->worked, operation);
  return copy;
}

/**
 * cg_onvif_session_free:
 * @self: (transfer full) (nullable): a session that no thread is using
 */
void
cg_onvif_session_free (CgOnvifSession *self)
{
  if (self == NULL)
    return;
  cg_onvif_http_free (self->http);
  cg_onvif_soap_free (self->soap);
  for (guint i = 0; i < CG_ONVIF_N_SERVICES; i++)
    g_free (self->xaddrs[i]);
  cg_onvif_challenge_free (self->challenge);
  cg_onvif_fault_free (self->fault);
  g_hash_table_unref (self->worked);
  g_free (self->username);
  g_free (self->password);
  g_free (self);
}

/**
 * cg_onvif_session_set_timeout_ms:
 * @self: a session
 * @timeout_ms: the deadline of one call: name look-up, connecting, login and answer together
 */
void
cg_onvif_session_set_timeout_ms (CgOnvifSession *self, guint timeout_ms)
{
  self->timeout_ms = timeout_ms;
}

/**
 * cg_onvif_session_set_repair_addresses:
 * @self: a session that was not connected yet
 * @repair: whether hosts and ports in the camera's answers are replaced by those we reached it on
 *   (Q7; default)
 */
void
cg_onvif_session_set_repair_addresses (CgOnvifSession *self, gboolean repair)
{
  self->repair_addresses = repair;
}

/**
 * cg_onvif_session_abort:
 * @self: a session
 *
 * From any thread: the call under way fails at once with %CG_ERROR_CANCELLED, the next one works
 * again. Without a call nothing happens.
 */
void
cg_onvif_session_abort (CgOnvifSession *self)
{
  cg_onvif_http_abort (self->http);
}

/**
 * cg_onvif_session_is_connected:
 * @self: a session
 *
 * Returns: whether the camera was reached once and took us
 */
gboolean
cg_onvif_session_is_connected (const CgOnvifSession *self)
{
  return self->is_connected;
}

/**
 * cg_onvif_session_has_ptz:
 * @self: a session
 *
 * Returns: whether a connected camera has a PTZ service, as far as it tells
 */
gboolean
cg_onvif_session_has_ptz (const CgOnvifSession *self)
{
  return self->xaddrs[CG_ONVIF_SERVICE_PTZ] != NULL;
}

/**
 * cg_onvif_session_get_clock_offset_ms:
 * @self: a connected session
 *
 * Returns: by how much the camera's clock is ahead of ours (Q4)
 */
gint64
cg_onvif_session_get_clock_offset_ms (const CgOnvifSession *self)
{
  return self->clock_offset_ms;
}

/**
 * cg_onvif_session_get_address:
 * @self: a session
 *
 * Returns: (nullable): the URL of the device service, without any login; %NULL for a bad address
 */
const char *
cg_onvif_session_get_address (const CgOnvifSession *self)
{
  return self->xaddrs[CG_ONVIF_SERVICE_DEVICE];
}

/* Whether going on is useless: nobody there, or one more try would be one too many (Q6). */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, CG_ERROR, CG_ERROR_UNREACHABLE) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_TIMED_OUT) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_CANCELLED) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED) ||
         g_error_matches (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
}

/* Hands a final error up and swallows any other. */
static gboolean
go_on (GError *reason, GError **error)
{
  if (reason == NULL)
    return TRUE;
  if (is_final (reason)) {
    g_propagate_error (error, reason);
    return FALSE;
  }
  g_debug ("onvif: %s", reason->message);
  g_error_free (reason);
  return TRUE;
}

/**
 * cg_onvif_session_measure_clock:
 * @self: a session within a call
 * @error: return location
 *
 * Asks for the camera's time and keeps the difference (Q4). A camera that does not tell has ours.
 *
 * Returns: whether the camera is there at all
 */
gboolean
cg_onvif_session_measure_clock (CgOnvifSession *self, GError **error)
{
  GError *reason = NULL;
  const gint64 before_ms = g_get_real_time () / 1000;
  g_autoptr (CgOnvifDateTime) time =
      cg_onvif_device_get_system_date_and_time_in_thread (self, &reason);
  const gint64 after_ms = g_get_real_time () / 1000;

  self->clock_measured_us = g_get_monotonic_time ();
  if (time != NULL)
    self->clock_offset_ms = time->utc_ms - (before_ms + after_ms) / 2;
  return go_on (reason, error);
}

static void
take_service (CgOnvifSession *self, const CgOnvifServiceEntry *entry)
{
  const char *reached = self->xaddrs[CG_ONVIF_SERVICE_DEVICE];

  for (guint i = CG_ONVIF_SERVICE_DEVICE + 1; i < CG_ONVIF_N_SERVICES; i++) {
    if (strcmp (cg_onvif_service_get_namespace (i), entry->namespace_uri) != 0)
      continue;
    g_free (self->xaddrs[i]);
    self->xaddrs[i] = self->repair_addresses ? cg_onvif_address_repair (entry->xaddr, reached)
                                             : g_strdup (entry->xaddr);
    self->guesses[i] = 0;
  }
}

static void
take_services (CgOnvifSession *self, const GPtrArray *entries)
{
  for (guint i = CG_ONVIF_SERVICE_DEVICE + 1; i < CG_ONVIF_N_SERVICES; i++)
    g_clear_pointer (&self->xaddrs[i], g_free);
  for (guint i = 0; i < entries->len; i++)
    take_service (self, g_ptr_array_index (entries, i));
}

/**
 * cg_onvif_session_guess_next:
 * @self: a session
 * @service: a service that is not where we thought
 *
 * Goes on to the next well-known path (Q45); an address the camera gave is not doubted.
 *
 * Returns: whether there is one
 */
gboolean
cg_onvif_session_guess_next (CgOnvifSession *self, CgOnvifService service)
{
  const guint next = self->guesses[service];

  if (next == 0 || next >= G_N_ELEMENTS (well_known[service]) || well_known[service][next] == NULL)
    return FALSE;
  g_free (self->xaddrs[service]);
  self->xaddrs[service] =
      cg_onvif_address_with_path (self->xaddrs[CG_ONVIF_SERVICE_DEVICE], well_known[service][next]);
  self->guesses[service] = next + 1;
  return TRUE;
}

static void
guess_services (CgOnvifSession *self)
{
  for (guint i = CG_ONVIF_SERVICE_DEVICE + 1; i < CG_ONVIF_N_SERVICES; i++) {
    g_free (self->xaddrs[i]);
    self->xaddrs[i] =
        cg_onvif_address_with_path (self->xaddrs[CG_ONVIF_SERVICE_DEVICE], well_known[i][0]);
    self->guesses[i] = 1;
  }
}

/* GetServices, else GetCapabilities, else guesses (Q28, Q45). */
static gboolean
learn_services (CgOnvifSession *self, GError **error)
{
  static GPtrArray *(*const ways[]) (CgOnvifSession *, GError **) = {
      cg_onvif_device_get_services_in_thread,
      cg_onvif_device_get_capabilities_in_thread,
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    GError *reason = NULL;
    g_autoptr (GPtrArray) entries = ways[i](self, &reason);

    if (entries != NULL && entries->len > 0) {
      take_services (self, entries);
      return TRUE;
    }
    if (!go_on (reason, error))
      return FALSE;
  }
  guess_services (self);
  return TRUE;
}

/* A call every user may make and no stranger: it shows which login works before a call that may be
 * forbidden to this user does (Q35). */
static gboolean
prove_login (CgOnvifSession *self, GError **error)
{
  GError *reason = NULL;
  g_autoptr (CgOnvifDeviceInformation) information =
      cg_onvif_device_get_information_in_thread (self, &reason);

  return information != NULL || go_on (reason, error);
}

/**
 * cg_onvif_session_ensure_connected:
 * @self: a session within a call
 * @error: return location
 *
 * Connects unless that was done, or is being done by a caller up the stack.
 *
 * Returns: whether the session may be used
 */
gboolean
cg_onvif_session_ensure_connected (CgOnvifSession *self, GError **error)
{
  if (self->is_connected || self->is_connecting)
    return TRUE;
  self->is_connecting = TRUE;
  self->is_connected = cg_onvif_session_measure_clock (self, error) &&
                       learn_services (self, error) && prove_login (self, error);
  self->is_connecting = FALSE;
  return self->is_connected;
}

/**
 * cg_onvif_session_connect_in_thread:
 * @self: a session
 * @error: return location
 *
 * Learns the camera's clock, where its services live, and which login it takes. Calls do this
 * themselves when it was not done; afterwards it does nothing.
 *
 * Returns: whether the camera is there and takes us
 */
gboolean
cg_onvif_session_connect_in_thread (CgOnvifSession *self, GError **error)
{
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);

  return cg_onvif_session_ensure_connected (span, error);
}
