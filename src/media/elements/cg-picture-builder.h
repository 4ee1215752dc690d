/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-parameter-sets.h"

G_BEGIN_DECLS

/* A larger picture is none (Q49). 8 MiB are two seconds of the fastest camera. */
#define CG_PICTURE_MAX_SIZE (8 * 1024 * 1024)

/**
 * CgUnitFunc:
 * @data: (transfer full): g_malloc()ed
 * @size: its bytes
 * @is_key: decoding can start here
 * @time: RTP time
 * @user_data: as given
 *
 * Gets each picture, or each piece of sound, once it is complete.
 */
typedef void (*CgUnitFunc) (
    guint8 *data, gsize size, gboolean is_key, guint32 time, gpointer user_data);

/**
 * CgPictureBuilder:
 *
 * Puts NAL units together to pictures, each in one piece of memory, four bytes of length before
 * each unit. Where a picture ends is told by the units themselves; the marker bit of RTP is
 * believed only once it was right (Q49).
 */
typedef struct _CgPictureBuilder CgPictureBuilder;

CgPictureBuilder *cg_picture_builder_new (CgNalCodec codec,
                                          CgParameterSets *sets,
                                          CgUnitFunc func,
                                          gpointer user_data);
void cg_picture_builder_free (CgPictureBuilder *self);

void cg_picture_builder_begin (CgPictureBuilder *self,
                               guint32 time,
                               const guint8 *head,
                               gsize head_size,
                               const guint8 *data,
                               gsize size);
void cg_picture_builder_append (CgPictureBuilder *self, const guint8 *data, gsize size);
void cg_picture_builder_end (CgPictureBuilder *self);
void cg_picture_builder_mark (CgPictureBuilder *self);
void cg_picture_builder_lose (CgPictureBuilder *self);
guint cg_picture_builder_get_dropped (const CgPictureBuilder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgPictureBuilder, cg_picture_builder_free)

G_END_DECLS
