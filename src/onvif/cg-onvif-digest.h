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
} CgOnvifChallenge;

CgOnvifChallenge *cg_onvif_challenge_parse (const char *const *headers);
CgOnvifChallenge *cg_onvif_challenge_parse_weaker (const char *const *headers,
                                                   const CgOnvifChallenge *best);
CgOnvifChallenge *cg_onvif_challenge_copy (const CgOnvifChallenge *self);
void cg_onvif_challenge_free (CgOnvifChallenge *self);
const char *cg_onvif_challenge_get_word (const CgOnvifChallenge *self);

char *cg_onvif_challenge_answer (CgOnvifChallenge *self,
                                 const char *method,
                                 const char *target,
                                 const char *username,
                                 const char *password,
                                 const char *cnonce);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOnvifChallenge, cg_onvif_challenge_free)

G_END_DECLS
