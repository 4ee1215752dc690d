/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-notify.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "cg-test.h"

typedef struct {
  char *dir;
  GSocket *manager;
} Fixture;

static GSocket *
make_manager (GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  GSocket *manager = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM,
                                   G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_bind (manager, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (manager, FALSE);
  return manager;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = cg_test_make_dir ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->manager);
  cg_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

static CgNotify *
make_notify (Fixture *fixture, gint64 watchdog_us)
{
  g_autofree char *path = g_build_filename (fixture->dir, "notify", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  fixture->manager = make_manager (address);
  return cg_notify_new_for_address (path, watchdog_us);
}

static char *
receive (Fixture *fixture)
{
  char buffer[1024] = "";

  return g_socket_receive (fixture->manager, buffer, sizeof buffer - 1, NULL, NULL) > 0
             ? g_strdup (buffer)
             : NULL;
}

#define assert_received(fixture, text)                                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *received = receive (fixture);                                                 \
    g_assert_cmpstr (received, ==, text);                                                          \
  }                                                                                                \
  G_STMT_END

static void
test_tells_its_state (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgNotify) notify = make_notify (fixture, 0);

  cg_notify_ready (notify);
  cg_notify_reloading (notify);
  cg_notify_stopping (notify);

  assert_received (fixture, "READY=1");
  g_autofree char *reloading = receive (fixture);
  g_assert_true (g_str_has_prefix (reloading, "RELOADING=1\nMONOTONIC_USEC="));
  assert_received (fixture, "STOPPING=1");
  assert_received (fixture, NULL);
}

static gboolean
has_datagram (gpointer user_data)
{
  Fixture *fixture = user_data;

  return (g_socket_condition_check (fixture->manager, G_IO_IN) & G_IO_IN) != 0;
}

static void
test_feeds_the_watchdog (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgNotify) notify = make_notify (fixture, 20 * 1000);

  cg_notify_ready (notify);
  assert_received (fixture, "READY=1");

  for (guint i = 0; i < 3; i++) {
    cg_test_wait_for (has_datagram, fixture, "the watchdog's food");
    assert_received (fixture, "WATCHDOG=1");
  }
}

static void
test_abstract_address_from_environment (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("camgate-test-%s", fixture->dir);
  g_autofree char *variable = g_strconcat ("@", name, NULL);
  g_autoptr (GSocketAddress) address =
      g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);

  fixture->manager = make_manager (address);
  g_setenv ("NOTIFY_SOCKET", variable, TRUE);
  g_autoptr (CgNotify) notify = cg_notify_new ();
  cg_notify_ready (notify);

  assert_received (fixture, "READY=1");
  g_assert_null (g_getenv ("NOTIFY_SOCKET"));
}

/* A warning would end the test. */
static void
test_silent_without_manager (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CgNotify) notify = cg_notify_new_for_address (NULL, 1000);

  cg_notify_ready (notify);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/notify/tells-its-state", test_tells_its_state);
  ADD ("/notify/feeds-the-watchdog", test_feeds_the_watchdog);
  ADD ("/notify/abstract-address-from-environment", test_abstract_address_from_environment);
  ADD ("/notify/silent-without-manager", test_silent_without_manager);
  return g_test_run ();
}
