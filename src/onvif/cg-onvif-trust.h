/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "cg-config.h"

G_BEGIN_DECLS

/**
 * CgOnvifTrust:
 * @policy: without a pin
 * @pin: (nullable): fingerprint of the only certificate that is taken
 * @seen: (nullable): fingerprint of what the camera showed last, taken or not
 *
 * Which certificate a camera may show: pinned before accept before strict (Q57). Fingerprints are
 * SHA-256 of the whole certificate, written as pairs of capital digits with colons.
 */
typedef struct {
  CgTlsPolicy policy;
  char *pin;
  char *seen;
} CgOnvifTrust;

void cg_onvif_trust_set (CgOnvifTrust *self, CgTlsPolicy policy, const char *pin);
void cg_onvif_trust_copy (const CgOnvifTrust *self, CgOnvifTrust *copy);
void cg_onvif_trust_clear (CgOnvifTrust *self);

gboolean cg_onvif_trust_accepts (CgOnvifTrust *self,
                                 GTlsCertificate *certificate,
                                 GTlsCertificateFlags errors);
char *cg_onvif_trust_explain (const CgOnvifTrust *self);

G_END_DECLS
