/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-record.h"

/* Where the lists of parameter sets begin (ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1). */
#define H264_LISTS 5
#define H264_COUNT_MASK 0x1f
#define H265_LISTS 22

typedef struct {
  const guint8 *data;
  gsize size;
  gsize at;
  CgRecordSet *sets;
  guint n_sets;
} Reading;

static guint
read_byte (Reading *self)
{
  return self->at < self->size ? self->data[self->at++] : 0;
}

static guint
read_word (Reading *self)
{
  const guint high = read_byte (self);

  return high << 8 | read_byte (self);
}

static void
read_sets (Reading *self, guint count)
{
  for (guint i = 0; i < count && self->at < self->size; i++) {
    const gsize length = read_word (self);

    if (length == 0 || length > self->size - self->at || self->n_sets == CG_RECORD_MAX_SETS)
      return;
    self->sets[self->n_sets++] = (CgRecordSet){self->data + self->at, length};
    self->at += length;
  }
}

static void
read_h264 (Reading *self)
{
  self->at = H264_LISTS;
  read_sets (self, read_byte (self) & H264_COUNT_MASK);
  read_sets (self, read_byte (self));
}

static void
read_h265 (Reading *self)
{
  self->at = H265_LISTS;
  const guint n_lists = read_byte (self);

  for (guint i = 0; i < n_lists && self->at < self->size; i++) {
    self->at++; /* what kind they are, they say themselves */
    read_sets (self, read_word (self));
  }
}

/**
 * cg_record_read:
 * @format: of a picture
 * @sets: (out): room for %CG_RECORD_MAX_SETS; they live as long as @format
 *
 * Returns: how many parameter sets a decoder needs before the first picture; a record that is
 *   damaged has those before the damage
 */
guint
cg_record_read (const CgFormat *format, CgRecordSet *sets)
{
  Reading reading = {.sets = sets};

  reading.data = g_bytes_get_data (format->codec_data, &reading.size);
  switch (format->codec) {
  case CG_CODEC_H264:
    read_h264 (&reading);
    break;
  case CG_CODEC_H265:
    read_h265 (&reading);
    break;
  case CG_CODEC_AAC:
    break;
  }
  return reading.n_sets;
}
