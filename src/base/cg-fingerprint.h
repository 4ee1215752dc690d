/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* SHA-256 of a certificate, as people write it: pairs of capital digits with colons (Q57). */

char *cg_fingerprint_normalise (const char *fingerprint);
char *cg_fingerprint_take (GTlsCertificate *certificate);

G_END_DECLS
