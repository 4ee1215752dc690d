/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "cg-word.h"

G_BEGIN_DECLS

typedef enum {
  CG_STREAM_SIDE_CAMERA,
  CG_STREAM_SIDE_SERVER,
  CG_N_STREAM_SIDES,
} CgStreamSide;

/* Reasons that have a word of their own. */
typedef enum {
  CG_WHY_OF_ERROR, /* that of the error says it */
  CG_WHY_DNS,
  CG_WHY_NO_ROUTE,
  CG_WHY_REFUSED,
  CG_WHY_LOCKED,
  CG_WHY_NO_STREAM,
  CG_WHY_SESSION_LIMIT,
  CG_WHY_NO_PICTURE,
  CG_WHY_NO_KEY_FRAME,
  CG_WHY_SERVER_REFUSED,
  CG_WHY_UPLINK_SLOW,
  CG_WHY_UPLINK_BUDGET,
  CG_N_STREAM_WHYS,
} CgStreamWhy;

const char *cg_stream_why_spell (CgStreamWhy why);
gboolean cg_stream_why_describe (guint index, CgWord *word);
const char *cg_stream_why_get_word (CgStreamSide side, const GError *error);

G_END_DECLS
