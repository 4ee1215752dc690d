/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a message is: decides its quality of service, and what goes first when a queue is full. */
typedef enum {
  CG_DOOR_REPLY,
  CG_DOOR_REGISTER,
  CG_DOOR_EVENT,
  CG_DOOR_STREAM,
  CG_N_DOOR_KINDS
} CgDoorKind;

/* A longer message from outside is cut to CG_DOOR_CUT_MESSAGE bytes: it is refused anyway, and
 * the room above counts it by its length (PROTOCOL.md section 1: nothing over 64 KiB). */
#define CG_DOOR_MAX_MESSAGE (1024 * 1024)
#define CG_DOOR_CUT_MESSAGE (64 * 1024 + 1)

#define CG_TYPE_DOOR (cg_door_get_type ())
G_DECLARE_INTERFACE (CgDoor, cg_door, CG, DOOR, GObject)

/**
 * CgDoorInterface:
 * @open: begins to connect or listen, and returns at once
 * @close_async: sends what it can in a bounded time, and says goodbye
 * @send: takes a message to send, now or when the link is up
 * @set_dids: whose messages come in by this door
 *
 * A way to the outside: bytes in, bytes out. Signals on the main loop: `message` (GBytes),
 * `refused` (GBytes), `dropped` (reason) and `link-changed` (gboolean up).
 */
struct _CgDoorInterface {
  GTypeInterface parent_iface;

  gboolean (*open) (CgDoor *self, GError **error);
  void (*close_async) (CgDoor *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*close_finish) (CgDoor *self, GAsyncResult *result, GError **error);
  void (*send) (CgDoor *self, const char *did, CgDoorKind kind, GBytes *message);
  void (*set_dids) (CgDoor *self, const char *const *dids);
};

gboolean cg_door_open (CgDoor *self, GError **error);
void cg_door_close_async (CgDoor *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean cg_door_close_finish (CgDoor *self, GAsyncResult *result, GError **error);
void cg_door_send (CgDoor *self, const char *did, CgDoorKind kind, GBytes *message);
void cg_door_set_dids (CgDoor *self, const char *const *dids);

/* For implementations. */
void cg_door_emit_message (CgDoor *self, GBytes *message);
void cg_door_emit_refused (CgDoor *self, GBytes *message);
void cg_door_emit_dropped (CgDoor *self, const char *reason);
void cg_door_emit_link_changed (CgDoor *self, gboolean up);

G_END_DECLS
