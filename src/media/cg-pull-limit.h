/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What may come of a stream before a picture, or a sound, is complete: of the largest cameras a key
 * frame is a tenth of this. */
#define CG_PULL_LIMIT_BYTES (16 * 1024 * 1024)

void
cg_pull_limit_attach (GstPad *pad, const int *progress, gpointer owner, GDestroyNotify release);

G_END_DECLS
