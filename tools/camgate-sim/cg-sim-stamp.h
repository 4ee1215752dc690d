/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Before the 16 digits of a stamp: the UUID of the message's kind. */
#define CG_SIM_STAMP_MARK "camgate-sim/time"
#define CG_SIM_STAMP_DIGITS 16

GstPadProbeReturn cg_sim_stamp_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data);

G_END_DECLS
