/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-picture-builder.h"

#include <string.h>

#define LENGTH_SIZE 4
#define FIRST_CAPACITY 4096

/* Units that were stuck together have the short ones in front: parameter sets, SEI. */
#define USUAL_SEARCH 256

/* A stream without IDR pictures: after so many intra pictures they are taken for its keys. */
#define INTRA_BEFORE_KEY 2

typedef enum { UNPROVEN, TRUSTED, LYING } MarkerTrust;

/* What is known of a picture. */
typedef struct {
  gboolean has_slice;
  gboolean has_key;
  gboolean has_recovery;
  gboolean has_other; /* slices that need other pictures */
} Content;

/* The picture under way. */
typedef struct {
  guint8 *data; /* (owned) (nullable) */
  gsize size;
  gsize capacity;
  guint32 time;
  Content content;
  gboolean is_marked;
  gboolean is_damaged;
} Picture;

struct _CgPictureBuilder {
  CgNalCodec codec;
  CgParameterSets *sets; /* (not owned) */
  CgUnitFunc func;
  gpointer user_data;

  Picture picture;
  gboolean in_nal;
  CgNal nal;
  gsize nal_start;    /* of its length, in the picture */
  Content before_nal; /* what was known without it */

  MarkerTrust trust;
  guint32 last_time; /* of the picture before */
  gboolean was_marked;
  gboolean was_lost; /* packets are missing before what comes next */
  gboolean is_stuck; /* units come stuck together (Q49) */
  gboolean has_had_key;
  guint intra;
  guint dropped;
  gsize last_size;
};

/**
 * cg_picture_builder_new:
 * @codec: H.264 or H.265
 * @sets: (transfer none): gets the parameter sets; outlives the builder
 * @func: gets the pictures
 * @user_data: for @func
 *
 * Returns: (transfer full): a builder
 */
CgPictureBuilder *
cg_picture_builder_new (CgNalCodec codec,
                        CgParameterSets *sets,
                        CgUnitFunc func,
                        gpointer user_data)
{
  CgPictureBuilder *self = g_new0 (CgPictureBuilder, 1);

  self->codec = codec;
  self->sets = sets;
  self->func = func;
  self->user_data = user_data;
  return self;
}

/**
 * cg_picture_builder_free:
 * @self: (transfer full) (nullable): a builder; a picture under way is lost
 */
void
cg_picture_builder_free (CgPictureBuilder *self)
{
  if (self == NULL)
    return;
  g_free (self->picture.data);
  g_free (self);
}

/* Key is what the stream says is one; a stream that never says so has its intra pictures. */
static gboolean
is_key (CgPictureBuilder *self)
{
  const Picture *picture = &self->picture;

  if (picture->content.has_key)
    return self->has_had_key = TRUE;
  if (picture->content.has_other || self->has_had_key)
    return FALSE;
  return picture->content.has_recovery || ++self->intra > INTRA_BEFORE_KEY;
}

/* Memory that was grown by guess is given back. */
static guint8 *
take_data (Picture *picture)
{
  guint8 *data = g_steal_pointer (&picture->data);

  return picture->capacity > picture->size + picture->size / 4 ? g_realloc (data, picture->size)
                                                               : data;
}

static void
finish_picture (CgPictureBuilder *self)
{
  Picture *picture = &self->picture;
  const gboolean is_good = picture->content.has_slice && !picture->is_damaged && picture->size > 0;

  self->last_time = picture->time;
  self->was_marked = picture->is_marked;
  if (is_good) {
    self->last_size = picture->size;
    self->func (take_data (picture), picture->size, is_key (self), picture->time, self->user_data);
  } else if (picture->content.has_slice || picture->is_damaged) {
    self->dropped++;
  }
  g_free (picture->data);
  *picture = (Picture){0};
}

static void
spoil (CgPictureBuilder *self)
{
  Picture *picture = &self->picture;

  picture->is_damaged = TRUE;
  picture->size = 0;
  g_clear_pointer (&picture->data, g_free);
  picture->capacity = 0;
  self->nal_start = 0;
}

static void
write_bytes (CgPictureBuilder *self, const guint8 *data, gsize size)
{
  Picture *picture = &self->picture;

  if (picture->is_damaged || size == 0)
    return;
  if (size > CG_PICTURE_MAX_SIZE - picture->size) {
    spoil (self);
    return;
  }
  if (picture->size + size > picture->capacity) {
    const gsize usual = MAX (self->last_size + self->last_size / 8, FIRST_CAPACITY);

    picture->capacity = MAX (picture->size + size, MAX (picture->capacity * 2, usual));
    picture->data = g_realloc (picture->data, picture->capacity);
  }
  memcpy (picture->data + picture->size, data, size);
  picture->size += size;
}

/* Fields of one frame have one time; whoever consumes pictures wants both at once. */
static gboolean
has_fields (const CgPictureBuilder *self)
{
  const CgSps *sps = cg_parameter_sets_get_sps (self->sets);

  return sps != NULL && sps->is_interlaced;
}

/* ITU-T H.264, 7.4.1.2.3; H.265, 7.4.2.4.4 */
static gboolean
begins_picture (const CgPictureBuilder *self, guint32 time)
{
  const CgNal *nal = &self->nal;

  if (!self->picture.content.has_slice)
    return FALSE;
  if (time != self->picture.time)
    return TRUE;
  if (has_fields (self))
    return FALSE;
  return nal->role == CG_NAL_PARAMETERS || nal->role == CG_NAL_PREFIX ||
         nal->role == CG_NAL_DELIMITER || (nal->role == CG_NAL_SLICE && nal->is_first);
}

/* What goes on behind its marker was not at its end. */
static void
judge_marker (CgPictureBuilder *self, gboolean is_new, guint32 time)
{
  const gboolean goes_on = self->nal.role == CG_NAL_SLICE && !self->nal.is_first;

  if (self->picture.is_marked) {
    if (is_new && self->trust == UNPROVEN)
      self->trust = TRUSTED;
    if (!is_new && self->nal.role == CG_NAL_SLICE)
      self->trust = LYING;
    self->picture.is_marked = is_new && self->picture.is_marked;
  } else if (self->was_marked && !self->picture.content.has_slice && goes_on &&
             time == self->last_time) {
    self->trust = LYING;
    self->picture.is_damaged = TRUE;
  }
}

static void
note_nal (CgPictureBuilder *self, guint32 time)
{
  Picture *picture = &self->picture;

  picture->time = time;
  picture->content.has_recovery = picture->content.has_recovery || self->nal.is_recovery;
  if (self->nal.role != CG_NAL_SLICE)
    return;
  if (self->was_lost && !picture->content.has_slice && !self->nal.is_first)
    picture->is_damaged = TRUE;
  self->was_lost = FALSE;
  picture->content.has_slice = TRUE;
  picture->content.has_key = picture->content.has_key || self->nal.is_key;
  picture->content.has_other = picture->content.has_other || !self->nal.is_intra;
}

static void
classify (
    CgPictureBuilder *self, const guint8 *head, gsize head_size, const guint8 *data, gsize size)
{
  guint8 bytes[CG_NAL_HEAD];
  const gsize from_data = MIN (size, sizeof bytes - head_size);
  gsize length;

  if (head_size > 0)
    memcpy (bytes, head, head_size);
  if (from_data > 0)
    memcpy (bytes + head_size, data, from_data);
  const gsize total = head_size + from_data;
  if (!cg_nal_read (self->codec, bytes, total, &self->nal) ||
      cg_nal_find_start_code (bytes, MIN (total, 4), &length) == 0)
    self->nal = (CgNal){.role = CG_NAL_SUFFIX};
}

/**
 * cg_picture_builder_begin:
 * @self: a builder
 * @time: RTP time
 * @head: (nullable): the first bytes of a NAL unit, where they stand apart: two at most
 * @head_size: how many
 * @data: what follows
 * @size: how many
 *
 * A NAL unit begins, and perhaps a picture with it.
 */
void
cg_picture_builder_begin (CgPictureBuilder *self,
                          guint32 time,
                          const guint8 *head,
                          gsize head_size,
                          const guint8 *data,
                          gsize size)
{
  static const guint8 no_length[LENGTH_SIZE];

  g_return_if_fail (head_size <= 2);
  if (self->in_nal)
    cg_picture_builder_end (self);
  classify (self, head, head_size, data, size);
  const gboolean is_new = begins_picture (self, time);
  judge_marker (self, is_new, time);
  if (is_new)
    finish_picture (self);
  self->before_nal = self->picture.content;
  note_nal (self, time);
  self->in_nal = TRUE;
  self->nal_start = self->picture.size;
  write_bytes (self, no_length, sizeof no_length);
  write_bytes (self, head, head_size);
  write_bytes (self, data, size);
}

/**
 * cg_picture_builder_append:
 * @self: a builder
 * @data: more of the NAL unit that was begun
 * @size: how many bytes
 */
void
cg_picture_builder_append (CgPictureBuilder *self, const guint8 *data, gsize size)
{
  if (!self->in_nal)
    return;
  if (self->picture.is_marked) {
    self->picture.is_marked = FALSE;
    self->trust = LYING;
  }
  write_bytes (self, data, size);
}

/* Sets go into the record, and delimiters nowhere (ISO/IEC 14496-15, 5.2.2). */
static void
close_nal (CgPictureBuilder *self)
{
  Picture *picture = &self->picture;

  self->in_nal = FALSE;
  if (picture->is_damaged)
    return;
  guint8 *start = picture->data + self->nal_start;
  const gsize size = picture->size - self->nal_start - LENGTH_SIZE;
  if (self->nal.role == CG_NAL_PARAMETERS)
    cg_parameter_sets_add (self->sets, start + LENGTH_SIZE, size);
  if (size == 0 || self->nal.role == CG_NAL_PARAMETERS || self->nal.role == CG_NAL_DELIMITER) {
    picture->size = self->nal_start;
    return;
  }
  for (guint i = 0; i < LENGTH_SIZE; i++)
    start[i] = (guint8)(size >> (8 * (LENGTH_SIZE - 1 - i)));
}

/* Takes several units apart, by their start codes (Q49). */
static void
split (CgPictureBuilder *self, const guint8 *bytes, gsize size)
{
  const guint32 time = self->picture.time;

  while (size > 0) {
    gsize length = 0;
    const gsize at = cg_nal_find_start_code (bytes, size, &length);

    if (at > 0) {
      cg_picture_builder_begin (self, time, NULL, 0, bytes, at);
      close_nal (self);
    }
    bytes += at + length;
    size -= at + length;
  }
}

/**
 * cg_picture_builder_end:
 * @self: a builder
 *
 * The NAL unit that was begun is complete.
 */
void
cg_picture_builder_end (CgPictureBuilder *self)
{
  Picture *picture = &self->picture;
  gsize length;

  if (!self->in_nal)
    return;
  if (picture->is_damaged) {
    close_nal (self);
    return;
  }
  const guint8 *bytes = picture->data + self->nal_start + LENGTH_SIZE;
  const gsize size = picture->size - self->nal_start - LENGTH_SIZE;
  const gsize searched = self->is_stuck ? size : MIN (size, USUAL_SEARCH);
  if (cg_nal_find_start_code (bytes, searched, &length) == searched) {
    close_nal (self);
    return;
  }
  g_autofree guint8 *copy = g_memdup2 (bytes, size);
  self->is_stuck = TRUE;
  self->in_nal = FALSE;
  picture->size = self->nal_start;
  picture->content = self->before_nal;
  split (self, copy, size);
}

/**
 * cg_picture_builder_mark:
 * @self: a builder
 *
 * A packet with the marker bit is over: the picture is complete, says the camera.
 */
void
cg_picture_builder_mark (CgPictureBuilder *self)
{
  if (!self->picture.content.has_slice)
    return;
  self->picture.is_marked = TRUE;
  if (self->trust == TRUSTED && !self->in_nal)
    finish_picture (self);
}

/**
 * cg_picture_builder_lose:
 * @self: a builder
 *
 * Packets are missing before the next one. The picture they belong to is dropped.
 */
void
cg_picture_builder_lose (CgPictureBuilder *self)
{
  Picture *picture = &self->picture;

  if (self->in_nal && !picture->is_damaged)
    picture->size = self->nal_start;
  if (picture->content.has_slice && picture->is_marked)
    finish_picture (self);
  else if (picture->content.has_slice)
    spoil (self);
  self->in_nal = FALSE;
  self->was_lost = TRUE;
}

/**
 * cg_picture_builder_get_dropped:
 * @self: a builder
 *
 * Returns: pictures that were damaged or too large
 */
guint
cg_picture_builder_get_dropped (const CgPictureBuilder *self)
{
  return self->dropped;
}
