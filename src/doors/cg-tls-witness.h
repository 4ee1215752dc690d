/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

/* Hears a server's last words about our certificate. With TLS 1.3 it refuses that when we think
 * ourselves connected: our first message may meet a closed connection before its alert is read, and
 * the MQTT library, told that the write failed, drops the TLS session with the alert in it. */
typedef struct _CgTlsWitness CgTlsWitness;

CgTlsWitness *cg_tls_witness_new (SSL *ssl, int fd);
void cg_tls_witness_free (CgTlsWitness *self);
char *cg_tls_witness_ask (CgTlsWitness *self);
char *cg_tls_witness_translate (const char *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgTlsWitness, cg_tls_witness_free)

G_END_DECLS
