/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-contact.h"

#include "cg-error.h"
#include "cg-onvif-address.h"
#include "cg-onvif-place.h"
#include "cg-rtsp-probe.h"

/* A camera that refuses a question is still in contact; one that is away, or shuts us out, is not.
 */
static gboolean
ends_contact (const GError *error)
{
  return !g_error_matches (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED) &&
         !g_error_matches (error, CG_ERROR, CG_ERROR_PEER_FAULT) &&
         !g_error_matches (error, CG_ERROR, CG_ERROR_NOT_PERMITTED) &&
         !g_error_matches (error, CG_ERROR, CG_ERROR_NO_PTZ);
}

/* Without manufacturer and version a camera plays and moves as well as with them. */
static gboolean
read_device (CgContact *self, CgOnvifSession *session, GError **error)
{
  g_autoptr (GError) trouble = NULL;

  self->device = cg_onvif_session_take_information (session);
  if (self->device == NULL)
    self->device = cg_onvif_device_get_information_in_thread (session, &trouble);
  if (self->device != NULL || !ends_contact (trouble))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&trouble));
  return FALSE;
}

/* What the configuration asks of the camera's profiles. */
static CgOnvifWish
get_wish (const CgCameraConfig *camera)
{
  CgOnvifWish wish = {
      .wanted = camera->profile,
      .channel = camera->address != NULL ? cg_onvif_address_get_channel (camera->address) : 0,
  };

  cg_camera_config_get_size (camera, &wish.max_width, &wish.max_height);
  return wish;
}

/* The profile that moves is chosen apart from the one that is seen (Q34). */
static gboolean
read_ptz (CgContact *self, CgOnvifSession *session, const CgOnvifProfile *profile, GError **error)
{
  g_autoptr (GError) trouble = NULL;

  if (profile == NULL)
    return TRUE;
  self->ptz = cg_onvif_ptz_get_facts_in_thread (session, profile, &trouble);
  if (self->ptz != NULL)
    self->ptz_profile = g_strdup (profile->token);
  else if (ends_contact (trouble))
    g_propagate_error (error, g_steal_pointer (&trouble));
  return self->ptz != NULL || trouble != NULL;
}

/* A fixed address in the configuration wins over the camera's own (Q29). */
static gboolean
read_media (CgContact *self,
            CgOnvifSession *session,
            const CgOnvifProfile *profile,
            const CgCameraConfig *camera,
            GError **error)
{
  self->media_profile = g_strdup (profile->token);
  if (camera->url != NULL)
    self->location = g_strdup (camera->url);
  else
    self->location = cg_onvif_media_get_stream_uri_in_thread (session, profile->token, error);
  return self->location != NULL;
}

/* A fixed address has nothing beside it. */
static void
note_small (CgContact *self,
            const GPtrArray *profiles,
            const CgOnvifProfile *seen,
            const CgCameraConfig *camera)
{
  const CgOnvifProfile *small =
      camera->url == NULL ? cg_onvif_profile_choose_small (profiles, seen, camera->sub_profile)
                          : NULL;

  self->small_profile = small != NULL && small != seen ? g_strdup (small->token) : NULL;
}

static gboolean
read_profiles (CgContact *self,
               CgOnvifSession *session,
               const CgCameraConfig *camera,
               GError **error)
{
  g_autoptr (GPtrArray) profiles = cg_onvif_media_get_profiles_in_thread (session, error);
  const CgOnvifWish wish = get_wish (camera);

  if (profiles == NULL)
    return FALSE;
  const CgOnvifProfile *seen = cg_onvif_profile_choose (profiles, &wish);
  if (seen == NULL && wish.channel > 0)
    g_set_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED, "the camera has no channel %u",
                 wish.channel);
  else if (seen == NULL)
    g_set_error_literal (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                         "the camera has no media profile");
  if (seen != NULL)
    note_small (self, profiles, seen, camera);
  return seen != NULL &&
         read_ptz (self, session, cg_onvif_profile_choose_ptz_beside (profiles, seen, &wish),
                   error) &&
         read_media (self, session, seen, camera, error);
}

/* Asks as a pull does, whose login and certificate count here, too (Q6, Q57). */
static gboolean
probe_stream (CgOnvifSession *session,
              const CgCameraConfig *camera,
              guint timeout_ms,
              GError **error)
{
  const CgRtspProbeOptions options = {
      .location = camera->url,
      .username = camera->username,
      .password = camera->password,
      .breaker = cg_onvif_session_get_breaker (session),
      .tls = camera->tls,
      .tls_fingerprint = camera->tls_fingerprint,
      .timeout_ms = timeout_ms,
      .drops_query = TRUE,
  };
  g_autofree char *description = cg_rtsp_describe_in_thread (&options, NULL, error);

  return description != NULL;
}

static CgContact *
contact_by_rtsp (CgOnvifSession *session,
                 const CgCameraConfig *camera,
                 guint timeout_ms,
                 GError **error)
{
  CgContact *self;

  if (!probe_stream (session, camera, timeout_ms, error))
    return NULL;
  self = g_new0 (CgContact, 1);
  self->location = g_strdup (camera->url);
  return self;
}

/* The camera may have been away and come back with other services and profiles: only its login is
 * still believed. */
static CgContact *
contact_by_onvif (CgOnvifSession *session, const CgCameraConfig *camera, GError **error)
{
  g_autoptr (CgContact) self = g_new0 (CgContact, 1);

  cg_onvif_session_set_address (session, camera->address);
  cg_onvif_session_forget_services (session);
  if (!cg_onvif_session_connect_in_thread (session, error) || !read_device (self, session, error) ||
      !read_profiles (self, session, camera, error)) {
    cg_onvif_session_doubt_address (session);
    return NULL;
  }
  self->session = cg_onvif_session_copy (session);
  self->learnt = cg_onvif_session_get_learnt (session);
  return g_steal_pointer (&self);
}

/**
 * cg_contact_in_thread:
 * @session: lent for the call
 * @camera: its configuration
 * @timeout_ms: for each step
 * @error: return location for a #CG_ERROR
 *
 * Everything that must be known of a camera before it plays and moves: login and addresses, what
 * it is, its profiles, its PTZ, its stream. Of protocol `rtsp`, whether it has its stream.
 *
 * Returns: (transfer full): what was learnt
 */
CgContact *
cg_contact_in_thread (CgOnvifSession *session,
                      const CgCameraConfig *camera,
                      guint timeout_ms,
                      GError **error)
{
  return camera->protocol == CG_PROTOCOL_RTSP ? contact_by_rtsp (session, camera, timeout_ms, error)
                                              : contact_by_onvif (session, camera, error);
}

/**
 * cg_contact_check_in_thread:
 * @session: lent for the call
 * @camera: its configuration
 * @timeout_ms: for each step
 * @error: return location for a #CG_ERROR
 *
 * The cheapest question; over ONVIF one that needs no login.
 *
 * Returns: whether the camera is still there
 */
gboolean
cg_contact_check_in_thread (CgOnvifSession *session,
                            const CgCameraConfig *camera,
                            guint timeout_ms,
                            GError **error)
{
  g_autoptr (CgOnvifDateTime) time = NULL;
  g_autoptr (GError) trouble = NULL;

  if (camera->protocol == CG_PROTOCOL_RTSP)
    return probe_stream (session, camera, timeout_ms, error);
  time = cg_onvif_device_get_system_date_and_time_in_thread (session, &trouble);
  if (time != NULL || !ends_contact (trouble))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&trouble));
  return FALSE;
}

/**
 * cg_contact_free:
 * @self: (transfer full): a contact
 */
void
cg_contact_free (CgContact *self)
{
  g_clear_pointer (&self->device, cg_onvif_device_information_free);
  g_clear_pointer (&self->ptz, cg_onvif_ptz_facts_free);
  g_clear_pointer (&self->session, cg_onvif_session_free);
  g_clear_pointer (&self->learnt, cg_onvif_learnt_free);
  g_free (self->media_profile);
  g_free (self->small_profile);
  g_free (self->ptz_profile);
  g_free (self->location);
  g_free (self);
}
