/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-door.h"

G_BEGIN_DECLS

/* Records what a door tells. */
typedef struct {
  CgDoor *door;
  GQueue messages; /* (element-type GBytes) */
  gboolean is_up;
  guint n_ups;
  guint n_downs;
  guint n_refused;
  guint n_dropped;
  gboolean is_closed;
  GError *close_error;
} DoorLog;

/* It is told to connect; that alone must not fail. */
void door_open (CgDoor *door);

void door_log_init (DoorLog *self, CgDoor *door);
void door_log_clear (DoorLog *self);

void door_log_wait_for_up (DoorLog *self);
void door_log_wait_for_down (DoorLog *self);
char *door_log_wait_for_message (DoorLog *self);
GBytes *door_log_wait_for_bytes (DoorLog *self);
gint64 door_log_close (DoorLog *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DoorLog, door_log_clear)

G_END_DECLS
