/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PROTOCOL.md section 4, firmware: how a file is got, and who waits for whom. */
#include "cg-firmware.h"

#include <string.h>

#include "cg-clock-dummy.h"
#include "cg-error.h"
#include "cg-test.h"
#include "firmware-shop.h"

#define LENGTH 200000
#define PAUSE_MS 60000 /* the longest between two tries */

typedef struct {
  char *dir;
  char *content;
  char *md5;
  Shop shop;
  CgClockDummy *clock;
  CgStore *store;
  CgFirmware *firmware;
  CgFirmwareConfig config;
  GString *told;     /* "a10 " for state 1, result 0 of device a */
  GString *percents; /* "10 20 " */
  GString *resumed;  /* "a V1>V2 " */
  gboolean holds;    /* who installs is not ready yet */
  gboolean hands;    /* who installs may have ended us at once */
  gboolean is_prepared;
  char *installing; /* (nullable) did */
} Fixture;

static void
on_changed (CgFirmware *firmware, const char *did, const CgFirmwareOrder *order, Fixture *fixture)
{
  if (order->percent > 0)
    g_string_append_printf (fixture->percents, "%u ", order->percent);
  else
    g_string_append_printf (fixture->told, "%s%d%d ", did, (int)order->state, (int)order->result);
}

static void
on_prepare (CgFirmware *firmware, const char *did, CgFirmwareOrder *order, Fixture *fixture)
{
  order->before = g_strdup ("V1");
  order->is_handed = fixture->hands;
  fixture->is_prepared = TRUE;
}

static void
on_install (
    CgFirmware *firmware, const char *did, const char *path, const char *version, Fixture *fixture)
{
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_cmpmem (content, length, fixture->content, LENGTH);
  g_free (fixture->installing);
  fixture->installing = g_strdup (did);
  if (!fixture->holds)
    cg_firmware_end (firmware, did, CG_FIRMWARE_DONE, NULL);
}

static void
on_resume (CgFirmware *firmware, const char *did, const CgFirmwareOrder *order, Fixture *fixture)
{
  g_string_append_printf (fixture->resumed, "%s %s>%s ", did, order->before,
                          order->version != NULL ? order->version : "?");
}

static void
begin (Fixture *fixture)
{
  fixture->store = cg_store_new (fixture->dir);
  fixture->firmware = cg_firmware_new (fixture->store, CG_CLOCK (fixture->clock));
  g_signal_connect (fixture->firmware, "changed", G_CALLBACK (on_changed), fixture);
  g_signal_connect (fixture->firmware, "prepare", G_CALLBACK (on_prepare), fixture);
  g_signal_connect (fixture->firmware, "install", G_CALLBACK (on_install), fixture);
  g_signal_connect (fixture->firmware, "resume", G_CALLBACK (on_resume), fixture);
  cg_firmware_apply (fixture->firmware, &fixture->config);
  cg_firmware_open (fixture->firmware);
}

/* A download that is under way holds it until it has noticed. */
static void
end (Fixture *fixture)
{
  gpointer firmware = fixture->firmware;

  cg_firmware_close (fixture->firmware);
  g_object_add_weak_pointer (firmware, &firmware);
  cg_test_flush (fixture->store);
  g_object_unref (fixture->firmware);
  while (firmware != NULL)
    g_main_context_iteration (NULL, TRUE);
  cg_test_flush (fixture->store);
  g_object_unref (fixture->store);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = cg_test_make_dir ();
  fixture->content = g_malloc (LENGTH);
  for (guint i = 0; i < LENGTH; i++)
    fixture->content[i] = (char)(i * 7 + i / 256);
  fixture->md5 =
      g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *)fixture->content, LENGTH);
  fixture->config = (CgFirmwareConfig){.max_mib = 1};
  fixture->told = g_string_new (NULL);
  fixture->percents = g_string_new (NULL);
  fixture->resumed = g_string_new (NULL);
  fixture->clock = cg_clock_dummy_new ();
  shop_open (&fixture->shop, fixture->content, LENGTH);
  begin (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  end (fixture);
  shop_close (&fixture->shop);
  g_assert_cmpuint (cg_clock_dummy_count_sources (fixture->clock), ==, 0);
  g_assert_finalize_object (fixture->clock);
  cg_test_remove_dir (fixture->dir);
  g_string_free (fixture->told, TRUE);
  g_string_free (fixture->percents, TRUE);
  g_string_free (fixture->resumed, TRUE);
  g_free (fixture->installing);
  g_free (fixture->content);
  g_free (fixture->md5);
  g_free (fixture->dir);
}

/* Returns whether it is accepted. */
static gboolean
order (Fixture *fixture, const char *did, const char *uri, const char *md5, const char *version)
{
  g_autofree char *here = shop_make_uri (&fixture->shop, "localhost");
  const CgFirmwareOrder wanted = {.uri = (char *)(uri != NULL ? uri : here),
                                  .md5 = (char *)(md5 != NULL ? md5 : fixture->md5),
                                  .version = (char *)version};
  g_autoptr (GError) error = NULL;
  const gboolean is_accepted = cg_firmware_order (fixture->firmware, did, &wanted, &error);

  g_assert_true (is_accepted || g_error_matches (error, CG_ERROR, CG_ERROR_INTERNAL));
  return is_accepted;
}

/* Pauses between tries are over at once. */
static gboolean
is_quiet (gpointer user_data)
{
  Fixture *fixture = user_data;
  const CgFirmwareOrder *ordered = cg_firmware_find (fixture->firmware, "a");

  if (cg_clock_dummy_count_sources (fixture->clock) > 0)
    cg_clock_dummy_advance (fixture->clock, PAUSE_MS);
  return ordered->state == CG_FIRMWARE_IDLE && ordered->place == 0;
}

static gboolean
is_done (gpointer user_data)
{
  Fixture *fixture = user_data;

  return is_quiet (fixture) && g_str_has_suffix (fixture->told->str, "01 ");
}

static gboolean
is_installing (gpointer user_data)
{
  Fixture *fixture = user_data;

  is_quiet (fixture);
  return fixture->installing != NULL;
}

static gboolean
has_no_file (gpointer user_data)
{
  const Fixture *fixture = user_data;
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (name, ".bin"))
      return FALSE;
  }
  return TRUE;
}

#define ZEROS "00000000000000000000000000000000"
#define HERE NULL

/* PROTOCOL.md section 4: every failure has its result, and leaves nothing behind. */
static void
test_results (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *what;
    ShopManner manner;
    guint status;
    const char *uri;
    const char *md5;
    guint reserve_mib;
    CgFirmwareResult result;
    guint requests;
  } rows[] = {
      {"all is well", SHOP_GOOD, 0, HERE, NULL, 0, CG_FIRMWARE_DONE, 1},
      {"one break", SHOP_CUTS_ONCE, 0, HERE, NULL, 0, CG_FIRMWARE_DONE, 2},
      {"no length", SHOP_NO_LENGTH, 0, HERE, NULL, 0, CG_FIRMWARE_DONE, 1},
      {"no length, and four breaks", SHOP_FIFTHS, 0, HERE, NULL, 0, CG_FIRMWARE_DONE, 5},
      {"no length, four breaks, and another checksum", SHOP_FIFTHS, 0, HERE, ZEROS, 0,
       CG_FIRMWARE_NOT_VERIFIED, 6},
      {"no length, and another checksum", SHOP_NO_LENGTH, 0, HERE, ZEROS, 0,
       CG_FIRMWARE_NOT_VERIFIED, 2},
      {"larger than told", SHOP_TELLS_TOO_MUCH, 0, HERE, NULL, 0, CG_FIRMWARE_NO_ROOM, 1},
      {"larger than allowed", SHOP_SENDS_TOO_MUCH, 0, HERE, NULL, 0, CG_FIRMWARE_NO_ROOM, 1},
      {"a full disk", SHOP_GOOD, 0, HERE, NULL, 1 << 30, CG_FIRMWARE_NO_ROOM, 1},
      {"ten breaks, and more each time", SHOP_DRIPS, 0, HERE, NULL, 0, CG_FIRMWARE_DONE, 10},
      {"breaks, and from the beginning each time", SHOP_BEGINS_ANEW, 0, HERE, NULL, 0,
       CG_FIRMWARE_LOST, 7},
      {"six breaks", SHOP_CUTS, 0, HERE, NULL, 0, CG_FIRMWARE_LOST, 6},
      {"a server in trouble", SHOP_STATUS, 503, HERE, NULL, 0, CG_FIRMWARE_LOST, 6},
      {"a server that is busy", SHOP_STATUS, 429, HERE, NULL, 0, CG_FIRMWARE_LOST, 6},
      {"another part", SHOP_OTHER_PART, 0, HERE, NULL, 0, CG_FIRMWARE_LOST, 6},
      {"nobody listens", SHOP_GOOD, 0, "http://127.0.0.1:1/f", NULL, 0, CG_FIRMWARE_LOST, 0},
      {"another checksum", SHOP_GOOD, 0, HERE, ZEROS, 0, CG_FIRMWARE_NOT_VERIFIED, 1},
      {"nothing there", SHOP_STATUS, 404, HERE, NULL, 0, CG_FIRMWARE_BAD_URI, 1},
      {"forbidden", SHOP_STATUS, 403, HERE, NULL, 0, CG_FIRMWARE_BAD_URI, 1},
      {"a word", SHOP_GOOD, 0, "firmware", NULL, 0, CG_FIRMWARE_BAD_URI, 0},
      {"no host", SHOP_GOOD, 0, "http:///f", NULL, 0, CG_FIRMWARE_BAD_URI, 0},
      {"ftp", SHOP_GOOD, 0, "ftp://h/f", NULL, 0, CG_FIRMWARE_BAD_PROTOCOL, 0},
      {"a file of ours", SHOP_GOOD, 0, "file:///etc/passwd", NULL, 0, CG_FIRMWARE_BAD_PROTOCOL, 0},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].what);
    shop_forget (&fixture->shop);
    fixture->shop.manner = rows[i].manner;
    fixture->shop.status = rows[i].status;
    fixture->config.reserve_mib = rows[i].reserve_mib;
    cg_firmware_apply (fixture->firmware, &fixture->config);

    g_assert_true (order (fixture, "a", rows[i].uri, rows[i].md5, NULL));
    cg_test_wait_for (is_quiet, fixture, rows[i].what);

    g_assert_cmpint (cg_firmware_find (fixture->firmware, "a")->result, ==, rows[i].result);
    g_assert_cmpuint (shop_count (&fixture->shop), ==, rows[i].requests);
    cg_test_wait_for (has_no_file, fixture, "the file's end");
  }
}

static void
test_resumed (Fixture *fixture, gconstpointer data)
{
  fixture->shop.manner = SHOP_CUTS_ONCE;

  order (fixture, "a", NULL, NULL, NULL);
  cg_test_wait_for (is_done, fixture, "the end");

  g_assert_cmpuint (shop_get_start (&fixture->shop, 0), ==, 0);
  g_assert_cmpuint (shop_get_start (&fixture->shop, 1), ==, LENGTH / 2);
  g_assert_cmpstr (fixture->told->str, ==, "a10 a20 a30 a01 ");
  g_assert_cmpstr (fixture->percents->str, !=, "100 ");
  g_assert_true (g_str_has_suffix (fixture->percents->str, "100 "));
}

static void
on_result (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static gboolean
is_there (gpointer user_data)
{
  return *(gpointer *)user_data != NULL;
}

/* Who sends a byte now and then must not keep the others waiting for ever: a try that brings next
 * to nothing is over, and counts as one that brought nothing. */
static void
test_too_slow (Fixture *fixture, gconstpointer data)
{
  static const ShopManner manners[] = {SHOP_LITTLE, SHOP_LITTLE_HEAD};

  for (gsize i = 0; i < G_N_ELEMENTS (manners); i++) {
    g_autofree char *uri = shop_make_uri (&fixture->shop, "localhost");
    g_autofree char *path = g_build_filename (fixture->dir, "slow", NULL);
    const CgDownloadOptions options = {.uri = uri,
                                       .path = path,
                                       .md5 = fixture->md5,
                                       .max_bytes = 10 * LENGTH,
                                       .patience_ms = 200};
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    fixture->shop.manner = manners[i];
    cg_download_run_async (&options, NULL, on_result, &result);
    cg_test_wait_for (is_there, &result, "the end of the try");

    g_assert_cmpint (cg_download_run_finish (result, &error), ==, CG_FIRMWARE_LOST);
    g_assert_nonnull (strstr (error->message, "the server sends less than"));
    g_assert_false (cg_download_has_grown (result));
  }
}

/* After a power cut the end of a file may be anything. */
static void
test_resumed_on_rubbish (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("firmware-%s.bin", fixture->md5);

  g_free (cg_test_write_file (fixture->dir, name, "rubbish", 0600));

  order (fixture, "a", NULL, NULL, NULL);
  cg_test_wait_for (is_done, fixture, "the end");

  g_assert_cmpuint (shop_get_start (&fixture->shop, 0), ==, strlen ("rubbish"));
  g_assert_cmpuint (shop_get_start (&fixture->shop, 1), ==, 0);
  g_assert_cmpuint (shop_count (&fixture->shop), ==, 2);
}

/* One at a time for the box; each device has an order of its own. */
static void
test_queue (Fixture *fixture, gconstpointer data)
{
  fixture->holds = TRUE;
  g_assert_true (order (fixture, "a", NULL, NULL, "V2"));
  g_assert_true (order (fixture, "c", NULL, NULL, "V2"));
  g_assert_true (order (fixture, "b", NULL, NULL, "V3"));
  cg_test_wait_for (is_installing, fixture, "the first one");

  g_assert_true (order (fixture, "a", NULL, NULL, "V2"));
  g_assert_true (order (fixture, "b", NULL, NULL, "V3"));
  g_assert_true (order (fixture, "b", "http://127.0.0.1/f?sig=2", NULL, "V3"));
  g_assert_false (order (fixture, "a", NULL, NULL, "V3"));
  g_assert_false (order (fixture, "b", NULL, NULL, "V2"));
  g_assert_cmpstr (fixture->told->str, ==, "a10 a20 a30 ");
  g_assert_cmpint (cg_firmware_find (fixture->firmware, "b")->state, ==, CG_FIRMWARE_IDLE);

  fixture->holds = FALSE;
  cg_firmware_end (fixture->firmware, "b", CG_FIRMWARE_NOT_SUPPORTED, NULL);
  cg_firmware_end (fixture->firmware, "a", CG_FIRMWARE_DONE, NULL);
  cg_test_wait_for (is_done, fixture, "the end of a");
  g_string_truncate (fixture->told, 0);
  cg_test_wait_for (is_done, fixture, "the end of c");

  g_assert_cmpstr (fixture->told->str, ==, "c10 c20 c30 c01 ");
  g_assert_cmpint (cg_firmware_find (fixture->firmware, "b")->result, ==,
                   CG_FIRMWARE_NOT_SUPPORTED);
}

/* The same file for several, one after the other: none takes it away from the next. */
static void
test_same_file_twice (Fixture *fixture, gconstpointer data)
{
  order (fixture, "b", NULL, NULL, NULL);
  order (fixture, "a", NULL, NULL, NULL);

  cg_test_wait_for (is_done, fixture, "the end of both");

  g_assert_cmpstr (fixture->told->str, ==, "b10 b20 b30 b01 a10 a20 a30 a01 ");
}

static void
test_restart_while_it_waits (Fixture *fixture, gconstpointer data)
{
  fixture->holds = TRUE;
  order (fixture, "b", NULL, NULL, "V2");
  order (fixture, "c", NULL, NULL, "V2");
  order (fixture, "a", NULL, NULL, NULL);
  end (fixture);

  fixture->holds = FALSE;
  begin (fixture);
  cg_test_wait_for (is_done, fixture, "the end of all");

  g_assert_cmpstr (fixture->told->str, ==, "b10 b20 b30 b01 c10 c20 c30 c01 a10 a20 a30 a01 ");
}

/* Whoever installs is asked what became of it; the others go on waiting. */
static void
test_restart_while_it_installs (Fixture *fixture, gconstpointer data)
{
  fixture->holds = TRUE;
  order (fixture, "a", NULL, NULL, NULL);
  order (fixture, "b", NULL, NULL, "V2");
  cg_test_wait_for (is_installing, fixture, "the installer");
  cg_firmware_hand (fixture->firmware, "a");
  end (fixture);

  begin (fixture);
  g_assert_cmpstr (fixture->resumed->str, ==, "a V1>? ");
  g_assert_false (order (fixture, "a", NULL, NULL, "V9"));
  fixture->holds = FALSE;
  g_string_truncate (fixture->told, 0);
  cg_firmware_end (fixture->firmware, "a", CG_FIRMWARE_FAILED, NULL);
  cg_test_wait_for (is_done, fixture, "the end of both");

  g_assert_cmpstr (fixture->told->str, ==, "a08 b10 b20 b30 b01 ");
}

/* Nothing of it had gone to the device: it is given to it again, without another download. */
static void
test_restart_before_it_installs (Fixture *fixture, gconstpointer data)
{
  fixture->holds = TRUE;
  order (fixture, "a", NULL, NULL, "V2");
  cg_test_wait_for (is_installing, fixture, "the installer");
  end (fixture);

  fixture->holds = FALSE;
  g_string_truncate (fixture->told, 0);
  begin (fixture);
  cg_test_wait_for (is_done, fixture, "the end");

  g_assert_cmpstr (fixture->resumed->str, ==, "");
  g_assert_cmpstr (fixture->told->str, ==, "a10 a20 a30 a01 ");
  g_assert_cmpuint (shop_count (&fixture->shop), ==, 2);
  g_assert_cmpuint (shop_get_start (&fixture->shop, 1), ==, LENGTH);
}

static gboolean
is_prepared (gpointer user_data)
{
  Fixture *fixture = user_data;

  is_quiet (fixture);
  return fixture->is_prepared;
}

/* We end while it is noted that the installer begins: it has not begun. */
static void
test_end_before_it_installs (Fixture *fixture, gconstpointer data)
{
  fixture->hands = TRUE;
  order (fixture, "a", NULL, NULL, "V2");
  cg_test_wait_for (is_prepared, fixture, "the note");
  end (fixture);
  g_assert_null (fixture->installing);

  g_string_truncate (fixture->told, 0);
  begin (fixture);
  cg_test_wait_for (is_done, fixture, "the end");

  g_assert_cmpstr (fixture->resumed->str, ==, "");
  g_assert_cmpstr (fixture->told->str, ==, "a10 a20 a30 a01 ");
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name = NULL;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_suffix (name, ".bin") ? 1 : 0;
  return n;
}

static gboolean
has_no_files (gpointer user_data)
{
  return count_files (user_data) == 0;
}

/* It is unbound: what it has ordered goes with it, unless it is under way. */
static void
test_forgotten (Fixture *fixture, gconstpointer data)
{
  order (fixture, "b", NULL, NULL, "V2");
  order (fixture, "c", NULL, NULL, "V2");
  order (fixture, "a", NULL, NULL, "V2");

  cg_firmware_forget (fixture->firmware, "b");
  cg_firmware_forget (fixture->firmware, "c");
  cg_test_wait_for (is_done, fixture, "the end of the last one");

  g_assert_cmpstr (fixture->told->str, ==, "b10 b20 b30 b01 a10 a20 a30 a01 ");
  cg_firmware_forget (fixture->firmware, "b");
  g_assert_null (cg_firmware_find (fixture->firmware, "b"));
  g_assert_null (cg_firmware_find (fixture->firmware, "c"));
}

/* What an earlier life has left, and nobody waits for. */
static void
test_orphans (Fixture *fixture, gconstpointer data)
{
  end (fixture);
  g_free (cg_test_write_file (fixture->dir, "firmware-0123.bin", "x", 0600));
  g_free (cg_test_write_file (fixture->dir, "firmware.txt", "x", 0600));

  begin (fixture);

  cg_test_wait_for (has_no_files, fixture, "the end of it");
  g_autofree char *other = g_build_filename (fixture->dir, "firmware.txt", NULL);
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
}

static void
test_edited_file (Fixture *fixture, gconstpointer data)
{
  const char *text = "{\"a\":{\"uri\":\"\",\"md5\":\"x\",\"state\":1},\"b\":5,"
                     "\"c\":{\"uri\":\"http://h/\",\"md5\":\"" ZEROS "\",\"state\":99,"
                     "\"place\":-3,\"result\":77}}";
  g_autofree char *path = NULL;

  end (fixture);
  path = cg_test_write_file (fixture->dir, "firmware.json", text, 0600);
  begin (fixture);

  g_assert_null (cg_firmware_find (fixture->firmware, "a"));
  g_assert_null (cg_firmware_find (fixture->firmware, "b"));
  g_assert_cmpstr (fixture->resumed->str, ==, "c (null)>? ");
}

static GTlsCertificate *
make_certificate (Fixture *fixture, const char *host, char **path)
{
  g_autofree char *pem = g_build_filename (fixture->dir, "server.pem", NULL);
  g_autofree char *names = g_strdup_printf ("subjectAltName=DNS:%s", host);
  const char *const command[] = {
      "openssl", "req",   "-x509", "-newkey", "ec",    "-pkeyopt", "ec_paramgen_curve:prime256v1",
      "-nodes",  "-days", "2",     "-subj",   "/CN=x", "-addext",  names,
      "-keyout", pem,     "-out",  pem,       NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) made =
      g_subprocess_newv (command, G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  GTlsCertificate *certificate;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (made, NULL, &error));
  certificate = g_tls_certificate_new_from_file (pem, &error);
  g_assert_no_error (error);
  *path = g_steal_pointer (&pem);
  return certificate;
}

static void
run_https (Fixture *fixture, const char *host, const char *ca_file)
{
  g_autofree char *uri = shop_make_uri (&fixture->shop, host);

  fixture->config.ca_file = (char *)ca_file;
  cg_firmware_apply (fixture->firmware, &fixture->config);
  order (fixture, "a", uri, NULL, NULL);
  cg_test_wait_for (is_quiet, fixture, "the end");
  cg_test_wait_for (has_no_file, fixture, "the file's end");
}

/* A server that is not who it says is no broken line: it is not tried again. */
static void
test_https (Fixture *fixture, gconstpointer data)
{
  g_autofree char *trusted = NULL;

  fixture->shop.certificate = make_certificate (fixture, "localhost", &trusted);

  run_https (fixture, "localhost", trusted);
  run_https (fixture, "127.0.0.1", trusted);
  run_https (fixture, "localhost", NULL);

  g_assert_cmpstr (fixture->told->str, ==, "a10 a20 a30 a01 a10 a05 a10 a05 ");
  g_assert_cmpuint (shop_count (&fixture->shop), ==, 1);
}

#define ADD(name, func) g_test_add ("/firmware/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
  ADD ("results", test_results);
  ADD ("resumed", test_resumed);
  ADD ("resumed-on-rubbish", test_resumed_on_rubbish);
  ADD ("too-slow", test_too_slow);
  ADD ("queue", test_queue);
  ADD ("same-file-twice", test_same_file_twice);
  ADD ("restart-while-it-waits", test_restart_while_it_waits);
  ADD ("restart-while-it-installs", test_restart_while_it_installs);
  ADD ("restart-before-it-installs", test_restart_before_it_installs);
  ADD ("end-before-it-installs", test_end_before_it_installs);
  ADD ("forgotten", test_forgotten);
  ADD ("orphans", test_orphans);
  ADD ("edited-file", test_edited_file);
  ADD ("https", test_https);
  return g_test_run ();
}
