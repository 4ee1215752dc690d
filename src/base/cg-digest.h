/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One HTTP digest challenge that we can answer (RFC 7616), and how often it was answered. */
typedef struct {
  char *realm;
  char *nonce;
  char *opaque;          /* (nullable) */
  const char *algorithm; /* (nullable) as it goes back; NULL: none was named, which means MD5 */
  GChecksumType checksum;
  gboolean is_session; /* MD5-sess */
  gboolean has_qop;    /* qop=auth; else the form of RFC 2069 */
  gboolean is_stale;   /* the login was right, only the nonce is old */
  guint count;         /* nc of the last answer */
} CgDigest;

CgDigest *cg_digest_parse (const char *const *headers);
CgDigest *cg_digest_parse_weaker (const char *const *headers, const CgDigest *best);
CgDigest *cg_digest_copy (const CgDigest *self);
void cg_digest_free (CgDigest *self);
const char *cg_digest_get_word (const CgDigest *self);

char *cg_digest_answer (CgDigest *self,
                        const char *method,
                        const char *target,
                        const char *username,
                        const char *password,
                        const char *cnonce);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgDigest, cg_digest_free)

G_END_DECLS
