/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cg-server.h"
#include "cg-test.h"
#include "cg-text.h"

#define GATEWAY "[gateway]\ndid=aa1122334455\n"

static CgConfig *
parse (const char *text, GPtrArray *warnings)
{
  g_autoptr (GError) error = NULL;
  CgConfig *config = cg_config_parse (text, -1, "test.conf", warnings, &error);

  g_assert_no_error (error);
  return config;
}

static void
test_defaults (void)
{
  g_autoptr (CgConfig) config = parse (GATEWAY "secret=s\n", NULL);

  g_assert_cmpstr (config->gateway.did, ==, "aa1122334455");
  g_assert_cmpuint (config->cloud.servers->len, ==, 0);
  g_assert_cmpstr (config->cloud.username, ==, "aa1122334455");
  g_assert_cmpstr (config->cloud.password, ==, "s");
  g_assert_cmpstr (config->cloud.client_id, ==, "camgate_aa1122334455");
  g_assert_cmpstr (config->cloud.publish_topic, ==, "messages/%s");
  g_assert_cmpstr (config->cloud.subscribe_topic, ==, "actions/%s");
  g_assert_cmpint (config->cloud.qos, ==, -1);
  g_assert_cmpuint (config->cloud.keep_alive_s, ==, 60);
  g_assert_false (config->cloud.last_will);
  g_assert_true (config->cloud.event_token);
  g_assert_cmpint (config->cloud.reply_shape, ==, CG_REPLY_SHAPE_MIXED);
  g_assert_cmpuint (config->ptz.move_timeout_ms, ==, 5000);
  g_assert_cmpuint (config->ptz.link_grace_ms, ==, 2000);
  g_assert_cmpfloat (config->ptz.speeds[0], ==, 0.33);
  g_assert_cmpfloat (config->ptz.speeds[2], ==, 1.0);
  g_assert_cmpuint (config->stream.play_lease_s, ==, 0);
  g_assert_null (config->discovery.interfaces);
  g_assert_null (config->discovery.hosts);
  g_assert_true (config->discovery.follow);
  g_assert_cmpuint (config->discovery.port, ==, 3702);
  g_assert_cmpuint (config->cameras->len, ==, 0);
}

static const char everything[] = "\n# a comment\n"
                                 "[camera 001122334455]\r\n"
                                 "address = 192.168.1.64:8000 \n"
                                 "username=admin\n"
                                 "password=a=b;#\\n\n"
                                 "name=Hof\xc3\xb6\n"
                                 "profile=Profile_2\n"
                                 "audio=Silent\n"
                                 "transport=udp\n"
                                 "ptz=deny\n"
                                 "[gateway]\ndid=gw\nsecret=s\niccid=1\nimsi=2\n"
                                 "[cloud]\n"
                                 "servers=mqtts://iot.example.com;mqtt://[2001:db8::1]:1884/;\n"
                                 "username=\n"
                                 "client-id=box\npublish-topic=a/%s/b\nqos=0\nkeep-alive=5.5\n"
                                 "last-will=yes\nevent-token=0\nreply-shape=flat\n"
                                 "[ptz]\nmove-timeout=1.5\nlink-grace=0\nspeed-fast=0.9\n"
                                 "[stream]\nmax-streams=3\nplay-lease=90\nstall-timeout=0.2\n"
                                 "[camera rtsp-only]\nprotocol=rtsp\nurl=rtsp://h/x\n";

static void
test_everything_given (void)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CgConfig) config = parse (everything, warnings);
  const CgServer *second = config->cloud.servers->pdata[1];

  g_assert_cmpuint (warnings->len, ==, 0);
  g_assert_cmpuint (config->cloud.servers->len, ==, 2);
  g_assert_cmpstr (second->host, ==, "2001:db8::1");
  g_assert_cmpuint (second->port, ==, 1884);
  g_assert_false (second->tls);
  g_assert_null (config->cloud.username);
  g_assert_null (config->cloud.password);
  g_assert_cmpint (config->cloud.qos, ==, 0);
  g_assert_cmpuint (config->cloud.keep_alive_s, ==, 6);
  g_assert_true (config->cloud.last_will);
  g_assert_false (config->cloud.event_token);
  g_assert_cmpuint (config->ptz.move_timeout_ms, ==, 1500);
  g_assert_cmpuint (config->stream.stall_timeout_ms, ==, 200);
}

static void
test_everything_given_for_a_camera (void)
{
  g_autoptr (CgConfig) config = parse (everything, NULL);
  const CgCameraConfig *camera = config->cameras->pdata[0];

  g_assert_cmpstr (camera->did, ==, "001122334455");
  g_assert_cmpstr (camera->address, ==, "192.168.1.64:8000");
  g_assert_cmpstr (camera->password, ==, "a=b;#\\n");
  g_assert_cmpstr (camera->name, ==, "Hof\xc3\xb6");
  g_assert_cmpint (camera->audio, ==, CG_AUDIO_SILENT);
  g_assert_cmpint (camera->transport, ==, CG_TRANSPORT_UDP);
  g_assert_false (camera->ptz_allowed);
  g_assert_cmpint (cg_config_find_camera (config, "rtsp-only")->protocol, ==, CG_PROTOCOL_RTSP);
  g_assert_null (cg_config_find_camera (config, "other"));
}

typedef struct {
  const char *text;
  const char *message; /* what the error has to name */
} BadRow;

#define CLOUD GATEWAY "[cloud]\n"
#define CAMERA GATEWAY "[camera c]\n"

static const BadRow bad_rows[] = {
    {"", "test.conf: [gateway] did=: is missing"},
    {"[gateway]\n", "[gateway] did=: is missing"},
    {"[gateway]\ndid=a/b\n", "[gateway] did=a/b: did must not"},
    {"[gateway]\ndid=a b\n", "[gateway] did=a b: did must not contain spaces"},
    {"did=x\n", "test.conf: "},
    {"[gateway\ndid=x\n", "test.conf: "},
    {GATEWAY "\xff\n", "line 3 is no UTF-8"},
    {GATEWAY "did=x\n", "[gateway] did: stands twice, in lines 2 and 3"},
    {GATEWAY "[gateway]\nsecret=x\n", "[gateway]: stands twice, in lines 1 and 3"},
    {CLOUD "servers=iot.example.com\n", "[cloud] servers=iot.example.com: "},
    {CLOUD "servers=http://h\n", "does not begin with mqtt://"},
    {CLOUD "servers=mqtt://\n", "is not host[:port]"},
    {CLOUD "servers=mqtt://h:0\n", "port '0'"},
    {CLOUD "servers=mqtt://h:65536\n", "port '65536'"},
    {CLOUD "servers=mqtt://h:\n", "port ''"},
    {CLOUD "servers=mqtt://::1\n", "goes into brackets"},
    {CLOUD "servers=mqtt://[::1\n", "is not host[:port]"},
    {CLOUD "servers=mqtt://[h]\n", "is no IPv6 address"},
    {CLOUD "servers=mqtt://u:p@h\n", "[cloud] servers="},
    {CLOUD "servers=mqtt://h/path\n", "is no host name"},
    {CLOUD "publish-topic=messages\n", "[cloud] publish-topic=messages: must contain %s"},
    {CLOUD "publish-topic=%s/%s\n", "exactly once"},
    {CLOUD "publish-topic=%d\n", "exactly once"},
    {CLOUD "publish-topic=%s%n\n", "exactly once"},
    {CLOUD "subscribe-topic=#/%s\n", "wildcards"},
    {CLOUD "qos=3\n", "[cloud] qos=3: is not auto|0|1|2"},
    {CLOUD "keep-alive=4\n", "is not 5 to 65535"},
    {CLOUD "last-will=maybe\n", "is not false|true"},
    {CLOUD "ca-file=/nonexistent/ca\n", "[cloud] ca-file=/nonexistent/ca: cannot be read"},
    {CLOUD "ca-file=ca.pem\n", "is not an absolute path"},
    {CLOUD "key-file=/etc/passwd\n", "cert-file is missing"},
    {CLOUD "cert-file=/etc/passwd\n", "key-file is missing"},
    {GATEWAY "[ptz]\nmove-timeout=0\n", "[ptz] move-timeout=0: is not 1 to 60"},
    {GATEWAY "[ptz]\nmove-timeout=61\n", "is not 1 to 60"},
    {GATEWAY "[ptz]\nmove-timeout=5s\n", "[ptz] move-timeout=5s: is no number"},
    {GATEWAY "[ptz]\nmove-timeout=0x5\n", "is no number"},
    {GATEWAY "[ptz]\nmove-timeout=nan\n", "is no number"},
    {GATEWAY "[ptz]\nmove-timeout=5,5\n", "is no number"},
    {GATEWAY "[ptz]\nspeed-slow=1.1\n", "[ptz] speed-slow=1.1"},
    {GATEWAY "[stream]\nmax-streams=2.5\n", "is no whole number"},
    {GATEWAY "[discovery]\nhosts=gate; 10.0.0.0/8\n", "more than 256 addresses"},
    {GATEWAY "[device]\nlocation=91;0\n", "[device] location=91;0: is no LATITUDE"},
    {GATEWAY "[device]\npower-sources=poe; sun\n", "is no list of dc|battery|"},
    {GATEWAY "[device]\nreboot-command=reboot\n", "absolute path of a program"},
    {GATEWAY "[device]\nclock-command=/bin/date '\n", "its quotes do not match"},
    {GATEWAY "[camera]\n", "[camera]: did is missing"},
    {GATEWAY "[camera a/b]\naddress=h\n", "[camera a/b]: did must not"},
    {GATEWAY "[camera aa1122334455]\naddress=h\n", "did is the gateway's own"},
    {GATEWAY "[camera c]\naddress=h\n[camera  c]\naddress=h\n", "did c stands twice"},
    {GATEWAY "[camera c]\naddress=h\n[camera c]\naddress=h\n", "stands twice, in lines 3 and 5"},
    {GATEWAY "\n# x\npassword hunter2\n", "test.conf: line 5 is no [group], key=value"},
    {CLOUD "password hunter2 = x\n", "test.conf: line 4 is no [group], key=value"},
    {"[gateway hunter2\ndid=x\n", "test.conf: line 1 is no [group], key=value"},
    {CLOUD "servers=mqtt://u:hunter2@x\n", "[cloud] servers=mqtt://******@x: a login goes"},
    {CLOUD "servers=u:hunter2@x;mqtt://h\n", "[cloud] servers=******@x;mqtt://h: a login"},
    {CLOUD "servers=mqtt://u:hunter2;z@x\n", "[cloud] servers=mqtt://******@x: a login"},
    {CLOUD "servers=mqtt://a\001b\n", "[cloud] servers=mqtt://a?b: contains a control character"},
    {CLOUD "client-id=act\001ions\n", "[cloud] client-id=act?ions: contains a control character"},
    {CLOUD "client-id=x\xef\xbf\xbez\n", "[cloud] client-id=x?z: contains a control character"},
    {CLOUD "username=a\xc2\x85z\n", "[cloud] username=a?z: contains a control character"},
    {CLOUD "password=hunter2\001\n", "[cloud] password=******: contains a control character"},
    {CLOUD "publish-topic=a\001/%s\n", "[cloud] publish-topic=a?/%s: contains a control"},
    {CLOUD "subscribe-topic=a\xef\xb7\x90/%s\n", "[cloud] subscribe-topic=a?/%s: contains a"},
    {"[gateway]\ndid=x\xc2\x85y\n", "[gateway] did=x?y: contains a control character"},
    {"[gateway]\ndid=x\nsecret=hunter2\001\n", "[gateway] secret=******: contains a control"},
    {GATEWAY "iccid=1\002\n", "[gateway] iccid=1?: contains a control character"},
    {GATEWAY "[camera a\xc2\x85z]\naddress=h\n",
     "[camera a?z]: line 3 contains a control character"},
    {GATEWAY "[camera a\001b]\naddress=h\n", "[camera a?b]: line 3 contains a control"},
    {CAMERA "address=h\nname=a\033[2Jb\n", "[camera c] name=a?[2Jb: contains a control"},
    {CAMERA "address=h\npassword=hunter2\x7f\n", "[camera c] password=******: contains a control"},
    {CAMERA "address=u:hunter2%01@h\n", "[camera c] address=******@h: its login contains a"},
    {CAMERA "address=h\nurl=rtsp://u%ff:hunter2@h/\n",
     "[camera c] url=rtsp://******@h/: its login contains a"},
    {CLOUD "ca-file=/etc\n", "[cloud] ca-file=/etc: is no regular file"},
    {CLOUD "key-file=/dev/null\n", "[cloud] key-file=/dev/null: is no regular file"},
    {GATEWAY "[discovery]\nhosts=u:hunter2@x\n", "[discovery] hosts=******@x: "},
    {CAMERA "address=ftp://a:hunter2@h/\n", "[camera c] address=ftp://******@h/: "},
    {CAMERA "address=h\nurl=http://a:hunter2@h/\n", "[camera c] url=http://******@h/: "},
    {CAMERA "address=a\\nb\n", "[camera c] address=a\\nb: "},
    {CAMERA "address=a\001b\n", "[camera c] address=a?b: contains a control character"},
    {CAMERA "address=h\nurl=rtsp://a\001b/\n", "[camera c] url="},
    {CAMERA "name=x\n", "[camera c] address=: is missing"},
    {CAMERA "address=http:/u:hunter2@h\n", "[camera c] address=******@h: is no address: host"},
    {CLOUD "servers=mqtt://h?password=hunter2\n", "'h?password=******' is no host name"},
    {CLOUD "servers=mqtt://[h?pw=hunter2\n", "is not host[:port]"},
    {CAMERA "address=a b\n", "[camera c] address=a b: contains a space"},
    {CAMERA "address=ftp://h\n", "[camera c] address=ftp://h: "},
    {CAMERA "address=h:port\n", "[camera c] address=h:port: is no address: host"},
    {CAMERA "protocol=onvif2\n", "[camera c] protocol=onvif2: is not onvif|rtsp"},
    {CAMERA "protocol=rtsp\n", "[camera c] url=: is missing, protocol=rtsp"},
    {CAMERA "address=h\nurl=http://h/\n", "[camera c] url=http://h/: "},
    {CAMERA "address=h\nurl=rtsp://\n", "[camera c] url=rtsp://: "},
    {CAMERA "address=h\naudio=loud\n", "audio=loud: is not drop|pass|aac|silent"},
    {CAMERA "address=h\nptz=no\n", "is not deny|allow"},
    {CAMERA "address=h\nrepair-addresses=perhaps\n", "is not false|true"},
    {CAMERA "address=h\nsize=big\n", "[camera c] size=big: is no WIDTHxHEIGHT"},
    {CAMERA "address=h\nsize=1280\n", "is no WIDTHxHEIGHT"},
    {CAMERA "address=h\nsize=1280x\n", "is no WIDTHxHEIGHT"},
    {CAMERA "address=h\nsize=0x720\n", "is no WIDTHxHEIGHT"},
    {CAMERA "address=h\nsize=1280x720x2\n", "is no WIDTHxHEIGHT"},
    {CAMERA "address=h\nsize=-1x2\n", "is no WIDTHxHEIGHT"},
    {CAMERA "address=h\npassword=x\npassword-file=/x\n", "password is given as well"},
    {CAMERA "address=h\npassword-file=/nonexistent/x\n",
     "[camera c] password-file=/nonexistent/x: "},
};

static void
test_bad_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++) {
    g_autoptr (GError) error = NULL;

    CgConfig *config = cg_config_parse (bad_rows[i].text, -1, "test.conf", NULL, &error);

    g_assert_null (config);
    g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_assert_true (g_str_has_prefix (error->message, "test.conf: "));
    g_assert_null (strstr (error->message, "hunter2"));
    if (strstr (error->message, bad_rows[i].message) == NULL)
      g_error ("row %u: '%s' lacks '%s'", (guint)i, error->message, bad_rows[i].message);
  }
}

/* What no MQTT packet could carry, and nobody needs. */
static void
test_long_values (void)
{
  static const char *const keys[] = {"client-id", "username", "password", "publish-topic",
                                     "subscribe-topic"};
  g_autofree char *longest = g_strnfill (CG_TEXT_MAX_BYTES - 3, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree char *fits = g_strdup_printf (CLOUD "%s=%s/%%s\n", keys[i], longest);
    g_autofree char *too_long = g_strdup_printf (CLOUD "%s=%sx/%%s\n", keys[i], longest);
    g_autoptr (CgConfig) config = parse (fits, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (config);
    g_assert_null (cg_config_parse (too_long, -1, "test.conf", NULL, &error));
    g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_assert_nonnull (strstr (error->message, keys[i]));
    g_assert_nonnull (strstr (error->message, "is longer than 4096 bytes"));
    g_assert_cmpuint (strlen (error->message), <, 300);
  }
}

typedef struct {
  const char *text;
  const char *warning;
} WarningRow;

static const WarningRow warning_rows[] = {
    {CLOUD "server=mqtt://h\n", "test.conf: [cloud] server: unknown key; did you mean servers?"},
    {CLOUD "client_id=x\n", "[cloud] client_id: unknown key; did you mean client-id?"},
    {CLOUD "Qos=1\n", "did you mean qos?"},
    {CLOUD "zzzzzzzz=1\n", "[cloud] zzzzzzzz: unknown key"},
    {GATEWAY "[ptz]\nmove-timout=3\n", "did you mean move-timeout?"},
    {GATEWAY "[clould]\n", "[clould]: unknown group; did you mean [cloud]?"},
    {GATEWAY "[cmaera x]\n", "[cmaera x]: unknown group; did you mean [camera]?"},
    {GATEWAY "[telephone]\n", "[telephone]: unknown group"},
    {CAMERA "address=h\npasword=geheim\n",
     "[camera c] pasword: unknown key; did you mean password?"},
};

static void
test_warnings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (warning_rows); i++) {
    g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (CgConfig) config = parse (warning_rows[i].text, warnings);

    g_assert_nonnull (config);
    g_assert_cmpuint (warnings->len, ==, 1);
    g_assert_nonnull (strstr (warnings->pdata[0], warning_rows[i].warning));
    g_assert_null (strstr (warnings->pdata[0], "geheim"));
  }
}

typedef struct {
  const char *address;
  const char *settled;
  const char *username;
  const char *password;
} LoginRow;

static const LoginRow login_rows[] = {
    {"h", "h", NULL, NULL},
    {"http://h:80/onvif/device_service", "http://h:80/onvif/device_service", NULL, NULL},
    {"http://admin:p%40ss@h/x", "http://h/x", "admin", "p@ss"},
    {"admin:p:a@h:8000", "h:8000", "admin", "p:a"},
    {"http://admin@h", "http://h", "admin", NULL},
    {"[fe80::1]:80", "[fe80::1]:80", NULL, NULL},
};

static void
test_login_leaves_the_address (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (login_rows); i++) {
    g_autoptr (CgCameraConfig) camera = cg_camera_config_new ("c");
    g_autoptr (GError) error = NULL;
    const char *key = NULL;
    camera->address = g_strdup (login_rows[i].address);

    cg_camera_config_settle (camera, &key, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (camera->address, ==, login_rows[i].settled);
    g_assert_cmpstr (camera->username, ==, login_rows[i].username);
    g_assert_cmpstr (camera->password, ==, login_rows[i].password);
  }
}

static void
test_wanted_size (void)
{
  g_autoptr (CgConfig) config = parse (CAMERA "address=h/2\nsize=1280x720\nrepair-addresses=false\n"
                                              "[camera d]\naddress=h\n",
                                       NULL);
  const CgCameraConfig *given = cg_config_find_camera (config, "c");
  const CgCameraConfig *silent = cg_config_find_camera (config, "d");
  guint width = 1, height = 1;

  g_assert_cmpstr (given->address, ==, "h/2");
  g_assert_false (given->repair_addresses);
  g_assert_true (silent->repair_addresses);
  cg_camera_config_get_size (given, &width, &height);
  g_assert_cmpuint (width, ==, 1280);
  g_assert_cmpuint (height, ==, 720);
  cg_camera_config_get_size (silent, &width, &height);
  g_assert_cmpuint (width, ==, 0);
  g_assert_cmpuint (height, ==, 0);
}

static void
test_own_keys_win_over_the_address (void)
{
  g_autoptr (CgConfig) config =
      parse (CAMERA "address=h\nurl=rtsp://u:p@h/x\nusername=admin\npassword=secret\n", NULL);
  const CgCameraConfig *camera = cg_config_find_camera (config, "c");

  g_assert_cmpstr (camera->url, ==, "rtsp://h/x");
  g_assert_cmpstr (camera->username, ==, "admin");
  g_assert_cmpstr (camera->password, ==, "secret");
}

static void
test_secret_is_not_shown (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup ("[gateway]\ndid=x\nsecret=geheim\nsecret-file=/y\n");

  g_assert_null (cg_config_parse (text, -1, "test.conf", NULL, &error));

  g_assert_null (strstr (error->message, "geheim"));
}

static void
test_secret_files (void)
{
  g_autofree char *dir = cg_test_make_dir ();
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_free (cg_test_write_file (dir, "gateway", "one\n", 0600));
  g_free (cg_test_write_file (dir, "camera", "  two \r\n", 0644));
  g_autofree char *path = cg_test_write_file (dir, "camgate.conf",
                                              "[gateway]\ndid=x\nsecret-file=gateway\n"
                                              "[camera c]\naddress=h\npassword-file=camera\n",
                                              0644);

  g_autoptr (CgConfig) config = cg_config_load (path, warnings, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (config->gateway.secret, ==, "one");
  g_assert_cmpstr (config->cloud.password, ==, "one");
  g_assert_cmpstr (cg_config_find_camera (config, "c")->password, ==, "  two ");
  g_assert_cmpuint (warnings->len, ==, 1);
  g_assert_nonnull (strstr (warnings->pdata[0], "/camera holds secrets"));
  cg_test_remove_dir (dir);
}

static void
test_bad_secret_files (void)
{
  static const char *const contents[] = {"", "\n", "\xff\xfe\n"};

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++) {
    g_autofree char *dir = cg_test_make_dir ();
    g_autoptr (GError) error = NULL;
    g_free (cg_test_write_file (dir, "secret", contents[i], 0600));
    g_autofree char *path =
        cg_test_write_file (dir, "camgate.conf", "[gateway]\ndid=x\nsecret-file=secret\n", 0600);

    g_assert_null (cg_config_load (path, NULL, &error));

    g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_assert_nonnull (strstr (error->message, "[gateway] secret-file=secret: "));
    cg_test_remove_dir (dir);
  }
}

static void
test_credential (void)
{
  g_autofree char *dir = cg_test_make_dir ();
  g_free (cg_test_write_file (dir, "secret", "from systemd\n", 0600));
  g_setenv ("CREDENTIALS_DIRECTORY", dir, TRUE);

  g_autoptr (CgConfig) without = parse (GATEWAY, NULL);
  g_autoptr (CgConfig) with = parse (GATEWAY "secret=own\n", NULL);

  g_assert_cmpstr (without->gateway.secret, ==, "from systemd");
  g_assert_cmpstr (without->cloud.password, ==, "from systemd");
  g_assert_cmpstr (with->gateway.secret, ==, "own");
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  cg_test_remove_dir (dir);
}

static void
test_public_file (void)
{
  static const struct {
    int mode;
    const char *text;
    guint n_warnings;
  } rows[] = {
      {0600, GATEWAY "secret=s\n", 0},
      {0640, GATEWAY "secret=s\n", 0},
      {0644, GATEWAY "secret=s\n", 1},
      {0644, GATEWAY, 0},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *dir = cg_test_make_dir ();
    g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *path = cg_test_write_file (dir, "camgate.conf", rows[i].text, rows[i].mode);

    g_autoptr (CgConfig) config = cg_config_load (path, warnings, NULL);

    g_assert_nonnull (config);
    g_assert_cmpuint (warnings->len, ==, rows[i].n_warnings);
    cg_test_remove_dir (dir);
  }
}

static void
test_absent_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cg_config_load ("/nonexistent/camgate.conf", NULL, &error));

  g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
  g_assert_nonnull (strstr (error->message, "/nonexistent/camgate.conf"));
}

/* Whoever opened the FIFO in the ordinary way would wait for a writer, and the test would hang. */
static void
test_odd_files (void)
{
  g_autofree char *dir = cg_test_make_dir ();
  g_autofree char *fifo = g_build_filename (dir, "fifo", NULL);
  g_autofree char *blanks = g_strnfill (1024 * 1024 + 1, '\n');
  g_autofree char *large = cg_test_write_file (dir, "large", blanks, 0600);
  const char *const rows[][2] = {{fifo, "is no regular file"},
                                 {dir, "is no regular file"},
                                 {"/dev/zero", "is no regular file"},
                                 {large, "is larger than 1 MiB"}};
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strdup_printf (CAMERA "password-file=%s\n", rows[i][0]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) secret_error = NULL;

    g_assert_null (cg_config_load (rows[i][0], NULL, &error));
    g_assert_null (cg_config_parse (text, -1, "test.conf", NULL, &secret_error));

    g_assert_error (error, CG_ERROR, CG_ERROR_INVALID_CONFIG);
    g_assert_true (g_str_has_prefix (error->message, rows[i][0]));
    g_assert_nonnull (strstr (error->message, rows[i][1]));
    g_assert_nonnull (strstr (secret_error->message, "[camera c] password-file="));
    g_assert_nonnull (strstr (secret_error->message, rows[i][1]));
  }
  cg_test_remove_dir (dir);
}

static void
test_windows_text (void)
{
  g_autoptr (CgConfig) config =
      parse ("\xef\xbb\xbf[gateway]\r\ndid=x\r\n\r\n# y\r\nsecret=s", NULL);

  g_assert_cmpstr (config->gateway.did, ==, "x");
  g_assert_cmpstr (config->gateway.secret, ==, "s");
}

static void
test_copy_and_equal (void)
{
  g_autoptr (CgConfig) one = parse (CAMERA "address=h\npassword=p\n", NULL);
  g_autoptr (CgConfig) other = parse (CAMERA "address=h\npassword=q\n", NULL);
  const CgCameraConfig *camera = cg_config_find_camera (one, "c");
  g_autoptr (CgCameraConfig) copy = cg_camera_config_copy (camera);

  g_assert_true (cg_camera_config_equal (camera, copy));
  g_assert_false (cg_camera_config_equal (camera, cg_config_find_camera (other, "c")));
  copy->ptz_allowed = FALSE;
  g_assert_false (cg_camera_config_equal (camera, copy));
}

static void
test_link_equal (void)
{
  g_autoptr (CgConfig) one = parse (CLOUD "servers=mqtt://a\n", NULL);
  g_autoptr (CgConfig) same = parse (CLOUD "servers=mqtt://a:1883\n[ptz]\nlink-grace=1\n", NULL);
  g_autoptr (CgConfig) other = parse (CLOUD "servers=mqtts://a:1883\n", NULL);
  g_autoptr (CgConfig) more = parse (CLOUD "servers=mqtt://a;mqtt://b\n", NULL);

  g_assert_true (cg_cloud_config_equal (&one->cloud, &same->cloud));
  g_assert_true (cg_gateway_config_equal (&one->gateway, &same->gateway));
  g_assert_false (cg_cloud_config_equal (&one->cloud, &other->cloud));
  g_assert_false (cg_cloud_config_equal (&one->cloud, &more->cloud));
}

static void
test_server_text (void)
{
  static const char *const rows[][2] = {
      {"mqtt://h", "mqtt://h:1883"},
      {"MQTTS://h", "mqtts://h:8883"},
      {"mqtt://[::1]", "mqtt://[::1]:1883"},
      {"mqtts://10.0.0.1:443/", "mqtts://10.0.0.1:443"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (CgServer) server = cg_server_parse (rows[i][0], NULL);
    g_autofree char *text = cg_server_to_string (server);

    g_assert_cmpstr (text, ==, rows[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/defaults", test_defaults);
  g_test_add_func ("/config/everything-given", test_everything_given);
  g_test_add_func ("/config/everything-given-for-a-camera", test_everything_given_for_a_camera);
  g_test_add_func ("/config/bad-values", test_bad_values);
  g_test_add_func ("/config/long-values", test_long_values);
  g_test_add_func ("/config/warnings", test_warnings);
  g_test_add_func ("/config/login-leaves-the-address", test_login_leaves_the_address);
  g_test_add_func ("/config/wanted-size", test_wanted_size);
  g_test_add_func ("/config/own-keys-win-over-the-address", test_own_keys_win_over_the_address);
  g_test_add_func ("/config/secret-is-not-shown", test_secret_is_not_shown);
  g_test_add_func ("/config/secret-files", test_secret_files);
  g_test_add_func ("/config/bad-secret-files", test_bad_secret_files);
  g_test_add_func ("/config/credential", test_credential);
  g_test_add_func ("/config/public-file", test_public_file);
  g_test_add_func ("/config/absent-file", test_absent_file);
  g_test_add_func ("/config/odd-files", test_odd_files);
  g_test_add_func ("/config/windows-text", test_windows_text);
  g_test_add_func ("/config/copy-and-equal", test_copy_and_equal);
  g_test_add_func ("/config/link-equal", test_link_equal);
  g_test_add_func ("/config/server-text", test_server_text);
  return g_test_run ();
}
