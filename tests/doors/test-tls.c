/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gio/gio.h>
#include <string.h>

#include "cg-test.h"
#include "mqtt-fixture.h"

/* A CA, and certificates made by it, in a temporary folder. Made once: keys take their time. */
static char *dir;

static void G_GNUC_NULL_TERMINATED
run_openssl (const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  int status = 0;
  va_list arguments;

  g_ptr_array_add (argv, (gpointer) "openssl");
  va_start (arguments, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (arguments, const char *))
    g_ptr_array_add (argv, (gpointer)argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);

  g_spawn_sync (dir, (char **)argv->pdata, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

#define NEW_KEY "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"

static void
make_ca (const char *name)
{
  g_autofree char *key = g_strconcat (name, ".key", NULL);
  g_autofree char *cert = g_strconcat (name, ".pem", NULL);
  g_autofree char *subject = g_strconcat ("/CN=", name, NULL);

  run_openssl ("req", "-x509", NEW_KEY, "-keyout", key, "-out", cert, "-subj", subject, "-days",
               "2", NULL);
}

/* @extension: such as subjectAltName=…; @days may be negative: expired */
static void
make_certificate_by (const char *ca, const char *name, const char *extension, const char *days)
{
  g_autofree char *key = g_strconcat (name, ".key", NULL);
  g_autofree char *request = g_strconcat (name, ".csr", NULL);
  g_autofree char *cert = g_strconcat (name, ".pem", NULL);
  g_autofree char *subject = g_strconcat ("/CN=", name, NULL);
  g_autofree char *file = g_strconcat (name, ".ext", NULL);
  g_autofree char *ca_cert = g_strconcat (ca, ".pem", NULL);
  g_autofree char *ca_key = g_strconcat (ca, ".key", NULL);

  g_free (cg_test_write_file (dir, file, extension, 0600));
  run_openssl ("req", NEW_KEY, "-keyout", key, "-out", request, "-subj", subject, NULL);
  run_openssl ("x509", "-req", "-in", request, "-CA", ca_cert, "-CAkey", ca_key, "-CAcreateserial",
               "-out", cert, "-days", days, "-extfile", file, NULL);
}

static void
make_certificate (const char *name, const char *extension, const char *days)
{
  make_certificate_by ("ca", name, extension, days);
}

/* What the CA takes back stands in crl.pem. */
static void
take_back (const char *name)
{
  g_autofree char *cert = g_strconcat (name, ".pem", NULL);

  g_free (cg_test_write_file (dir, "index.txt", "", 0600));
  g_free (cg_test_write_file (dir, "ca.conf",
                              "[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\n"
                              "default_md=sha256\ndefault_crl_days=2\n",
                              0600));
  run_openssl ("ca", "-config", "ca.conf", "-keyfile", "ca.key", "-cert", "ca.pem", "-revoke", cert,
               NULL);
  run_openssl ("ca", "-config", "ca.conf", "-keyfile", "ca.key", "-cert", "ca.pem", "-gencrl",
               "-out", "crl.pem", NULL);
}

static void
make_all (void)
{
  dir = cg_test_make_dir ();
  make_ca ("ca");
  make_ca ("other-ca");
  make_certificate ("right", "subjectAltName=DNS:localhost,IP:127.0.0.1\n", "2");
  make_certificate ("wrong-name", "subjectAltName=DNS:elsewhere.example\n", "2");
  make_certificate ("expired", "subjectAltName=DNS:localhost\n", "-1");
  make_certificate ("client", "extendedKeyUsage=clientAuth\n", "2");
  make_certificate ("client-expired", "extendedKeyUsage=clientAuth\n", "-1");
  make_certificate ("client-revoked", "extendedKeyUsage=clientAuth\n", "2");
  make_certificate ("client-no-client", "extendedKeyUsage=serverAuth\n", "2");
  make_certificate_by ("other-ca", "client-stranger", "extendedKeyUsage=clientAuth\n", "2");
  take_back ("client-revoked");
}

static Broker *
make_broker (guint16 port, const char *certificate, const char *more)
{
  g_autofree char *settings = g_strdup_printf ("allow_anonymous true\n"
                                               "certfile %s/%s.pem\nkeyfile %s/%s.key\n%s",
                                               dir, certificate, dir, certificate, more);

  return broker_new (port, settings);
}

/* It connects. */
static CgDoor *
make_door (const char *host, guint16 port, const char *more)
{
  g_autofree char *settings = g_strdup_printf ("servers=mqtts://%s:%u\n%s", host, port, more);
  CgDoor *door = mqtt_door_new (settings);

  door_open (door);
  return door;
}

typedef struct {
  const char *certificate;
  const char *host;
  const char *ca;      /* (nullable): the system's */
  const char *trouble; /* (nullable): it works */
} Row;

static const Row rows[] = {
    {"right", "localhost", "ca", NULL},
    {"right", "127.0.0.1", "ca", NULL},
    {"wrong-name", "localhost", "ca", "host name verification failed"},
    {"wrong-name", "127.0.0.1", "ca", "host name verification failed"},
    {"expired", "localhost", "ca", "certificate has expired"},
    {"right", "localhost", "other-ca", "certificate: unable to get local issuer certificate"},
    {"right", "localhost", NULL, "certificate: unable to get local issuer certificate"},
};

static gboolean
is_decided (gpointer user_data)
{
  const DoorLog *log = user_data;

  return log->is_up || cg_mqtt_door_get_trouble (CG_MQTT_DOOR (log->door)) != NULL;
}

static void
test_server_certificate (gconstpointer data)
{
  const Row *row = data;
  const guint16 port = broker_find_free_port ();
  g_autoptr (Broker) broker G_GNUC_UNUSED = make_broker (port, row->certificate, "");
  g_autofree char *ca =
      row->ca == NULL ? g_strdup ("") : g_strdup_printf ("ca-file=%s/%s.pem", dir, row->ca);
  g_autoptr (CgDoor) door = make_door (row->host, port, ca);
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);

  cg_test_wait_for (is_decided, &log, "the end of the handshake");

  const char *trouble = cg_mqtt_door_get_trouble (CG_MQTT_DOOR (door));
  if (row->trouble == NULL)
    g_assert_cmpstr (trouble, ==, NULL);
  else if (trouble == NULL || strstr (trouble, row->trouble) == NULL)
    g_error ("'%s' lacks '%s'", trouble, row->trouble);
  g_assert_cmpint (door_log_close (&log), <, 2000);
}

typedef struct {
  const char *name;
  const char *certificate; /* (nullable): none */
  const char *key;         /* (nullable) */
  const char *trouble;     /* (nullable): it works */
} ClientRow;

/* The known one first: the library's first TLS connection sets up what all share. */
static const ClientRow client_rows[] = {
    {"known", "client", "client", NULL},
    {"absent", NULL, NULL, "refuses us: certificate required"},
    {"expired", "client-expired", "client-expired", "refuses us: certificate expired"},
    {"revoked", "client-revoked", "client-revoked", "refuses us: certificate revoked"},
    {"of-another-ca", "client-stranger", "client-stranger", "refuses us: unknown ca"},
    {"not-for-clients", "client-no-client", "client-no-client",
     "refuses us: unsupported certificate"},
    {"key-of-another", "client", "client-expired", "client key file"},
};

/* In one try of some the connection is gone before its last words are heard. */
#define NOTHING_HEARD "perhaps for our certificate"

typedef struct {
  DoorLog *log;
  const char *trouble;
} Refusal;

static gboolean
is_told (gpointer user_data)
{
  const Refusal *self = user_data;
  const char *trouble = cg_mqtt_door_get_trouble (CG_MQTT_DOOR (self->log->door));

  if (trouble == NULL || self->trouble == NULL)
    return is_decided (self->log);
  if (strstr (trouble, self->trouble) == NULL && strstr (trouble, NOTHING_HEARD) == NULL)
    g_error ("'%s' lacks '%s'", trouble, self->trouble);
  return strstr (trouble, self->trouble) != NULL;
}

static void
test_client_certificate (gconstpointer data)
{
  const ClientRow *row = data;
  const guint16 port = broker_find_free_port ();
  g_autofree char *demand = g_strdup_printf (
      "cafile %s/ca.pem\ncrlfile %s/crl.pem\nrequire_certificate true\n", dir, dir);
  g_autoptr (Broker) broker G_GNUC_UNUSED = make_broker (port, "right", demand);
  g_autofree char *keys = row->certificate == NULL
                              ? g_strdup ("")
                              : g_strdup_printf ("cert-file=%s/%s.pem\nkey-file=%s/%s.key", dir,
                                                 row->certificate, dir, row->key);
  g_autofree char *settings = g_strdup_printf ("ca-file=%s/ca.pem\n%s", dir, keys);
  g_auto (DoorLog) log = {0};

  g_autoptr (CgDoor) door = make_door ("localhost", port, settings);
  door_log_init (&log, door);
  Refusal refusal = {&log, row->trouble};
  cg_test_wait_for (is_told, &refusal, "the end of the handshake");

  g_assert_cmpint (log.is_up, ==, row->trouble == NULL);
  g_assert_cmpint (door_log_close (&log), <, 2000);
}

static void
test_plain_server_behind_tls_address (void)
{
  const guint16 port = broker_find_free_port ();
  g_autoptr (Broker) broker G_GNUC_UNUSED = broker_new (port, NULL);
  g_autoptr (CgDoor) door = make_door ("localhost", port, "");
  g_auto (DoorLog) log = {0};
  door_log_init (&log, door);

  cg_test_wait_for (is_decided, &log, "the end of the handshake");

  g_assert_false (log.is_up);
  door_log_close (&log);
}

int
main (int argc, char **argv)
{
  g_autofree char *openssl = g_find_program_in_path ("openssl");

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* trouble is what we make */
  if (openssl == NULL) {
    g_print ("1..0 # SKIP openssl is not installed\n");
    return 0;
  }
  make_all ();
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path =
        g_strdup_printf ("/tls/server/%s-at-%s-by-%s", rows[i].certificate, rows[i].host,
                         rows[i].ca != NULL ? rows[i].ca : "system");
    g_test_add_data_func (path, &rows[i], test_server_certificate);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (client_rows); i++) {
    g_autofree char *path = g_strdup_printf ("/tls/client/%s", client_rows[i].name);
    g_test_add_data_func (path, &client_rows[i], test_client_certificate);
  }
  g_test_add_func ("/tls/plain-server-behind-tls-address", test_plain_server_behind_tls_address);
  const int status = g_test_run ();
  cg_test_remove_dir (dir);
  g_free (dir);
  return status;
}
