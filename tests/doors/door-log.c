/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "door-log.h"

#include "cg-test.h"

static void
on_message (CgDoor *door, GBytes *message, gpointer user_data)
{
  DoorLog *self = user_data;

  g_queue_push_tail (&self->messages, g_bytes_ref (message));
}

static void
on_refused (CgDoor *door, GBytes *message, gpointer user_data)
{
  DoorLog *self = user_data;

  self->n_refused++;
}

static void
on_dropped (CgDoor *door, const char *reason, gpointer user_data)
{
  DoorLog *self = user_data;

  self->n_dropped++;
}

static void
on_link_changed (CgDoor *door, gboolean up, gpointer user_data)
{
  DoorLog *self = user_data;

  g_assert_cmpint (self->is_up, !=, up);
  self->is_up = up;
  if (up)
    self->n_ups++;
  else
    self->n_downs++;
}

void
door_open (CgDoor *door)
{
  g_autoptr (GError) error = NULL;

  cg_door_open (door, &error);
  g_assert_no_error (error);
}

void
door_log_init (DoorLog *self, CgDoor *door)
{
  *self = (DoorLog){.door = g_object_ref (door), .messages = G_QUEUE_INIT};
  g_signal_connect (door, "message", G_CALLBACK (on_message), self);
  g_signal_connect (door, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect (door, "dropped", G_CALLBACK (on_dropped), self);
  g_signal_connect (door, "link-changed", G_CALLBACK (on_link_changed), self);
}

void
door_log_clear (DoorLog *self)
{
  if (self->door == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->door, self);
  g_queue_clear_full (&self->messages, (GDestroyNotify)g_bytes_unref);
  g_clear_object (&self->door);
  g_clear_error (&self->close_error);
}

void
door_log_wait_for_up (DoorLog *self)
{
  cg_test_wait_for_flag (&self->is_up, "the link");
}

static gboolean
is_down (gpointer user_data)
{
  const DoorLog *self = user_data;

  return !self->is_up;
}

void
door_log_wait_for_down (DoorLog *self)
{
  cg_test_wait_for (is_down, self, "the end of the link");
}

static gboolean
has_message (gpointer user_data)
{
  DoorLog *self = user_data;

  return self->messages.length > 0;
}

GBytes *
door_log_wait_for_bytes (DoorLog *self)
{
  cg_test_wait_for (has_message, self, "a message from the door");
  return g_queue_pop_head (&self->messages);
}

char *
door_log_wait_for_message (DoorLog *self)
{
  g_autoptr (GBytes) bytes = door_log_wait_for_bytes (self);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DoorLog *self = user_data;

  cg_door_close_finish (CG_DOOR (source), result, &self->close_error);
  self->is_closed = TRUE;
}

/* Returns: milliseconds it took */
gint64
door_log_close (DoorLog *self)
{
  const gint64 begin_us = g_get_monotonic_time ();

  cg_door_close_async (self->door, NULL, closed, self);
  cg_test_wait_for_flag (&self->is_closed, "the door to close");
  return (g_get_monotonic_time () - begin_us) / 1000;
}
