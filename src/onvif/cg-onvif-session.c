/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-session-private.h"

#include <string.h>

#include "cg-onvif-device.h"
#include "cg-onvif-place.h"

/* Cameras answer within a second; a slow one that is busy with its encoder within three. */
#define DEFAULT_TIMEOUT_MS 5000

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

  self->given = g_strdup (address);
  self->username = g_strdup (username);
  self->password = g_strdup (password);
  self->timeout_ms = DEFAULT_TIMEOUT_MS;
  self->repair_addresses = TRUE;
  self->http = cg_onvif_http_new ();
  self->xaddrs[CG_ONVIF_SERVICE_DEVICE] = cg_onvif_address_normalise (address, NULL);
  self->homes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->breaker = cg_breaker_new (NULL);
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

  for (guint i = 0; i < CG_ONVIF_N_SERVICES; i++) {
    g_free (copy->xaddrs[i]);
    copy->xaddrs[i] = g_strdup (self->xaddrs[i]);
    copy->guesses[i] = self->guesses[i];
  }
  copy->told_device = g_strdup (self->told_device);
  g_hash_table_unref (copy->homes);
  copy->homes = g_hash_table_ref (self->homes);
  g_free (copy->given);
  copy->given = g_strdup (self->given);
  copy->last_port = self->last_port;
  copy->is_placed = self->is_placed;
  copy->timeout_ms = self->timeout_ms;
  copy->repair_addresses = self->repair_addresses;
  copy->is_connected = self->is_connected;
  copy->firmware = g_strdup (self->firmware);
  copy->clock_offset_ms = self->clock_offset_ms;
  copy->clock_base_ms = self->clock_base_ms;
  copy->clock_measured_us = self->clock_measured_us;
  copy->zone_ms = self->zone_ms;
  copy->clock_mode = self->clock_mode;
  copy->clocks_refused = self->clocks_refused;
  copy->login = self->login;
  copy->logins_refused = self->logins_refused;
  copy->is_proven = self->is_proven;
  copy->digest = g_strdup (self->digest);
  copy->refuses_timeout = self->refuses_timeout;
  copy->stop_form = self->stop_form;
  copy->media = self->media;
  copy->is_soap11 = self->is_soap11;
  copy->is_soap_known = self->is_soap_known;
  cg_onvif_session_set_breaker (copy, self->breaker);
  cg_onvif_trust_copy (cg_onvif_http_get_trust (self->http), cg_onvif_http_get_trust (copy->http));
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
  for (guint i = 0; i < CG_ONVIF_N_SERVICES; i++)
    g_free (self->xaddrs[i]);
  cg_digest_free (self->challenge);
  cg_digest_free (self->weaker);
  cg_digest_free (self->file_challenge);
  cg_breaker_unref (self->breaker);
  cg_onvif_fault_free (self->fault);
  cg_onvif_device_information_free (self->information);
  g_hash_table_unref (self->homes);
  g_free (self->told_device);
  g_free (self->given);
  g_free (self->firmware);
  g_free (self->digest);
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
 * cg_onvif_session_set_breaker:
 * @self: a session that is not in use
 * @breaker: of its login; it has one of its own until then
 *
 * Whoever shows the same login to the same camera shares one: together they stay below what locks
 * the account (Q6).
 */
void
cg_onvif_session_set_breaker (CgOnvifSession *self, CgBreaker *breaker)
{
  CgBreaker *before = self->breaker;

  self->breaker = cg_breaker_ref (breaker);
  cg_breaker_unref (before);
}

/**
 * cg_onvif_session_get_breaker:
 * @self: a session
 *
 * Returns: (transfer none): the breaker of its login
 */
CgBreaker *
cg_onvif_session_get_breaker (const CgOnvifSession *self)
{
  return self->breaker;
}

/**
 * cg_onvif_session_set_tls:
 * @self: a session that was not connected yet
 * @policy: which certificates are taken; any, until this is called
 * @fingerprint: (nullable): SHA-256 of the only one that is, whatever @policy says, in hexadecimal
 *   digits with or without colons (Q57)
 */
void
cg_onvif_session_set_tls (CgOnvifSession *self, CgTlsPolicy policy, const char *fingerprint)
{
  cg_onvif_trust_set (cg_onvif_http_get_trust (self->http), policy, fingerprint);
}

/**
 * cg_onvif_session_begin_job:
 * @self: a session
 *
 * From any thread, before the first of several calls that are one job: an abort from here on counts
 * for all of them, also when it comes between two.
 */
void
cg_onvif_session_begin_job (CgOnvifSession *self)
{
  cg_onvif_stream_begin_job (cg_onvif_http_get_stream (self->http));
}

/**
 * cg_onvif_session_end_job:
 * @self: a session
 *
 * From any thread, after the last of the calls.
 */
void
cg_onvif_session_end_job (CgOnvifSession *self)
{
  cg_onvif_stream_end_job (cg_onvif_http_get_stream (self->http));
}

/**
 * cg_onvif_session_abort:
 * @self: a session
 *
 * From any thread: the call under way, or all that are left of the job, fail at once with
 * %CG_ERROR_CANCELLED; what comes then works again. Without either nothing happens.
 */
void
cg_onvif_session_abort (CgOnvifSession *self)
{
  cg_onvif_stream_abort (cg_onvif_http_get_stream (self->http));
  cg_breaker_wake (self->breaker);
}

static gboolean
is_aborted (gpointer user_data)
{
  return cg_onvif_stream_is_aborted (user_data);
}

/**
 * cg_onvif_session_get_patience:
 * @self: a session within a call
 *
 * Returns: how long the call may wait for others that show the login
 */
CgBreakerPatience
cg_onvif_session_get_patience (CgOnvifSession *self)
{
  CgOnvifStream *stream = cg_onvif_http_get_stream (self->http);

  return (CgBreakerPatience){
      .until_us = cg_onvif_stream_get_deadline_us (stream),
      .is_over = is_aborted,
      .user_data = stream,
  };
}

/**
 * cg_onvif_session_begin_login:
 * @self: a session within a call that is about to show the login
 * @error: return location
 *
 * Returns: whether it may (Q6); then cg_breaker_end() must follow
 */
gboolean
cg_onvif_session_begin_login (CgOnvifSession *self, GError **error)
{
  const CgBreakerPatience patience = cg_onvif_session_get_patience (self);

  return cg_breaker_begin_patiently (self->breaker, CG_BREAKER_SOAP, &patience, error);
}

/**
 * cg_onvif_session_get_clock_offset_ms:
 * @self: a session
 *
 * Our own clock may have been set since the camera's was read, from the network after a start for
 * example: the camera's has not moved with it (Q4).
 *
 * Returns: by how much the camera's clock is ahead of ours now
 */
gint64
cg_onvif_session_get_clock_offset_ms (const CgOnvifSession *self)
{
  const gint64 base_ms = (g_get_real_time () - g_get_monotonic_time ()) / 1000;

  if (self->clock_measured_us == 0)
    return self->clock_offset_ms;
  return self->clock_offset_ms - (base_ms - self->clock_base_ms);
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

/**
 * cg_onvif_session_go_on:
 * @reason: (transfer full) (nullable): what a question met
 * @error: return location for a final error; any other is swallowed
 *
 * Returns: whether the next question is worth asking
 */
gboolean
cg_onvif_session_go_on (GError *reason, GError **error)
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

/* Asks for the camera's time and keeps the difference (Q4). */
static gboolean
read_clock (CgOnvifSession *self, GError **error)
{
  const gint64 before_ms = g_get_real_time () / 1000;
  g_autoptr (CgOnvifDateTime) time =
      cg_onvif_device_get_system_date_and_time_in_thread (self, error);
  const gint64 after_ms = g_get_real_time () / 1000;

  self->clock_measured_us = g_get_monotonic_time ();
  self->clock_base_ms = after_ms - self->clock_measured_us / 1000;
  if (time == NULL)
    return FALSE;
  self->clock_offset_ms = time->utc_ms - (before_ms + after_ms) / 2;
  self->zone_ms = cg_onvif_zone_parse_ms (time->timezone, time->utc_ms);
  return TRUE;
}

/**
 * cg_onvif_session_measure_clock_anonymously:
 * @self: a session within a call
 * @error: return location
 *
 * The clock is public, and a login that goes by a wrong clock would be refused (Q4, Q6).
 *
 * Returns: whether the camera has told its time
 */
gboolean
cg_onvif_session_measure_clock_anonymously (CgOnvifSession *self, GError **error)
{
  const CgOnvifLogin login = self->login;

  self->login = CG_ONVIF_LOGIN_NONE;
  self->is_anonymous = TRUE;
  const gboolean is_told = read_clock (self, error);
  self->is_anonymous = FALSE;
  self->login = login;
  return is_told;
}

/* Whether a camera wants a login even for its time. */
static gboolean
wants_login (const CgOnvifSession *self, const GError *reason)
{
  return self->username != NULL && (g_error_matches (reason, CG_ERROR, CG_ERROR_LOGIN_REFUSED) ||
                                    (self->fault != NULL && cg_onvif_fault_is_bare (self->fault)));
}

/**
 * cg_onvif_session_measure_clock:
 * @self: a session within a call
 * @error: return location
 *
 * Asks for the camera's time, without a login and with one if that is refused, and keeps the
 * difference (Q4). A camera that does not tell has ours.
 *
 * Returns: whether the camera is there at all
 */
gboolean
cg_onvif_session_measure_clock (CgOnvifSession *self, GError **error)
{
  GError *reason = NULL;

  if (cg_onvif_session_measure_clock_anonymously (self, &reason))
    return TRUE;
  if (wants_login (self, reason)) {
    g_clear_error (&reason);
    read_clock (self, &reason);
  }
  return cg_onvif_session_go_on (reason, error);
}

/* A call every user may make and no stranger: it shows which login works before a call that may be
 * forbidden to this user does (Q35). */
static gboolean
prove_login (CgOnvifSession *self, GError **error)
{
  GError *reason = NULL;

  cg_onvif_device_information_free (self->information);
  self->information = cg_onvif_device_get_information_in_thread (self, &reason);
  if (self->information == NULL)
    return cg_onvif_session_go_on (reason, error);
  cg_onvif_session_note_firmware (self, self->information->firmware_version);
  return TRUE;
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
                       cg_onvif_session_learn_services (self, error) && prove_login (self, error);
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
  if (!cg_onvif_session_find_port_in_thread (self, error))
    return FALSE;
  g_autoptr (CgOnvifSpan) span = cg_onvif_span_begin (self);
  return cg_onvif_session_ensure_connected (span, error);
}

/**
 * cg_onvif_session_take_information:
 * @self: a session that has just connected
 *
 * Spares asking again for what connecting has brought anyway.
 *
 * Returns: (transfer full) (nullable): what the camera has told of itself, once
 */
CgOnvifDeviceInformation *
cg_onvif_session_take_information (CgOnvifSession *self)
{
  return g_steal_pointer (&self->information);
}
