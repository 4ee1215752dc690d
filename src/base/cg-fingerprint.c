/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-fingerprint.h"

/**
 * cg_fingerprint_normalise:
 * @fingerprint: in any writing
 *
 * Returns: (transfer full): the same in ours
 */
char *
cg_fingerprint_normalise (const char *fingerprint)
{
  GString *text = g_string_new (NULL);
  guint digits = 0;

  for (const char *p = fingerprint; *p != '\0'; p++) {
    if (!g_ascii_isxdigit (*p))
      continue;
    if (digits > 0 && digits % 2 == 0)
      g_string_append_c (text, ':');
    g_string_append_c (text, g_ascii_toupper (*p));
    digits++;
  }
  return g_string_free (text, FALSE);
}

/**
 * cg_fingerprint_take:
 * @certificate: (nullable): what a peer shows
 *
 * Returns: (transfer full) (nullable): its fingerprint; %NULL: it has none
 */
char *
cg_fingerprint_take (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  if (certificate != NULL)
    g_object_get (certificate, "certificate", &der, NULL);
  if (der == NULL)
    return NULL;
  g_autofree char *digits = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  return cg_fingerprint_normalise (digits);
}
