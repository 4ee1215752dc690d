/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "media-certificate.h"

#include <glib/gstdio.h>

/* For localhost, signed by itself, good until 2126; made for tests alone. */
static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
                          "MIIBlTCCATugAwIBAgIUfYRctlzPRbL6B58oU/ZkHbmsUz4wCgYIKoZIzj0EAwIw\n"
                          "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA0MDUyNVoYDzIxMjYxMDI4\n"
                          "MDQwNTI1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
                          "PQMBBwNCAATmG6X+tTvQrevnWOU46xHeESvtF3w5Gt0CqrE6pdtFkUnmgJylRRAS\n"
                          "Vy7/kPTjTbErSCh4dVg+fJExqHn/mNEFo2kwZzAdBgNVHQ4EFgQUzM54WS3UU3nq\n"
                          "m6JALPX6exDeLB4wHwYDVR0jBBgwFoAUzM54WS3UU3nqm6JALPX6exDeLB4wFAYD\n"
                          "VR0RBA0wC4IJbG9jYWxob3N0MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID\n"
                          "SAAwRQIgZ17c0T8RlzgJKLqSp2jOv4DcoK8ggzRk5B5ESV4BE0cCIQCnoi1qjIhW\n"
                          "JarRvrHJaxty33fJ1qctNAc9J6dUmQI9Vw==\n"
                          "-----END CERTIFICATE-----\n"
                          "-----BEGIN PRIVATE KEY-----\n"
                          "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgen5zNBr+Ht8ZMyCp\n"
                          "eKC5WdasS9LrPW+9llQ7Gp7+AHihRANCAATmG6X+tTvQrevnWOU46xHeESvtF3w5\n"
                          "Gt0CqrE6pdtFkUnmgJylRRASVy7/kPTjTbErSCh4dVg+fJExqHn/mNEF\n"
                          "-----END PRIVATE KEY-----\n";

GTlsCertificate *
media_certificate_new (void)
{
  return g_tls_certificate_new_from_pem (pem, -1, NULL);
}

char *
media_certificate_save (void)
{
  char *path = NULL;

  g_close (g_file_open_tmp ("camgate-XXXXXX.pem", &path, NULL), NULL);
  g_assert_true (g_file_set_contents (path, pem, -1, NULL));
  return path;
}

void
media_certificate_trust (const char *path)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  if (path != NULL)
    database = g_tls_file_database_new (path, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}
