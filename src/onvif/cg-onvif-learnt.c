/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-learnt.h"

#include <string.h>

#include "cg-onvif-place.h"
#include "cg-onvif-session-private.h"

/* GetSystemDateAndTime tells whole seconds, and clocks drift: less is no news. */
#define SAME_CLOCK_MS 5000

/**
 * cg_onvif_learnt_new:
 *
 * Returns: (transfer full): nothing learnt yet
 */
CgOnvifLearnt *
cg_onvif_learnt_new (void)
{
  return g_new0 (CgOnvifLearnt, 1);
}

/**
 * cg_onvif_learnt_copy:
 * @self: what was learnt
 *
 * Returns: (transfer full): a copy
 */
CgOnvifLearnt *
cg_onvif_learnt_copy (const CgOnvifLearnt *self)
{
  CgOnvifLearnt *copy = cg_onvif_learnt_new ();

  *copy = *self;
  copy->firmware = g_strdup (self->firmware);
  copy->address = g_strdup (self->address);
  copy->digest = g_strdup (self->digest);
  copy->reserved_presets = g_strdup (self->reserved_presets);
  copy->certificate = g_strdup (self->certificate);
  return copy;
}

/**
 * cg_onvif_learnt_free:
 * @self: (transfer full) (nullable): what was learnt
 */
void
cg_onvif_learnt_free (CgOnvifLearnt *self)
{
  if (self == NULL)
    return;
  g_free (self->firmware);
  g_free (self->address);
  g_free (self->digest);
  g_free (self->reserved_presets);
  g_free (self->certificate);
  g_free (self);
}

/**
 * cg_onvif_learnt_equal:
 * @a: what was learnt
 * @b: what was learnt another time
 *
 * Returns: whether nothing is new that is worth storing
 */
gboolean
cg_onvif_learnt_equal (const CgOnvifLearnt *a, const CgOnvifLearnt *b)
{
  return g_strcmp0 (a->firmware, b->firmware) == 0 && g_strcmp0 (a->address, b->address) == 0 &&
         a->login == b->login && g_strcmp0 (a->digest, b->digest) == 0 &&
         a->clock_mode == b->clock_mode &&
         ABS (a->clock_offset_ms - b->clock_offset_ms) < SAME_CLOCK_MS &&
         a->refuses_timeout == b->refuses_timeout && a->stop_form == b->stop_form &&
         a->media == b->media && a->transport == b->transport && a->soap11 == b->soap11 &&
         g_strcmp0 (a->reserved_presets, b->reserved_presets) == 0 &&
         g_strcmp0 (a->certificate, b->certificate) == 0;
}

/**
 * cg_onvif_session_get_learnt:
 * @self: a session that is not in use
 *
 * Returns: (transfer full): what it knows now
 */
CgOnvifLearnt *
cg_onvif_session_get_learnt (const CgOnvifSession *self)
{
  CgOnvifLearnt *learnt = cg_onvif_learnt_new ();

  learnt->firmware = g_strdup (self->firmware);
  learnt->address = g_strdup (self->xaddrs[CG_ONVIF_SERVICE_DEVICE]);
  learnt->login = self->login;
  learnt->digest = g_strdup (self->digest);
  learnt->clock_mode = self->clock_mode;
  learnt->clock_offset_ms = cg_onvif_session_get_clock_offset_ms (self);
  learnt->refuses_timeout = self->refuses_timeout;
  learnt->stop_form = self->stop_form;
  learnt->media = self->media;
  learnt->soap11 = self->is_soap11;
  learnt->certificate = g_strdup (cg_onvif_http_get_trust (self->http)->seen);
  return learnt;
}

/**
 * cg_onvif_session_set_learnt:
 * @self: a session that was not connected yet
 * @learnt: what an earlier one knew; copied
 *
 * Spares the first calls the ladders. Nothing is taken on trust: what no longer holds is learnt
 * anew, as it was the first time, and all of it when the camera tells another firmware version.
 * The address stays the one that was configured.
 */
void
cg_onvif_session_set_learnt (CgOnvifSession *self, const CgOnvifLearnt *learnt)
{
  g_free (self->firmware);
  self->firmware = g_strdup (learnt->firmware);
  self->login = self->username != NULL ? learnt->login : CG_ONVIF_LOGIN_NONE;
  g_free (self->digest);
  self->digest = g_strdup (learnt->digest);
  self->clock_mode = learnt->clock_mode;
  self->clock_offset_ms = learnt->clock_offset_ms;
  self->refuses_timeout = learnt->refuses_timeout;
  self->stop_form = learnt->stop_form;
  self->media = learnt->media;
  self->is_soap11 = learnt->soap11;
  cg_onvif_session_suggest_port (self, learnt->address);
}

/**
 * cg_onvif_session_refuses_timeout:
 * @self: a session that is not in use
 *
 * Returns: whether the camera takes moves only without Timeout (Q33)
 */
gboolean
cg_onvif_session_refuses_timeout (const CgOnvifSession *self)
{
  return self->refuses_timeout;
}

/**
 * cg_onvif_session_note_firmware:
 * @self: a session within a call
 * @version: (nullable): what the camera says
 *
 * Forgets all that was learnt from another version: it may behave differently now.
 */
void
cg_onvif_session_note_firmware (CgOnvifSession *self, const char *version)
{
  if (version == NULL || g_strcmp0 (version, self->firmware) == 0)
    return;
  if (self->firmware != NULL) {
    self->login = CG_ONVIF_LOGIN_NONE;
    self->is_proven = FALSE;
    g_clear_pointer (&self->digest, g_free);
    self->clock_mode = CG_ONVIF_CLOCK_TOLD;
    self->refuses_timeout = FALSE;
    self->stop_form = CG_ONVIF_STOP_UNKNOWN;
    self->media = CG_ONVIF_MEDIA_UNKNOWN;
  }
  g_free (self->firmware);
  self->firmware = g_strdup (version);
}
