/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-door.h"

#include "cg-main.h"

G_DEFINE_INTERFACE (CgDoor, cg_door, G_TYPE_OBJECT)

enum { SIGNAL_MESSAGE, SIGNAL_REFUSED, SIGNAL_DROPPED, SIGNAL_LINK_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
cg_door_default_init (CgDoorInterface *iface)
{
  /**
   * CgDoor::message:
   * @self: a door
   * @message: what came in, not yet looked at (GBytes)
   */
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", CG_TYPE_DOOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * CgDoor::refused:
   * @self: a door
   * @message: a reply that the other side does not take, and that was given up (GBytes)
   */
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", CG_TYPE_DOOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * CgDoor::dropped:
   * @self: a door
   * @reason: why something that came in is looked at by nobody
   */
  signals[SIGNAL_DROPPED] = g_signal_new ("dropped", CG_TYPE_DOOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * CgDoor::link-changed:
   * @self: a door
   * @up: whether the other side is there now
   */
  signals[SIGNAL_LINK_CHANGED] = g_signal_new ("link-changed", CG_TYPE_DOOR, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

/**
 * cg_door_open:
 * @self: a door, not opened before
 *
 * Begins to connect or to read. Returns at once; what becomes of it is told by `link-changed`.
 *
 * Returns: %FALSE if it cannot even begin
 */
gboolean
cg_door_open (CgDoor *self, GError **error)
{
  g_return_val_if_fail (CG_IS_DOOR (self), FALSE);
  CG_ON_MAIN ();

  return CG_DOOR_GET_IFACE (self)->open (self, error);
}

/**
 * cg_door_close_async:
 * @self: a door
 * @cancellable: (nullable): cancels the waiting, not the closing
 * @callback: called when it is closed, after two seconds at the latest
 * @user_data: for @callback
 *
 * Sends what waits as far as the other side takes it, says goodbye. What has come in before that is
 * still told by `message`, until it is closed.
 */
void
cg_door_close_async (CgDoor *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (CG_IS_DOOR (self));
  CG_ON_MAIN ();

  CG_DOOR_GET_IFACE (self)->close_async (self, cancellable, callback, user_data);
}

/**
 * cg_door_close_finish:
 * @self: a door
 * @result: what the callback got
 *
 * Returns: %FALSE with an error if messages were left behind
 */
gboolean
cg_door_close_finish (CgDoor *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CG_IS_DOOR (self), FALSE);

  return CG_DOOR_GET_IFACE (self)->close_finish (self, result, error);
}

/**
 * cg_door_send:
 * @self: a door
 * @did: whose message it is
 * @kind: what it is
 * @message: one JSON object, without a line break
 *
 * Sends as soon as the link is up. A door keeps a bounded number of messages.
 */
void
cg_door_send (CgDoor *self, const char *did, CgDoorKind kind, GBytes *message)
{
  g_return_if_fail (CG_IS_DOOR (self));
  g_return_if_fail (did != NULL && message != NULL);
  g_return_if_fail ((int)kind >= 0 && kind < CG_N_DOOR_KINDS);
  CG_ON_MAIN ();

  CG_DOOR_GET_IFACE (self)->send (self, did, kind, message);
}

/**
 * cg_door_set_dids:
 * @self: a door
 * @dids: all cameras whose messages come in by this door; the gateway's own always do
 *
 * Only the difference is asked for. May be called at any time.
 */
void
cg_door_set_dids (CgDoor *self, const char *const *dids)
{
  g_return_if_fail (CG_IS_DOOR (self));
  g_return_if_fail (dids != NULL);
  CG_ON_MAIN ();

  CG_DOOR_GET_IFACE (self)->set_dids (self, dids);
}

/**
 * cg_door_emit_message:
 * @self: a door
 * @message: what came in
 *
 * For implementations: hands a message up, on the main loop.
 */
void
cg_door_emit_message (CgDoor *self, GBytes *message)
{
  CG_ON_MAIN ();
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
}

/**
 * cg_door_emit_refused:
 * @self: a door
 * @message: a reply, as it was to be sent
 *
 * For implementations: the other side does not take it; on the main loop.
 */
void
cg_door_emit_refused (CgDoor *self, GBytes *message)
{
  CG_ON_MAIN ();
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, message);
}

/**
 * cg_door_emit_dropped:
 * @self: a door
 * @reason: why
 *
 * For implementations: something came in that is looked at by nobody; on the main loop.
 */
void
cg_door_emit_dropped (CgDoor *self, const char *reason)
{
  CG_ON_MAIN ();
  g_signal_emit (self, signals[SIGNAL_DROPPED], 0, reason);
}

/**
 * cg_door_emit_link_changed:
 * @self: a door
 * @up: whether the other side is there
 *
 * For implementations: tells about the link, on the main loop.
 */
void
cg_door_emit_link_changed (CgDoor *self, gboolean up)
{
  CG_ON_MAIN ();
  g_signal_emit (self, signals[SIGNAL_LINK_CHANGED], 0, up);
}
