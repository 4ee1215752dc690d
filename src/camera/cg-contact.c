/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-contact.h"

#include "cg-error.h"

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

  self->device = cg_onvif_device_get_information_in_thread (session, &trouble);
  if (self->device != NULL || !ends_contact (trouble))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&trouble));
  return FALSE;
}

/* The profile that moves is chosen apart from the one that is seen (Q34). */
static gboolean
read_ptz (CgContact *self, CgOnvifSession *session, GPtrArray *profiles, GError **error)
{
  const CgOnvifProfile *profile = cg_onvif_profile_choose_ptz (profiles);
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

static gboolean
read_media (CgContact *self,
            CgOnvifSession *session,
            GPtrArray *profiles,
            const char *wanted_profile,
            GError **error)
{
  const CgOnvifProfile *profile = cg_onvif_profile_choose (profiles, wanted_profile);

  if (profile == NULL) {
    g_set_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED, "the camera has no media profile%s%s",
                 wanted_profile != NULL ? " named " : "",
                 wanted_profile != NULL ? wanted_profile : "");
    return FALSE;
  }
  self->media_profile = g_strdup (profile->token);
  self->location = cg_onvif_media_get_stream_uri_in_thread (session, profile->token, error);
  return self->location != NULL;
}

/**
 * cg_contact_in_thread:
 * @session: lent for the call
 * @wanted_profile: (nullable): token or name of the media profile to play
 * @error: return location for a #CG_ERROR
 *
 * Everything that must be known of a camera before it plays and moves: login and addresses, what
 * it is, its profiles, its PTZ, its stream.
 *
 * Returns: (transfer full): what was learnt
 */
CgContact *
cg_contact_in_thread (CgOnvifSession *session, const char *wanted_profile, GError **error)
{
  g_autoptr (CgContact) self = g_new0 (CgContact, 1);
  g_autoptr (GPtrArray) profiles = NULL;

  if (!cg_onvif_session_connect_in_thread (session, error) || !read_device (self, session, error))
    return NULL;
  profiles = cg_onvif_media_get_profiles_in_thread (session, error);
  if (profiles == NULL || !read_ptz (self, session, profiles, error) ||
      !read_media (self, session, profiles, wanted_profile, error))
    return NULL;
  self->session = cg_onvif_session_copy (session);
  return g_steal_pointer (&self);
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
  g_free (self->media_profile);
  g_free (self->ptz_profile);
  g_free (self->location);
  g_free (self);
}
