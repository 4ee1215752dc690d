/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CgBits:
 * @is_over: more was read than there is; everything read since is 0
 *
 * Reads the fields of a NAL unit, without the bytes that keep start codes out (ITU-T H.264, 7.2 and
 * 7.4.1). All other members are private.
 */
typedef struct {
  const guint8 *data;
  gsize size;
  gsize at;
  guint bit;
  guint zeroes;
  gboolean is_over;
} CgBits;

void cg_bits_init (CgBits *self, const guint8 *data, gsize size);
guint32 cg_bits_read (CgBits *self, guint count);
void cg_bits_skip (CgBits *self, guint count);
guint32 cg_bits_read_ue (CgBits *self);
gint32 cg_bits_read_se (CgBits *self);

G_END_DECLS
