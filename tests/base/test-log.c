/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-log.h"

#include <string.h>

typedef struct {
  const char *uri;
  const char *shown;
} Row;

static const Row rows[] = {
    {NULL, "(none)"},
    {"", ""},
    {"rtsp://192.168.1.64/Streaming/Channels/101", "rtsp://192.168.1.64/Streaming/Channels/101"},
    {"rtsp://h:554/a?b=c", "rtsp://h:554/a?b=c"},
    {"rtsp://admin:geheim@h/x", "rtsp://******@h/x"},
    {"rtsp://admin@h/x", "rtsp://******@h/x"},
    {"rtsp://admin:p@ss@h:554/x", "rtsp://******@h:554/x"},
    {"rtsp://admin:ge/heim@h/x", "rtsp://******@h/x"},
    {"rtsp://admin:geh?eim@h/x", "rtsp://******@h/x"},
    {"rtsp://admin:geh#eim@h/x", "rtsp://******@h/x"},
    {"rtsp://admin:gehei@m/x@h/y", "rtsp://******@h/y"},
    {"http://h/user@1/x", "http://h/user@1/x"},
    {"http://h:80/user@1/x", "http://h:80/user@1/x"},
    {"rtsp://[fe80::1]:554/x@y", "rtsp://[fe80::1]:554/x@y"},
    {"rtsp://h/s?user=a&password=geheim&channel=1", "rtsp://h/s?user=a&password=******&channel=1"},
    {"rtmp://h/live/c1?token=geheim", "rtmp://h/live/c1?token=******"},
    {"rtmp://h/live/c1?txSecret=geheim&txTime=5", "rtmp://h/live/c1?txSecret=******&txTime=5"},
    {"rtmp://h/live/c1?auth_key=1-0-geheim_1;x=y", "rtmp://h/live/c1?auth_key=******;x=y"},
    {"rtmp://h/live/c1?PASSWORD=geheim", "rtmp://h/live/c1?PASSWORD=******"},
    {"rtsp://h/user=admin_password=geheim_channel=1_stream=0.sdp",
     "rtsp://h/user=admin_password=******_channel=1_stream=0.sdp"},
    {"admin:geheim@h", "******@h"},
    {"a=b=c?=&&==", "a=b=c?=&&=="},
    {"://", "://"},
};

static void
test_uri_hides_credentials (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *shown = cg_log_uri (rows[i].uri);

    g_assert_cmpstr (shown, ==, rows[i].shown);
    g_assert_null (strstr (shown, "geheim"));
  }
}

static const struct {
  const char *name;
  gboolean is_secret;
} name_rows[] = {
    {"password", TRUE},
    {"Passwd", TRUE},
    {"userPassword", TRUE},
    {"ftpPass", TRUE},
    {"pwd", TRUE},
    {"PW", TRUE},
    {"pw2", TRUE},
    {"txSecret", TRUE},
    {"token", TRUE},
    {"accessKey", TRUE},
    {"accessToken", TRUE},
    {"auth", TRUE},
    {"basicAuth", TRUE},
    {"appKey", TRUE},
    {"nwk_key", TRUE},
    {"key", TRUE},
    {"sign", TRUE},
    {"sig", TRUE},
    {"X-Amz-Signature", TRUE},
    {"credentials", TRUE},
    {"keyframe", FALSE},
    {"signal", FALSE},
    {"signalStrength", FALSE},
    {"", FALSE},
    {"profile", FALSE},
    {"username", FALSE},
    {"upward", FALSE},
    {"12", FALSE},
};

/* One table for messages and for addresses. */
static void
test_secret_names (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (name_rows); i++) {
    const char *name = name_rows[i].name;
    g_autofree char *uri = g_strconcat ("http://h/?", name, "=x", NULL);
    g_autofree char *shown = cg_log_uri (uri);

    g_test_message ("%s", name);
    g_assert_cmpint (cg_log_is_secret_name (name, strlen (name)), ==, name_rows[i].is_secret);
    g_assert_cmpint (g_str_has_suffix (shown, "=" CG_LOG_HIDDEN), ==, name_rows[i].is_secret);
  }
}

static void
write_some_lines (void)
{
  cg_log_init (FALSE);
  g_message ("landmark\nforged");
  g_info ("step");
  cg_log_set_verbose (TRUE);
  g_info ("detailed");
  g_log_structured ("Foreign", G_LOG_LEVEL_DEBUG, "MESSAGE", "chatter");
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  g_log_structured ("GStreamer", G_LOG_LEVEL_CRITICAL, "MESSAGE", "complaint");
  g_log_structured ("camgate", G_LOG_LEVEL_CRITICAL, "MESSAGE", "mistake");
}

static void
test_lines (void)
{
  if (g_test_subprocess ()) {
    write_some_lines ();
    return;
  }

  g_test_trap_subprocess (NULL, 0, 0);

  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*message landmark forged\n*info    detailed\n"
                             "*warning complaint\n*bug     mistake\n");
  g_test_trap_assert_stderr_unmatched ("*step*");
  g_test_trap_assert_stderr_unmatched ("*chatter*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/uri-hides-credentials", test_uri_hides_credentials);
  g_test_add_func ("/log/secret-names", test_secret_names);
  g_test_add_func ("/log/lines", test_lines);
  return g_test_run ();
}
