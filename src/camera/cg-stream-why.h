/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CG_STREAM_SIDE_CAMERA,
  CG_STREAM_SIDE_SERVER,
  CG_N_STREAM_SIDES,
} CgStreamSide;

const char *cg_stream_why_get_word (CgStreamSide side, const GError *error);

G_END_DECLS
