/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-notify.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <unistd.h>

#include "cg-clock.h"
#include "cg-main.h"

struct _CgNotify {
  GObject parent_instance;

  GSocket *socket;         /* (owned) (nullable) unset without a service manager */
  GSocketAddress *address; /* (owned) (nullable) */
  gint64 watchdog_us;      /* 0: none */
  GSource *watchdog;       /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (CgNotify, cg_notify, G_TYPE_OBJECT)

static void
cg_notify_dispose (GObject *object)
{
  CgNotify *self = CG_NOTIFY (object);

  cg_clear_source (&self->watchdog);
  g_clear_object (&self->socket);
  g_clear_object (&self->address);
  G_OBJECT_CLASS (cg_notify_parent_class)->dispose (object);
}

static void
cg_notify_class_init (CgNotifyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cg_notify_dispose;
}

static void
cg_notify_init (CgNotify *self)
{
}

static GSocketAddress *
make_address (const char *text)
{
  if (text == NULL)
    return NULL;
  if (text[0] == '/')
    return g_unix_socket_address_new (text);
  if (text[0] == '@')
    return g_unix_socket_address_new_with_type (text + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_warning ("NOTIFY_SOCKET=%s: only Unix sockets are known", text);
  return NULL;
}

/* A service manager that does not read must not stop us: the socket does not block. */
static void
send_text (CgNotify *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (self->socket == NULL)
    return;
  if (g_socket_send_to (self->socket, self->address, text, strlen (text), NULL, &error) < 0)
    g_warning ("cannot tell the service manager %s: %s", text, error->message);
}

static gboolean
feed_watchdog (gpointer user_data)
{
  send_text (user_data, "WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

/**
 * cg_notify_new_for_address:
 * @address: (nullable): path of a datagram socket, or `@` and an abstract name; %NULL: nobody
 *   wants to know
 * @watchdog_us: microseconds after which silence counts as death, 0 for none
 *
 * Returns: (transfer full): a voice towards the service manager
 */
CgNotify *
cg_notify_new_for_address (const char *address, gint64 watchdog_us)
{
  CgNotify *self = g_object_new (CG_TYPE_NOTIFY, NULL);
  g_autoptr (GError) error = NULL;

  self->address = make_address (address);
  if (self->address == NULL)
    return self;
  self->watchdog_us = watchdog_us;
  self->socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM,
                               G_SOCKET_PROTOCOL_DEFAULT, &error);
  if (self->socket == NULL)
    g_warning ("cannot reach the service manager: %s", error->message);
  else
    g_socket_set_blocking (self->socket, FALSE);
  return self;
}

static gint64
get_watchdog_us (void)
{
  const char *pid = g_getenv ("WATCHDOG_PID");
  const char *text = g_getenv ("WATCHDOG_USEC");
  guint64 number = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &number, NULL))
    return 0;
  return pid == NULL || g_ascii_strtoll (pid, NULL, 10) == getpid () ? (gint64)number : 0;
}

/**
 * cg_notify_new:
 *
 * Takes the address from the environment, as sd_notify(3) describes, and removes it there so that
 * programs we start do not speak for us. Before threads are started.
 *
 * Returns: (transfer full): a voice towards the service manager; without one it is silent
 */
CgNotify *
cg_notify_new (void)
{
  CgNotify *self = cg_notify_new_for_address (g_getenv ("NOTIFY_SOCKET"), get_watchdog_us ());

  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");
  g_unsetenv ("WATCHDOG_PID");
  return self;
}

/**
 * cg_notify_ready:
 * @self: a voice
 *
 * Doors are open and the configuration is applied, for the first time or again. From now on the
 * watchdog is fed by the calling thread's main loop, at twice the rate that is asked for: when
 * this loop hangs, the service manager starts us anew.
 */
void
cg_notify_ready (CgNotify *self)
{
  g_return_if_fail (CG_IS_NOTIFY (self));
  CG_ON_MAIN ();

  send_text (self, "READY=1");
  if (self->socket == NULL || self->watchdog_us <= 0 || self->watchdog != NULL)
    return;
  self->watchdog = g_timeout_source_new ((guint)CLAMP (self->watchdog_us / 2000, 1, G_MAXINT));
  g_source_set_callback (self->watchdog, feed_watchdog, self, NULL);
  g_source_attach (self->watchdog, g_main_context_get_thread_default ());
}

/**
 * cg_notify_reloading:
 * @self: a voice
 *
 * The configuration is read again; cg_notify_ready() follows, whether it was accepted or not.
 */
void
cg_notify_reloading (CgNotify *self)
{
  g_return_if_fail (CG_IS_NOTIFY (self));

  g_autofree char *text =
      g_strdup_printf ("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time ());
  send_text (self, text);
}

/**
 * cg_notify_stopping:
 * @self: a voice
 *
 * The end has begun.
 */
void
cg_notify_stopping (CgNotify *self)
{
  g_return_if_fail (CG_IS_NOTIFY (self));

  send_text (self, "STOPPING=1");
}
