/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl-interrupt.h"
#include "cg-ctl-target.h"

G_BEGIN_DECLS

/* What a key means. Below CG_CTL_KEY_STOP: a direction of PROTOCOL.md section 4, ptz. */
typedef enum {
  CG_CTL_KEY_STOP = 10,
  CG_CTL_KEY_LEAVE,
  CG_CTL_KEY_SLOW,
  CG_CTL_KEY_MEDIUM,
  CG_CTL_KEY_FAST,
  CG_CTL_KEY_PRESET, /* + 0…9 */
  CG_CTL_KEY_OTHER = CG_CTL_KEY_PRESET + 10,
} CgCtlKey;

/* What is to be done now. */
typedef enum {
  CG_CTL_HOLD_NOTHING,
  CG_CTL_HOLD_START,
  CG_CTL_HOLD_STOP,
} CgCtlHoldAction;

/**
 * CgCtlHold:
 * @direction: of the key that is held; -1: none
 *
 * Holds a key as a terminal shows it: the same key again and again; its release is silence. Pure.
 */
typedef struct {
  int direction;
  gboolean repeats;
  gint64 last_key_ms;
  gint64 last_start_ms;
} CgCtlHold;

#define CG_CTL_HOLD_INIT ((CgCtlHold){.direction = -1})

gsize cg_ctl_key_read (const char *bytes, gsize length, CgCtlKey *key);

CgCtlHoldAction cg_ctl_hold_press (CgCtlHold *self, guint direction, gint64 now_ms);
CgCtlHoldAction cg_ctl_hold_tick (CgCtlHold *self, gint64 now_ms);
gboolean cg_ctl_hold_release (CgCtlHold *self);
gint64 cg_ctl_hold_get_wait_ms (const CgCtlHold *self, gint64 now_ms);

gboolean cg_ctl_keys_run (
    CgCtl *ctl, CgCtlTarget *target, CgCtlInterrupt *interrupt, guint speed, GError **error);

G_END_DECLS
