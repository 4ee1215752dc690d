/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-parameter-sets.h"

#include <string.h>

#include "cg-bits.h"

/* A set that is longer is none: the longest are a few hundred bytes, with scaling lists. */
#define MAX_SET_SIZE 4096

typedef enum { VPS, SPS, PPS, N_KINDS } Kind;

/* What the records have room for, and no camera comes near. */
static const guint max_sets[N_KINDS] = {[VPS] = 16, [SPS] = 31, [PPS] = 64};

/* By codec: the type of each kind (ITU-T H.264, table 7-1; H.265, table 7-1). 0: no such kind. */
static const guint8 types[][N_KINDS] = {
    [CG_NAL_H264] = {[VPS] = 0, [SPS] = 7, [PPS] = 8},
    [CG_NAL_H265] = {[VPS] = 32, [SPS] = 33, [PPS] = 34},
};

typedef struct {
  guint id;
  gboolean is_described; /* by the SDP only */
  GBytes *nal;           /* (owned) */
} Set;

struct _CgParameterSets {
  CgNalCodec codec;
  GArray *sets[N_KINDS]; /* (owned) (element-type Set) by id */
  CgSps sps;             /* the first one's */
  gboolean has_sps;
  guint serial;
};

static void
clear_set (gpointer data)
{
  g_bytes_unref (((Set *)data)->nal);
}

/**
 * cg_parameter_sets_new:
 * @codec: H.264 or H.265
 *
 * Returns: (transfer full): none of any kind
 */
CgParameterSets *
cg_parameter_sets_new (CgNalCodec codec)
{
  CgParameterSets *self = g_new0 (CgParameterSets, 1);

  self->codec = codec;
  for (guint i = 0; i < N_KINDS; i++) {
    self->sets[i] = g_array_new (FALSE, FALSE, sizeof (Set));
    g_array_set_clear_func (self->sets[i], clear_set);
  }
  return self;
}

/**
 * cg_parameter_sets_free:
 * @self: (transfer full) (nullable): sets
 */
void
cg_parameter_sets_free (CgParameterSets *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_KINDS; i++)
    g_array_unref (self->sets[i]);
  g_free (self);
}

static gboolean
parse_sps (const CgParameterSets *self, const guint8 *nal, gsize size, CgSps *sps)
{
  return self->codec == CG_NAL_H264 ? cg_sps_parse_h264 (nal, size, sps)
                                    : cg_sps_parse_h265 (nal, size, sps);
}

static gboolean
read_id (const CgParameterSets *self, Kind kind, const guint8 *nal, gsize size, guint *id)
{
  const gsize head = self->codec == CG_NAL_H264 ? 1 : 2;
  CgBits bits;
  CgSps sps = {0};

  if (kind == SPS) {
    const gboolean is_good = parse_sps (self, nal, size, &sps);

    *id = sps.id;
    return is_good;
  }
  cg_bits_init (&bits, nal + head, size - head);
  *id = kind == VPS ? cg_bits_read (&bits, 4) : cg_bits_read_ue (&bits);
  return !bits.is_over && *id < 256;
}

static gboolean
find_kind (const CgParameterSets *self, const guint8 *nal, gsize size, Kind *kind)
{
  CgNal head;

  if (size < 4 || size > MAX_SET_SIZE || !cg_nal_read (self->codec, nal, size, &head))
    return FALSE;
  for (guint i = 0; i < N_KINDS; i++) {
    if (types[self->codec][i] == head.type) {
      *kind = (Kind)i;
      return head.type != 0;
    }
  }
  return FALSE;
}

/* The description was about another stream, or about this one some time ago. */
static void
drop_described (GArray *sets)
{
  for (guint i = sets->len; i-- > 0;) {
    if (g_array_index (sets, Set, i).is_described)
      g_array_remove_index (sets, i);
  }
}

/* Returns: whether something is different now */
static gboolean
store (GArray *sets, guint max, const Set *set)
{
  guint i = 0;

  while (i < sets->len && g_array_index (sets, Set, i).id < set->id)
    i++;
  Set *there = i < sets->len ? &g_array_index (sets, Set, i) : NULL;
  if (there == NULL || there->id != set->id) {
    if (sets->len >= max)
      return FALSE;
    g_bytes_ref (set->nal);
    g_array_insert_vals (sets, i, set, 1);
    return TRUE;
  }
  there->is_described = there->is_described && set->is_described;
  if (g_bytes_equal (there->nal, set->nal))
    return FALSE;
  g_bytes_unref (there->nal);
  there->nal = g_bytes_ref (set->nal);
  return TRUE;
}

static void
read_first_sps (CgParameterSets *self)
{
  const GArray *sets = self->sets[SPS];
  gsize size;

  if (sets->len == 0)
    return;
  const guint8 *nal = g_bytes_get_data (g_array_index (sets, Set, 0).nal, &size);
  self->has_sps = parse_sps (self, nal, size, &self->sps);
}

/* Most sets that come in the stream are there already. */
static gboolean
is_known (const CgParameterSets *self, Kind kind, const guint8 *nal, gsize size)
{
  const GArray *sets = self->sets[kind];

  for (guint i = 0; i < sets->len; i++) {
    const Set *set = &g_array_index (sets, Set, i);

    if (!set->is_described && g_bytes_get_size (set->nal) == size &&
        memcmp (g_bytes_get_data (set->nal, NULL), nal, size) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
add (CgParameterSets *self, const guint8 *nal, gsize size, gboolean is_described)
{
  Set set = {.is_described = is_described};
  Kind kind;

  while (size > 0 && nal[size - 1] == 0)
    size--;
  if (!find_kind (self, nal, size, &kind) || is_known (self, kind, nal, size) ||
      !read_id (self, kind, nal, size, &set.id))
    return;
  g_autoptr (GBytes) bytes = g_bytes_new (nal, size);
  set.nal = bytes;
  const gboolean is_new = store (self->sets[kind], max_sets[kind], &set);
  const guint before = self->sets[kind]->len;
  if (!is_described)
    drop_described (self->sets[kind]);
  if (!is_new && before == self->sets[kind]->len)
    return;
  self->serial++;
  read_first_sps (self);
}

/**
 * cg_parameter_sets_add:
 * @self: sets
 * @nal: a NAL unit of the stream; ignored unless it is a set that makes sense
 * @size: its bytes
 */
void
cg_parameter_sets_add (CgParameterSets *self, const guint8 *nal, gsize size)
{
  add (self, nal, size, FALSE);
}

/**
 * cg_parameter_sets_add_described:
 * @self: sets
 * @list: (nullable): what the description says: in base64, with commas between (RFC 6184, 8.1,
 *   sprop-parameter-sets; RFC 7798, 7.1)
 */
void
cg_parameter_sets_add_described (CgParameterSets *self, const char *list)
{
  g_auto (GStrv) words = g_strsplit_set (list != NULL ? list : "", ", \"", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    gsize size = 0, length;
    g_autofree guchar *bytes = g_base64_decode (words[i], &size);
    const guint8 *nal = bytes;

    /* Some put a start code before it. */
    if (cg_nal_find_start_code (nal, size, &length) == 0) {
      nal += length;
      size -= length;
    }
    add (self, nal, size, TRUE);
  }
}

/**
 * cg_parameter_sets_get_serial:
 * @self: sets
 *
 * Returns: another number whenever something has changed
 */
guint
cg_parameter_sets_get_serial (const CgParameterSets *self)
{
  return self->serial;
}

/**
 * cg_parameter_sets_get_sps:
 * @self: sets
 *
 * Returns: (transfer none) (nullable): what the first sequence set says
 */
const CgSps *
cg_parameter_sets_get_sps (const CgParameterSets *self)
{
  return self->has_sps ? &self->sps : NULL;
}

static void
append (GByteArray *record, guint value, guint bytes)
{
  while (bytes-- > 0) {
    const guint8 byte = (guint8)(value >> (8 * bytes));

    g_byte_array_append (record, &byte, 1);
  }
}

static void
append_sets (GByteArray *record, const GArray *sets)
{
  for (guint i = 0; i < sets->len; i++) {
    gsize size;
    const guint8 *nal = g_bytes_get_data (g_array_index (sets, Set, i).nal, &size);

    append (record, (guint)size, 2);
    g_byte_array_append (record, nal, (guint)size);
  }
}

/* ISO/IEC 14496-15, 5.3.3.1 */
static void
write_avcc (const CgParameterSets *self, GByteArray *record)
{
  const guint8 *sps = g_bytes_get_data (g_array_index (self->sets[SPS], Set, 0).nal, NULL);
  const guint profile = sps[1];

  append (record, 1, 1);
  g_byte_array_append (record, sps + 1, 3);
  append (record, 0xff, 1); /* four bytes of length */
  append (record, 0xe0 | self->sets[SPS]->len, 1);
  append_sets (record, self->sets[SPS]);
  append (record, self->sets[PPS]->len, 1);
  append_sets (record, self->sets[PPS]);
  if (profile != 100 && profile != 110 && profile != 122 && profile != 144)
    return;
  append (record, 0xfc | self->sps.chroma, 1);
  append (record, 0xf8 | self->sps.luma_depth, 1);
  append (record, 0xf8 | self->sps.chroma_depth, 1);
  append (record, 0, 1);
}

/* ISO/IEC 14496-15, 8.3.3.1 */
static void
write_hvcc (const CgParameterSets *self, GByteArray *record)
{
  const CgSps *sps = &self->sps;

  append (record, 1, 1);
  g_byte_array_append (record, sps->profile, sizeof sps->profile);
  append (record, 0xf000, 2);
  append (record, 0xfc, 1);
  append (record, 0xfc | sps->chroma, 1);
  append (record, 0xf8 | sps->luma_depth, 1);
  append (record, 0xf8 | sps->chroma_depth, 1);
  append (record, 0, 2); /* no word on the rate */
  append (record, (sps->layers & 7) << 3 | (sps->is_nested ? 4 : 0) | 3, 1);
  append (record, N_KINDS, 1);
  for (guint i = 0; i < N_KINDS; i++) {
    append (record, 0x80u | types[CG_NAL_H265][i], 1);
    append (record, self->sets[i]->len, 2);
    append_sets (record, self->sets[i]);
  }
}

/**
 * cg_parameter_sets_make_record:
 * @self: sets
 *
 * Returns: (transfer full) (nullable): AVCDecoderConfigurationRecord or
 *   HEVCDecoderConfigurationRecord; %NULL while a kind is missing
 */
GBytes *
cg_parameter_sets_make_record (const CgParameterSets *self)
{
  GByteArray *record;

  for (guint i = 0; i < N_KINDS; i++) {
    if (types[self->codec][i] != 0 && self->sets[i]->len == 0)
      return NULL;
  }
  if (!self->has_sps)
    return NULL;
  record = g_byte_array_new ();
  if (self->codec == CG_NAL_H264)
    write_avcc (self, record);
  else
    write_hvcc (self, record);
  return g_byte_array_free_to_bytes (record);
}
