/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-trust.h"

#include "cg-fingerprint.h"

/**
 * cg_onvif_trust_set:
 * @self: a trust
 * @policy: without a pin
 * @pin: (nullable): a fingerprint, in any writing
 */
void
cg_onvif_trust_set (CgOnvifTrust *self, CgTlsPolicy policy, const char *pin)
{
  g_free (self->pin);
  self->policy = policy;
  self->pin = pin != NULL ? cg_fingerprint_normalise (pin) : NULL;
}

/**
 * cg_onvif_trust_copy:
 * @self: a trust
 * @copy: (out): another, which is overwritten
 */
void
cg_onvif_trust_copy (const CgOnvifTrust *self, CgOnvifTrust *copy)
{
  cg_onvif_trust_clear (copy);
  copy->policy = self->policy;
  copy->pin = g_strdup (self->pin);
  copy->seen = g_strdup (self->seen);
}

/**
 * cg_onvif_trust_clear:
 * @self: a trust; it takes any certificate afterwards
 */
void
cg_onvif_trust_clear (CgOnvifTrust *self)
{
  g_free (self->pin);
  g_free (self->seen);
  *self = (CgOnvifTrust){CG_TLS_ACCEPT, NULL, NULL};
}

/**
 * cg_onvif_trust_accepts:
 * @self: a trust
 * @certificate: what the camera shows; its fingerprint is kept
 * @errors: what the system finds wrong with it
 *
 * Returns: whether it is taken
 */
gboolean
cg_onvif_trust_accepts (CgOnvifTrust *self,
                        GTlsCertificate *certificate,
                        GTlsCertificateFlags errors)
{
  g_free (self->seen);
  self->seen = cg_fingerprint_take (certificate);
  if (self->pin != NULL)
    return g_strcmp0 (self->pin, self->seen) == 0;
  return self->policy == CG_TLS_ACCEPT || errors == 0;
}

/**
 * cg_onvif_trust_explain:
 * @self: a trust that did not take a certificate
 *
 * Returns: (transfer full): what to tell a person, who may want to pin it
 */
char *
cg_onvif_trust_explain (const CgOnvifTrust *self)
{
  return g_strdup_printf ("the camera's certificate is %s: its SHA-256 is %s",
                          self->pin != NULL ? "not the pinned one" : "not one the system trusts",
                          self->seen != NULL ? self->seen : "unknown");
}
