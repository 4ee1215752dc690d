/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl-probe-private.h"

G_BEGIN_DECLS

/**
 * CgCtlHead:
 *
 * The head of a camera that is tried: how it is moved, and what was seen of it. Begins with the
 * first three members set.
 */
typedef struct {
  const CgCtlProbe *probe;
  const char *token;            /* of the profile that moves */
  const CgOnvifPtzFacts *facts; /* (unowned) */
  gboolean is_zoom;             /* tried on the zoom: there is nothing else */
  gboolean is_stepping;         /* there is no speed to be set: it goes by steps */
  gboolean tells_position;
  gboolean stops_by_speed;    /* it ignores Stop: no time is lost with it again (Q1) */
  gboolean refuses_stop;      /* it ends its steps by itself */
  gboolean is_blind;          /* GetStatus fails: nobody waits for it while the head moves */
  gboolean tells_moving;      /* there is a MoveStatus */
  gboolean lies_moving;       /* ... that said so before the head moved at all */
  gboolean said_moving;       /* ... while it moved */
  gboolean says_moving_still; /* ... while it stood */
  double start;               /* where it looked before it was touched */
  double direction;           /* what it was asked for; with sign */
  double gain;                /* what came of it: speed, or way of a step; with sign */
  gint64 started_ms;          /* when it was asked */
  gint64 moved_ms;            /* until it was stopped */
  gint64 stopped_us;
} CgCtlHead;

void cg_ctl_head_look (CgCtlHead *self);
gboolean cg_ctl_head_can_tell (const CgCtlHead *self);
gboolean cg_ctl_head_move (CgCtlHead *self, GError **error);
const char *cg_ctl_head_stop (CgCtlHead *self, GError **error);
gboolean cg_ctl_head_go_back (CgCtlHead *self, double *rest);

G_END_DECLS
