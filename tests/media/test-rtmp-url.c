/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-error.h"
#include "cg-media.h"
#include "cg-rtmp-url.h"

typedef struct {
  const char *url;
  const char *host; /* NULL: refused */
  guint16 port;
  const char *app;
  const char *key;
  const char *tc_url;
  const char *username;
  const char *password;
} UrlRow;

static const UrlRow rows[] = {
    {"rtmp://host/live/001122334455", "host", 1935, "live", "001122334455", "rtmp://host/live"},
    {"RTMP://Host:19350/live/x", "Host", 19350, "live", "x", "rtmp://Host:19350/live"},
    {"rtmps://host/live/x", "host", 443, "live", "x", "rtmps://host/live"},
    {"rtmp://host/app/inst/key?x=y", "host", 1935, "app/inst", "key?x=y", "rtmp://host/app/inst"},
    {"rtmp://host/live/key?a=b/c&d=%2F", "host", 1935, "live", "key?a=b/c&d=%2F",
     "rtmp://host/live"},
    {"rtmp://host/a/b/c/d", "host", 1935, "a/b/c", "d", "rtmp://host/a/b/c"},
    {"rtmp://host/a/b/c/d/e", "host", 1935, "a/b/c", "d/e", "rtmp://host/a/b/c"},
    {"rtmp://host/a/b//c/d", "host", 1935, "a/b", "c/d", "rtmp://host/a/b"},
    {"rtmp://host/live?token=1/key", "host", 1935, "live?token=1", "key",
     "rtmp://host/live?token=1"},
    {"rtmp://[::1]:1936/live/x", "::1", 1936, "live", "x", "rtmp://[::1]:1936/live"},
    {"rtmp://[fe80::1]/live/x", "fe80::1", 1935, "live", "x", "rtmp://[fe80::1]/live"},
    {"rtmp://me:p%40ss@host/live/x", "host", 1935, "live", "x", "rtmp://host/live", "me", "p@ss"},
    {"rtmp://me@host:1/live/x", "host", 1, "live", "x", "rtmp://host:1/live", "me", NULL},
    {"rtmp://host/live"},
    {"rtmp://host/live/"},
    {"rtmp://me%00:p@host/live/x"},
    {"rtmp://me:p%0@host/live/x"},
    {"rtmp://host:99999/live/x"},
    {"rtmp://host:0/live/x"},
    {"rtmp://host:/live/x"},
    {"rtmp://host:1a/live/x"},
    {"rtmp://host/"},
    {"rtmp://host"},
    {"rtmp://host?x/live"},
    {"rtmp:///live/x"},
    {"rtmp://:1935/live/x"},
    {"rtmp://[]/live/x"},
    {"rtmp://[::1/live/x"},
    {"rtmp://[::1]x/live/x"},
    {"rtmp://host/?x=y/z"},
    {"rtmpt://host/live/x"},
    {"rtmpe://host/live/x"},
    {"http://host/live/x"},
    {"rtmp:host/live/x"},
    {"rtmp://host/live/x timeout=1"},
    {"rtmp://host/live/x\r\n"},
    {"rtmp://host/live/\303\244"},
    {"host/live/x"},
    {""},
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const UrlRow *row = &rows[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (CgRtmpUrl) url = cg_rtmp_url_parse (row->url, &error);

    g_test_message ("%s", row->url);
    g_assert_cmpint (cg_media_check_rtmp_url (row->url, NULL), ==, row->host != NULL);
    if (row->host == NULL) {
      g_assert_null (url);
      g_assert_error (error, CG_ERROR, CG_ERROR_BAD_REQUEST);
      g_assert_cmpstr (error->message, ==, "Invalid RTMP URL");
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpstr (url->host, ==, row->host);
    g_assert_cmpuint (url->port, ==, row->port);
    g_assert_cmpstr (url->app, ==, row->app);
    g_assert_cmpstr (url->key, ==, row->key);
    g_assert_cmpstr (url->tc_url, ==, row->tc_url);
    g_assert_cmpstr (url->username, ==, row->username);
    g_assert_cmpstr (url->password, ==, row->password);
  }
}

static void
test_no_url (void)
{
  g_autofree char *path = g_strnfill (3000, 'x');
  g_autofree char *url = g_strconcat ("rtmp://host/live/", path, NULL);

  g_assert_false (cg_media_check_rtmp_url (NULL, NULL));
  g_assert_false (cg_media_check_rtmp_url (url, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rtmp-url/table", test_table);
  g_test_add_func ("/rtmp-url/no-url", test_no_url);
  return g_test_run ();
}
