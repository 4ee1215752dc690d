/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-tls-witness.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <string.h>
#include <unistd.h>

/* What OpenSSL calls an alert of the other end: "sslv3 alert certificate expired". */
#define ALERT " alert "

struct _CgTlsWitness {
  SSL *ssl; /* (owned) */
  int fd;   /* (owned): the same connection by another number, which outlives the library's */
};

/**
 * cg_tls_witness_new:
 * @ssl: of a connection that is not accepted yet
 * @fd: its socket
 *
 * Until it is freed, it keeps both open.
 *
 * Returns: (transfer full): a witness
 */
CgTlsWitness *
cg_tls_witness_new (SSL *ssl, int fd)
{
  CgTlsWitness *self = g_new0 (CgTlsWitness, 1);

  SSL_up_ref (ssl);
  self->ssl = ssl;
  self->fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  return self;
}

/**
 * cg_tls_witness_free:
 * @self: (nullable) (transfer full): a witness
 */
void
cg_tls_witness_free (CgTlsWitness *self)
{
  if (self == NULL)
    return;
  SSL_free (self->ssl);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

/**
 * cg_tls_witness_ask:
 * @self: a witness of a connection that has failed
 *
 * Returns: (transfer full) (nullable): what the server said last, if that was an alert
 */
char *
cg_tls_witness_ask (CgTlsWitness *self)
{
  BIO *bio = SSL_get_rbio (self->ssl);
  const char *reason = NULL;
  char byte = 0;

  if (self->fd < 0 || bio == NULL || SSL_in_init (self->ssl))
    return NULL;
  BIO_set_fd (bio, self->fd, BIO_NOCLOSE);
  ERR_clear_error ();
  if (SSL_read (self->ssl, &byte, 1) <= 0)
    reason = ERR_reason_error_string (ERR_peek_error ());
  ERR_clear_error ();
  return reason != NULL && strstr (reason, ALERT) != NULL ? cg_tls_witness_translate (reason)
                                                          : NULL;
}

/**
 * cg_tls_witness_translate:
 * @reason: what OpenSSL calls it
 *
 * Returns: (transfer full): the same for the log
 */
char *
cg_tls_witness_translate (const char *reason)
{
  const char *alert = strstr (reason, ALERT);

  if (alert == NULL)
    return g_strdup_printf ("TLS: %s", reason);
  return g_strdup_printf ("TLS: the server refuses us: %s", alert + strlen (ALERT));
}
