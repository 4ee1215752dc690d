/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-gateway.h"

#include "cg-clock-dummy.h"
#include "cg-error.h"
#include "cg-test.h"

typedef struct {
  char *dir;
  char *state_dir;
  char *witness; /* where the commands leave their traces */
  CgClockDummy *clock;
  CgStore *store;
  CgGateway *gateway;
  guint ends;        /* of restarts */
  GError *end_error; /* (nullable): of the last one */
  gboolean is_done;
  gint is_gone; /* atomic */
  GError *error;
  CgBoxFacts *facts;
} Fixture;

static void
on_reboot_ended (CgGateway *gateway, GError *error, Fixture *fixture)
{
  fixture->ends++;
  g_clear_error (&fixture->end_error);
  fixture->end_error = error != NULL ? g_error_copy (error) : NULL;
}

static void
begin (Fixture *fixture)
{
  fixture->store = cg_store_new (fixture->state_dir);
  fixture->gateway = cg_gateway_new (fixture->store, CG_CLOCK (fixture->clock), fixture->dir);
  g_signal_connect (fixture->gateway, "reboot-ended", G_CALLBACK (on_reboot_ended), fixture);
  cg_gateway_open (fixture->gateway);
}

/* Whoever let go last, and in which thread. */
static void
on_gone (gpointer user_data, GObject *gateway)
{
  Fixture *fixture = user_data;

  g_atomic_int_set (&fixture->is_gone, TRUE);
  g_main_context_wakeup (NULL);
}

static gboolean
is_gone (gpointer user_data)
{
  Fixture *fixture = user_data;

  return g_atomic_int_get (&fixture->is_gone);
}

/* A command that still runs keeps it. */
static void
end (Fixture *fixture)
{
  cg_test_flush (fixture->store);
  fixture->is_gone = FALSE;
  g_object_weak_ref (G_OBJECT (fixture->gateway), on_gone, fixture);
  g_object_unref (fixture->gateway);
  cg_test_wait_for (is_gone, fixture, "the gateway's end");
  cg_test_flush (fixture->store);
  g_object_unref (fixture->store); /* its thread may still hold it for a moment */
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = cg_test_make_dir ();
  fixture->state_dir = g_build_filename (fixture->dir, "state", NULL);
  fixture->witness = g_build_filename (fixture->dir, "witness", NULL);
  fixture->clock = cg_clock_dummy_new ();
  begin (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  end (fixture);
  g_assert_cmpuint (cg_clock_dummy_count_sources (fixture->clock), ==, 0);
  g_assert_finalize_object (fixture->clock);
  g_clear_error (&fixture->end_error);
  g_clear_error (&fixture->error);
  g_clear_pointer (&fixture->facts, cg_box_facts_unref);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->state_dir);
  g_free (fixture->witness);
}

/* The command writes its last argument into the witness and ends with this status. */
static void
configure (Fixture *fixture, int status)
{
  g_autofree char *text =
      g_strdup_printf ("#!/bin/sh\nfor last; do :; done\necho \"$# $last\" > '%s.new'\n"
                       "mv '%s.new' '%s'\nexit %d\n",
                       fixture->witness, fixture->witness, fixture->witness, status);
  g_autofree char *script = cg_test_write_file (fixture->dir, "script", text, 0700);
  g_autofree char *command = g_strdup_printf ("'%s' 'one word'", script);
  const CgConfig config = {.device = {.reboot_command = command, .clock_command = command}};

  cg_gateway_apply (fixture->gateway, &config);
}

static gboolean
has_witness (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return g_file_test (fixture->witness, G_FILE_TEST_EXISTS);
}

static gboolean
has_ended (gpointer user_data)
{
  const Fixture *fixture = user_data;

  return fixture->ends > 0;
}

static void
test_reboot (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  configure (fixture, 0);
  g_assert_true (cg_gateway_plan_reboot (fixture->gateway, 5000, &error));
  g_assert_no_error (error);
  cg_clock_dummy_advance (fixture->clock, 4999);
  cg_test_flush (fixture->store);
  g_assert_false (has_witness (fixture));
  cg_clock_dummy_advance (fixture->clock, 1);
  cg_test_wait_for (has_witness, fixture, "the command");

  g_assert_cmpuint (fixture->ends, ==, 0);
  end (fixture);
  begin (fixture);

  g_assert_cmpuint (fixture->ends, ==, 1);
  g_assert_no_error (fixture->end_error);
  end (fixture);
  begin (fixture);
  g_assert_cmpuint (fixture->ends, ==, 1);
}

static void
test_reboot_forgotten (Fixture *fixture, gconstpointer data)
{
  configure (fixture, 0);
  g_assert_true (cg_gateway_plan_reboot (fixture->gateway, 5000, NULL));

  cg_gateway_forget_reboot (fixture->gateway);

  g_assert_cmpuint (cg_clock_dummy_count_sources (fixture->clock), ==, 0);
}

static void
test_reboot_fails (Fixture *fixture, gconstpointer data)
{
  configure (fixture, 3);
  g_assert_true (cg_gateway_plan_reboot (fixture->gateway, 0, NULL));
  cg_clock_dummy_advance (fixture->clock, 0);

  cg_test_wait_for (has_ended, fixture, "the end");

  g_assert_error (fixture->end_error, CG_ERROR, CG_ERROR_INTERNAL);
  g_assert_nonnull (g_strrstr (fixture->end_error->message, "status 3"));
  end (fixture);
  begin (fixture);
  g_assert_cmpuint (fixture->ends, ==, 1);
}

/* Somebody has taken the command away meanwhile: it is told, and no life to come believes it. */
static void
test_reboot_unconfigured (Fixture *fixture, gconstpointer data)
{
  const CgConfig none = {0};

  configure (fixture, 0);
  g_assert_true (cg_gateway_plan_reboot (fixture->gateway, 1000, NULL));
  cg_gateway_apply (fixture->gateway, &none);
  cg_clock_dummy_advance (fixture->clock, 1000);

  cg_test_wait_for (has_ended, fixture, "the end");

  g_assert_error (fixture->end_error, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
  end (fixture);
  begin (fixture);
  g_assert_cmpuint (fixture->ends, ==, 1);
}

static void
on_clock_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_clear_error (&fixture->error);
  cg_gateway_set_clock_finish (CG_GATEWAY (object), result, &fixture->error);
  fixture->is_done = TRUE;
}

static void
set_clock (Fixture *fixture)
{
  fixture->is_done = FALSE;
  cg_gateway_set_clock_async (fixture->gateway, G_GINT64_CONSTANT (1600000000999), on_clock_set,
                              fixture);
  cg_test_wait_for_flag (&fixture->is_done, "the clock");
}

static void
test_clock (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  configure (fixture, 0);
  set_clock (fixture);

  g_assert_no_error (fixture->error);
  g_assert_true (g_file_get_contents (fixture->witness, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "2 1600000000\n");
}

/* One that ignores a polite request, and so does what it has started. */
static void
configure_hanging (Fixture *fixture)
{
  g_autofree char *text =
      g_strdup_printf ("#!/bin/sh\ntrap '' TERM\n: > '%s'\nsleep 1000\n", fixture->witness);
  g_autofree char *script = cg_test_write_file (fixture->dir, "hanging", text, 0700);
  const CgConfig config = {.device = {.clock_command = script}, .firmware = {.command = script}};

  cg_gateway_apply (fixture->gateway, &config);
}

static void
on_installed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_clear_error (&fixture->error);
  cg_gateway_install_finish (CG_GATEWAY (object), result, &fixture->error);
  fixture->is_done = TRUE;
}

/* What hangs is ended, and only one sets the clock at a time. */
static void
test_command_hangs (Fixture *fixture, gconstpointer data)
{
  configure_hanging (fixture);
  cg_gateway_set_clock_async (fixture->gateway, 1000, on_clock_set, fixture);
  cg_test_wait_for (has_witness, fixture, "the command");
  set_clock (fixture);
  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INTERNAL);
  g_assert_cmpstr (fixture->error->message, ==, "clock-command runs already");

  fixture->is_done = FALSE;
  cg_clock_dummy_advance (fixture->clock, 30000);
  cg_clock_dummy_advance (fixture->clock, 5000);
  cg_test_wait_for_flag (&fixture->is_done, "the end of the command");

  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INTERNAL);
  g_assert_nonnull (g_strrstr (fixture->error->message, "not done in 30 s"));
  configure (fixture, 0);
  set_clock (fixture);
  g_assert_no_error (fixture->error);
}

static void
test_installer_hangs (Fixture *fixture, gconstpointer data)
{
  configure_hanging (fixture);
  cg_gateway_install_async (fixture->gateway, "file", on_installed, fixture);
  cg_test_wait_for (has_witness, fixture, "the command");

  cg_clock_dummy_advance (fixture->clock, 30 * 60 * 1000 - 1);
  g_assert_cmpuint (cg_clock_dummy_count_sources (fixture->clock), ==, 1);
  cg_clock_dummy_advance (fixture->clock, 1);
  cg_clock_dummy_advance (fixture->clock, 5000);
  cg_test_wait_for_flag (&fixture->is_done, "the end of the command");

  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_INTERNAL);
}

static void
test_nothing_configured (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (cg_gateway_plan_reboot (fixture->gateway, 0, &error));
  g_assert_error (error, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
  set_clock (fixture);
  g_assert_error (fixture->error, CG_ERROR, CG_ERROR_NOT_SUPPORTED);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_clear_pointer (&fixture->facts, cg_box_facts_unref);
  fixture->facts = cg_gateway_read_finish (CG_GATEWAY (object), result, NULL);
  fixture->is_done = TRUE;
}

static void
read_box (Fixture *fixture)
{
  fixture->is_done = FALSE;
  cg_gateway_read_async (fixture->gateway, on_read, fixture);
  cg_test_wait_for_flag (&fixture->is_done, "facts");
}

static void
on_read_again (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GPtrArray *answers = user_data;

  g_ptr_array_add (answers, cg_gateway_read_finish (CG_GATEWAY (object), result, NULL));
}

static gboolean
has_three (gpointer user_data)
{
  const GPtrArray *answers = user_data;

  return answers->len == 3;
}

/* A disk that hangs takes one thread, however many ask. */
static void
test_read_is_shared (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) answers =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cg_box_facts_unref);
  CgBoxFacts *first;

  for (guint i = 0; i < 3; i++)
    cg_gateway_read_async (fixture->gateway, on_read_again, answers);
  cg_test_wait_for (has_three, answers, "three answers");

  first = answers->pdata[0];
  g_assert_true (answers->pdata[1] == first);
  g_assert_true (answers->pdata[2] == first);
  read_box (fixture);
  g_assert_true (fixture->facts != first);
}

static void
put (Fixture *fixture, const char *path, const char *text)
{
  g_autofree char *full = g_build_filename (fixture->dir, path, NULL);
  g_autofree char *dir = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, text, -1, NULL));
}

static void
test_facts (Fixture *fixture, gconstpointer data)
{
  put (fixture, "sys/class/dmi/id/sys_vendor", "Example Ltd.\n");
  put (fixture, "sys/class/dmi/id/product_name", "To be filled by O.E.M.\n");
  put (fixture, "sys/class/dmi/id/product_serial", "\n");
  put (fixture, "proc/uptime", "123.45 400.00\n");
  put (fixture, "proc/stat", "cpu  10 1 5 100 4 2 3 0 0 0\ncpu0 1 1 1 1\n");
  put (fixture, "proc/meminfo", "MemTotal:  2000 kB\nMemFree: 5 kB\nMemAvailable: 1500 kB\n");
  put (fixture, "proc/net/dev",
       "Inter-|   Receive\n face |bytes\n    lo: 7 0 0 0 0 0 0 0 7 0 0 0 0 0 0 0\n"
       "  eth0: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0\n"
       "  eth1:  500 1 0 0 0 0 0 0  100 1 0 0 0 0 0 0\n");
  put (fixture, "proc/net/route", "Iface\tDestination\neth1\t0000000A\t0\neth0\t00000000\t01\n");
  put (fixture, "sys/class/net/eth0/address", "02:00:5E:00:53:01\n");

  read_box (fixture);

  g_assert_cmpstr (fixture->facts->manufacturer, ==, "Example Ltd.");
  g_assert_null (fixture->facts->model);
  g_assert_null (fixture->facts->serial_number);
  g_assert_cmpuint (fixture->facts->uptime_s, ==, 123);
  g_assert_cmpuint (fixture->facts->cpu_total, ==, 125);
  g_assert_cmpuint (fixture->facts->cpu_busy, ==, 21);
  g_assert_cmpuint (fixture->facts->memory_total, ==, 2000 * 1024);
  g_assert_cmpuint (fixture->facts->memory_free, ==, 1500 * 1024);
  g_assert_cmpuint (fixture->facts->rx_bytes, ==, 1500);
  g_assert_cmpuint (fixture->facts->tx_bytes, ==, 2100);
  g_assert_cmpstr (fixture->facts->mac, ==, "02:00:5e:00:53:01");
}

/* A board with a device tree; and a machine that says nothing at all. */
static void
test_few_facts (Fixture *fixture, gconstpointer data)
{
  read_box (fixture);
  g_assert_null (fixture->facts->manufacturer);
  g_assert_cmpuint (fixture->facts->memory_total, ==, 0);
  g_assert_cmpuint (fixture->facts->cpu_total, ==, 0);

  put (fixture, "proc/device-tree/model", "Example Board 3");
  put (fixture, "proc/device-tree/serial-number", "0000beef");
  put (fixture, "proc/stat", "cpu\n");
  put (fixture, "proc/net/dev", "eth0:\nnonsense\n: 1\n");
  read_box (fixture);

  g_assert_cmpstr (fixture->facts->model, ==, "Example Board 3");
  g_assert_cmpstr (fixture->facts->serial_number, ==, "0000beef");
  g_assert_cmpuint (fixture->facts->rx_bytes, ==, 0);
}

#define ADD(name, func) g_test_add ("/gateway/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
  ADD ("reboot", test_reboot);
  ADD ("reboot-forgotten", test_reboot_forgotten);
  ADD ("reboot-fails", test_reboot_fails);
  ADD ("command-hangs", test_command_hangs);
  ADD ("installer-hangs", test_installer_hangs);
  ADD ("reboot-unconfigured", test_reboot_unconfigured);
  ADD ("clock", test_clock);
  ADD ("nothing-configured", test_nothing_configured);
  ADD ("read-is-shared", test_read_is_shared);
  ADD ("facts", test_facts);
  ADD ("few-facts", test_few_facts);
  return g_test_run ();
}
