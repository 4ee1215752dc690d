/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-certificate.h"

/* Made out for nobody by nobody, like the certificates of cameras (Q57), and good for a hundred
 * years. Its key is public: it protects nothing. */
static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
                          "MIIBgzCCASmgAwIBAgIUEUaaxT24JdE26n+bv84YkwZyLfMwCgYIKoZIzj0EAwIw\n"
                          "FjEUMBIGA1UEAwwLY2FtZ2F0ZS1zaW0wIBcNMjYxMTIxMDQ1MTI3WhgPMjEyNjEw\n"
                          "MjgwNDUxMjdaMBYxFDASBgNVBAMMC2NhbWdhdGUtc2ltMFkwEwYHKoZIzj0CAQYI\n"
                          "KoZIzj0DAQcDQgAEkTKUZNdklbHIGV0mtGQ+8KgbtUlUXaTI/pklpwi+1k1MTrGL\n"
                          "o7XyOUQLTRBJY8v4qG2zkqGoeAujLbMo5PY7c6NTMFEwHQYDVR0OBBYEFBaVV+Ia\n"
                          "0wC0yGWjIehkyii1S2L6MB8GA1UdIwQYMBaAFBaVV+Ia0wC0yGWjIehkyii1S2L6\n"
                          "MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgDMiWNggwlQvwyuBk\n"
                          "FgMPYqeOYvjvY8eS5/Dcy8Wq5T4CIQDQH6oZVPFlKzugPiafLPijeZRBA0VlwOnE\n"
                          "78OsioxQ2Q==\n"
                          "-----END CERTIFICATE-----\n"
                          "-----BEGIN PRIVATE KEY-----\n"
                          "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJU2DcbuscwLdwScj\n"
                          "+azrNqI5FKvvSlaQGBytohWsdFahRANCAASRMpRk12SVscgZXSa0ZD7wqBu1SVRd\n"
                          "pMj+mSWnCL7WTUxOsYujtfI5RAtNEEljy/iobbOSoah4C6Mtsyjk9jtz\n"
                          "-----END PRIVATE KEY-----\n";

/**
 * cg_sim_certificate_new:
 *
 * Returns: (transfer full): what every simulated camera with https shows
 */
GTlsCertificate *
cg_sim_certificate_new (GError **error)
{
  return g_tls_certificate_new_from_pem (pem, -1, error);
}
