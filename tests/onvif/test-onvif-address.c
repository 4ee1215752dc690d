/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-onvif-address.h"

#include <string.h>

static void
test_normalise (void)
{
  static const struct {
    const char *address;
    const char *url; /* NULL: refused */
  } rows[] = {
      {"192.168.1.64", "http://192.168.1.64/onvif/device_service"},
      {" 192.168.1.64 ", "http://192.168.1.64/onvif/device_service"},
      {"192.168.1.64:8000", "http://192.168.1.64:8000/onvif/device_service"},
      {"camera.local", "http://camera.local/onvif/device_service"},
      {"http://camera/", "http://camera/onvif/device_service"},
      {"HTTPS://camera:8443", "https://camera:8443/onvif/device_service"},
      {"http://camera/onvif/other?x=1#frag", "http://camera/onvif/other?x=1"},
      {"http://u:p@ss@camera:81", "http://camera:81/onvif/device_service"},
      {"u:secret@camera", "http://camera/onvif/device_service"},
      {"[fe80::1]:8000", "http://[fe80::1]:8000/onvif/device_service"},
      {"fe80::1", "http://[fe80::1]/onvif/device_service"},
      {"fe80::1%eth0", "http://[fe80::1%eth0]/onvif/device_service"},
      {"[fe80::1%eth0]:8000", "http://[fe80::1%eth0]:8000/onvif/device_service"},
      {"", NULL},
      {"   ", NULL},
      {"rtsp://camera/", NULL},
      {"http://", NULL},
      {"cam era", NULL},
      {"camera:port", NULL},
      /* Q60: a number behind the host is a channel, in a URL it is a path */
      {"camera/2", "http://camera/onvif/device_service"},
      {"camera:8000/16", "http://camera:8000/onvif/device_service"},
      {"[fe80::1]:8000/3", "http://[fe80::1]:8000/onvif/device_service"},
      {"http://camera/2", "http://camera/2"},
      {"camera/2x", "http://camera/2x"},
      {"camera/onvif/2", "http://camera/onvif/2"},
      {"camera:99999", NULL},
      {"camera\r\nX: y", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_autofree char *url = cg_onvif_address_normalise (rows[i].address, &error);

    g_test_message ("row %u: %s", i, rows[i].address);
    g_assert_cmpstr (url, ==, rows[i].url);
    if (rows[i].url == NULL) {
      g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
      g_assert_null (strstr (error->message, "secret"));
    }
  }
}

static void
test_parse (void)
{
  static const struct {
    const char *url;
    gboolean tls;
    const char *host;
    guint port;
    const char *target;
    const char *header;
  } rows[] = {
      {"http://camera/a?b=c", FALSE, "camera", 80, "/a?b=c", "camera"},
      {"https://camera", TRUE, "camera", 443, "/", "camera"},
      {"http://camera:80/a", FALSE, "camera", 80, "/a", "camera"},
      {"https://camera:80/a", TRUE, "camera", 80, "/a", "camera:80"},
      {"http://[::1]:8000/a", FALSE, "::1", 8000, "/a", "[::1]:8000"},
      {"http://[fe80::1%eth0]:8000/a", FALSE, "fe80::1%eth0", 8000, "/a", "[fe80::1]:8000"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (CgOnvifAddress) address = cg_onvif_address_parse (rows[i].url, NULL);
    g_autofree char *header = cg_onvif_address_get_host_header (address);

    g_assert_cmpint (address->tls, ==, rows[i].tls);
    g_assert_cmpstr (address->host, ==, rows[i].host);
    g_assert_cmpuint (address->port, ==, rows[i].port);
    g_assert_cmpstr (address->target, ==, rows[i].target);
    g_assert_cmpstr (header, ==, rows[i].header);
  }
}

static void
test_repair (void)
{
  static const struct {
    const char *xaddr;
    const char *repaired;
  } rows[] = {
      {"http://10.0.0.1/onvif/media", "http://cam:81/onvif/media"},
      {"http://0.0.0.0:8080/onvif/media?x=1", "http://cam:81/onvif/media?x=1"},
      {"https://cam/onvif/media", "http://cam:81/onvif/media"},
      {" http://[fe80::1]/m http://10.0.0.1/m2 ", "http://cam:81/m"},
      {"/onvif/media", "http://cam:81/onvif/media"},
      {"nonsense", "http://cam:81/onvif/device_service"},
      {"", "http://cam:81/onvif/device_service"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *repaired =
        cg_onvif_address_repair (rows[i].xaddr, "http://cam:81/onvif/device_service");

    g_assert_cmpstr (repaired, ==, rows[i].repaired);
  }
}

static void
test_repair_stream (void)
{
  static const struct {
    const char *uri;
    const char *repaired;
  } rows[] = {
      {"rtsp://10.0.0.1:554/live?a=1&b=2", "rtsp://cam:554/live?a=1&b=2"},
      {"rtsp://127.0.1.1/live", "rtsp://cam/live"},
      {"rtsp://10.0.0.1:554:554/live", "rtsp://cam:554/live"},
      {"rtsp://admin:p@ss@10.0.0.1/live", "rtsp://cam/live"},
      {"rtsp://[fe80::1]:8554/live", "rtsp://cam:8554/live"},
      {"rtsp://10.0.0.1/a b|c", "rtsp://cam/a b|c"},
      {"rtsp://10.0.0.1:80/live", "rtsp://cam/live"},
      {"rtsp://rtsp://10.0.0.1:554/live", "rtsp://cam:554/live"},
      {" RTSP://rtsp://RTSP://10.0.0.1/live ", "rtsp://cam/live"},
      {"rtsp://0.0.0.0/live?url=http://x/", "rtsp://cam/live?url=http://x/"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *repaired =
        cg_onvif_address_repair_stream (rows[i].uri, "http://cam:81/onvif/device_service");

    g_assert_cmpstr (repaired, ==, rows[i].repaired);
  }
}

/* Q60 */
static void
test_channel (void)
{
  static const struct {
    const char *address;
    guint channel;
  } rows[] = {
      {"camera", 0},
      {"camera:8000", 0},
      {"camera/2", 2},
      {"camera:8000/16", 16},
      {"fe80::1/1", 1},
      {"[fe80::1]:80/7", 7},
      {"camera/0", 0},
      {"camera/-1", 0},
      {"camera/2/", 0},
      {"camera/onvif/2", 0},
      {"http://camera/2", 0},
      {"camera/", 0},
      {"camera/99999", 0},
      {"/2", 0},
      {"", 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (cg_onvif_address_get_channel (rows[i].address), ==, rows[i].channel);
}

/* Q7: addresses that are right stay, but for what can be in none */
static void
test_keep_stream (void)
{
  static const struct {
    const char *uri;
    const char *kept;
  } rows[] = {
      {"rtsp://10.0.0.1:554/live", "rtsp://10.0.0.1:554/live"},
      {"rtsp://10.0.0.1:80/live", "rtsp://10.0.0.1:80/live"},
      {"rtsp://u:p@10.0.0.1:554:554/live", "rtsp://10.0.0.1:554/live"},
      {"nonsense", "nonsense"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *kept = cg_onvif_address_repair_stream (rows[i].uri, NULL);

    g_assert_cmpstr (kept, ==, rows[i].kept);
  }
}

/* Q7 */
static void
test_repair_snapshot (void)
{
  static const struct {
    const char *uri;
    const char *told;
    const char *repaired;
  } rows[] = {
      {"http://10.0.0.1/a.jpg?x=1", "http://10.0.0.1/onvif/device_service",
       "http://cam:81/a.jpg?x=1"},
      {"http://10.0.0.1:8080/a.jpg", "http://10.0.0.1/onvif/d", "http://cam:8080/a.jpg"},
      {"http://0.0.0.0:8899/a.jpg", "http://10.0.0.1:8899/onvif/d", "http://cam:81/a.jpg"},
      {"https://10.0.0.1/a.jpg", "http://10.0.0.1/onvif/d", "https://cam/a.jpg"},
      {"http://u:p@10.0.0.1/a.jpg", NULL, "http://cam/a.jpg"},
      {"/a.jpg", NULL, "http://cam:81/a.jpg"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *repaired = cg_onvif_address_repair_snapshot (
        rows[i].uri, rows[i].told, "http://cam:81/onvif/device_service");

    g_assert_cmpstr (repaired, ==, rows[i].repaired);
  }
}

/* What is shown is what may be given back. */
static void
test_shorten (void)
{
  static const struct {
    const char *url;
    const char *shown;
    gboolean names_port;
  } rows[] = {
      {"http://10.0.0.1/onvif/device_service", "10.0.0.1", FALSE},
      {"http://10.0.0.1:80/onvif/device_service", "10.0.0.1", TRUE},
      {"http://10.0.0.1:8899/onvif/device_service", "10.0.0.1:8899", TRUE},
      {"http://[fe80::1]/onvif/device_service", "[fe80::1]", FALSE},
      {"http://[fe80::1]:8899/onvif/device_service", "[fe80::1]:8899", TRUE},
      {"http://[fe80::1%eth0]/onvif/device_service", "[fe80::1%eth0]", FALSE},
      {"https://cam/onvif/device_service", "https://cam", FALSE},
      {"https://cam:8443/onvif/device_service", "https://cam:8443", TRUE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *shown = cg_onvif_address_shorten (rows[i].url);
    g_autofree char *again = cg_onvif_address_normalise (shown, NULL);
    g_autofree char *twice = cg_onvif_address_shorten (again);

    g_assert_cmpstr (shown, ==, rows[i].shown);
    g_assert_cmpstr (twice, ==, shown);
    g_assert_cmpint (cg_onvif_address_names_port (rows[i].url), ==, rows[i].names_port);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onvif/address/normalise", test_normalise);
  g_test_add_func ("/onvif/address/parse", test_parse);
  g_test_add_func ("/onvif/address/repair", test_repair);
  g_test_add_func ("/onvif/address/repair-stream-Q29", test_repair_stream);
  g_test_add_func ("/onvif/address/keep-stream-Q7", test_keep_stream);
  g_test_add_func ("/onvif/address/repair-snapshot-Q7", test_repair_snapshot);
  g_test_add_func ("/onvif/address/shorten", test_shorten);
  g_test_add_func ("/onvif/address/channel-Q60", test_channel);
  return g_test_run ();
}
