/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-bits.h"

/**
 * cg_bits_init:
 * @self: (out caller-allocates): a reader
 * @data: (transfer none): what is read
 * @size: its bytes
 */
void
cg_bits_init (CgBits *self, const guint8 *data, gsize size)
{
  *self = (CgBits){.data = data, .size = size};
}

/* Goes on to the next byte, past one that was only put in (00 00 03). */
static void
next_byte (CgBits *self)
{
  self->zeroes = self->data[self->at] == 0 ? self->zeroes + 1 : 0;
  self->bit = 0;
  self->at++;
  if (self->zeroes >= 2 && self->at < self->size && self->data[self->at] == 3) {
    self->zeroes = 0;
    self->at++;
  }
}

static guint
read_bit (CgBits *self)
{
  if (self->at >= self->size) {
    self->is_over = TRUE;
    return 0;
  }
  const guint bit = (self->data[self->at] >> (7 - self->bit)) & 1;
  if (++self->bit == 8)
    next_byte (self);
  return bit;
}

/**
 * cg_bits_read:
 * @self: a reader
 * @count: up to 32
 *
 * Returns: u(count)
 */
guint32
cg_bits_read (CgBits *self, guint count)
{
  guint32 value = 0;

  for (guint i = 0; i < count; i++)
    value = value << 1 | read_bit (self);
  return value;
}

/**
 * cg_bits_skip:
 * @self: a reader
 * @count: so many bits
 */
void
cg_bits_skip (CgBits *self, guint count)
{
  for (guint i = 0; i < count && !self->is_over; i++)
    read_bit (self);
}

/**
 * cg_bits_read_ue:
 * @self: a reader
 *
 * Returns: ue(v) (ITU-T H.264, 9.1)
 */
guint32
cg_bits_read_ue (CgBits *self)
{
  guint zeroes = 0;

  while (zeroes < 32 && !self->is_over && read_bit (self) == 0)
    zeroes++;
  if (self->is_over || zeroes == 32) {
    self->is_over = TRUE;
    return 0;
  }
  return (1u << zeroes) - 1 + cg_bits_read (self, zeroes);
}

/**
 * cg_bits_read_se:
 * @self: a reader
 *
 * Returns: se(v) (ITU-T H.264, 9.1.1)
 */
gint32
cg_bits_read_se (CgBits *self)
{
  const guint32 code = cg_bits_read_ue (self);
  const gint32 half = (gint32)(code / 2);

  return (code & 1) != 0 ? half + 1 : -half;
}
