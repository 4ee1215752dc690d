/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-mqtt-inbox.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define INBOX_LIMIT 1000 /* beyond, the server has to wait until the main loop has caught up */
#define INBOX_BYTES (16 * 1024 * 1024)
#define INBOX_SLICE 32 /* messages handed up before others get their turn on the main loop */

/* One thing that happened. */
typedef struct {
  CgMqttEvent event;
  char *text;      /* (owned) (nullable) */
  GBytes *message; /* (owned) (nullable) */
} Happening;

struct _CgMqttInbox {
  GMainContext *context; /* (owned) */
  int bell;              /* -1: there was no descriptor to be had */

  /* Main loop only. */
  CgMqttListener listener; /* (nullable) */
  gpointer user_data;

  GMutex lock;       /* guards what follows */
  GQueue happenings; /* (owned) (element-type Happening) */
  gsize n_bytes;
  GSource *handing; /* (owned) (nullable) hands them up */
};

static void
happening_free (Happening *happening)
{
  g_free (happening->text);
  g_clear_pointer (&happening->message, g_bytes_unref);
  g_free (happening);
}

static gsize
happening_get_size (const Happening *happening)
{
  return happening->message != NULL ? g_bytes_get_size (happening->message) : 0;
}

/* Under the lock. */
static gboolean
is_full (CgMqttInbox *self)
{
  return self->happenings.length >= INBOX_LIMIT || self->n_bytes >= INBOX_BYTES;
}

static Happening *
pop (CgMqttInbox *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  const gboolean was_full = is_full (self);
  Happening *happening = g_queue_pop_head (&self->happenings);

  if (happening == NULL) {
    g_clear_pointer (&self->handing, g_source_unref);
    return NULL;
  }
  self->n_bytes -= happening_get_size (happening);
  if (was_full && !is_full (self))
    cg_mqtt_inbox_ring (self); /* the thread may read again */
  return happening;
}

static gboolean
hand_up (gpointer user_data)
{
  CgMqttInbox *self = user_data;

  for (guint i = 0; i < INBOX_SLICE; i++) {
    Happening *happening = pop (self);
    if (happening == NULL)
      return G_SOURCE_REMOVE;
    if (self->listener != NULL)
      self->listener (happening->event, happening->text, happening->message, self->user_data);
    happening_free (happening);
  }
  return G_SOURCE_CONTINUE;
}

/**
 * cg_mqtt_inbox_new:
 * @listener: told what happens, in the calling thread's main context
 * @user_data: for @listener
 *
 * Returns: (transfer full): an empty inbox
 */
CgMqttInbox *
cg_mqtt_inbox_new (CgMqttListener listener, gpointer user_data)
{
  CgMqttInbox *self = g_atomic_rc_box_new0 (CgMqttInbox);

  self->context = g_main_context_ref_thread_default ();
  self->listener = listener;
  self->user_data = user_data;
  g_queue_init (&self->happenings);
  g_mutex_init (&self->lock);
  self->bell = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  return self;
}

static void
inbox_clear (gpointer data)
{
  CgMqttInbox *self = data;

  g_queue_clear_full (&self->happenings, (GDestroyNotify)happening_free);
  g_clear_pointer (&self->handing, g_source_unref);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  if (self->bell >= 0)
    close (self->bell);
}

/**
 * cg_mqtt_inbox_unref:
 * @self: (transfer full): an inbox
 */
void
cg_mqtt_inbox_unref (CgMqttInbox *self)
{
  g_atomic_rc_box_release_full (self, inbox_clear);
}

/**
 * cg_mqtt_inbox_detach:
 * @self: an inbox
 *
 * Its listener hears nothing any more. On the main loop.
 */
void
cg_mqtt_inbox_detach (CgMqttInbox *self)
{
  self->listener = NULL;
  self->user_data = NULL;
}

/**
 * cg_mqtt_inbox_post:
 * @self: an inbox
 * @event: what has happened
 * @text: (nullable): words about it
 * @message: (nullable): what came in
 *
 * From the thread to the main loop. A source of our own: g_main_context_invoke() would call back in
 * this very thread whenever nobody happens to own the context.
 */
void
cg_mqtt_inbox_post (CgMqttInbox *self, CgMqttEvent event, const char *text, GBytes *message)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  Happening *happening = g_new0 (Happening, 1);

  happening->event = event;
  happening->text = g_strdup (text);
  happening->message = message != NULL ? g_bytes_ref (message) : NULL;
  g_queue_push_tail (&self->happenings, happening);
  self->n_bytes += happening_get_size (happening);
  if (self->handing != NULL)
    return;
  self->handing = g_idle_source_new ();
  g_source_set_priority (self->handing, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->handing, hand_up, g_atomic_rc_box_acquire (self),
                         (GDestroyNotify)cg_mqtt_inbox_unref);
  g_source_attach (self->handing, self->context);
}

/**
 * cg_mqtt_inbox_is_full:
 * @self: an inbox
 *
 * Returns: whether the thread should read no more; the bell rings when there is room again
 */
gboolean
cg_mqtt_inbox_is_full (CgMqttInbox *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  return is_full (self);
}

/**
 * cg_mqtt_inbox_get_bell:
 * @self: an inbox
 *
 * Returns: a descriptor that can be read when the thread is to look up; -1 if there was none left
 */
int
cg_mqtt_inbox_get_bell (CgMqttInbox *self)
{
  return self->bell;
}

/**
 * cg_mqtt_inbox_ring:
 * @self: an inbox
 *
 * Wakes the thread. From any thread.
 */
void
cg_mqtt_inbox_ring (CgMqttInbox *self)
{
  const guint64 one = 1;

  if (self->bell >= 0 && write (self->bell, &one, sizeof one) < 0 && errno != EAGAIN)
    g_critical ("cannot wake the MQTT thread: %s", g_strerror (errno));
}

/**
 * cg_mqtt_inbox_hush:
 * @self: an inbox
 *
 * The thread has heard the bell.
 */
void
cg_mqtt_inbox_hush (CgMqttInbox *self)
{
  guint64 count = 0;

  if (read (self->bell, &count, sizeof count) < 0)
    g_debug ("woken for nothing");
}
