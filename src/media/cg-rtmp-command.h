/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgRtmpCommand:
 *
 * What a publisher says, in this order. The numbers are those of its transactions: `connect` has
 * the first (RTMP 1.0, 7.2.1.1).
 */
typedef enum {
  CG_RTMP_CONNECT = 1,
  CG_RTMP_RELEASE,
  CG_RTMP_FC_PUBLISH,
  CG_RTMP_CREATE,
  CG_RTMP_PUBLISH,
  CG_RTMP_FC_UNPUBLISH,
  CG_RTMP_DELETE,
  CG_N_RTMP_COMMANDS
} CgRtmpCommand;

void cg_rtmp_command_begin (CgRtmpCommand command, GByteArray *packet);
void cg_rtmp_command_append_place (GByteArray *packet, const char *app, const char *tc_url);
CgRtmpCommand cg_rtmp_command_find (double transaction);

G_END_DECLS
