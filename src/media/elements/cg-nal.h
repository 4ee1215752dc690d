/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { CG_NAL_H264, CG_NAL_H265 } CgNalCodec;

/* So much of a NAL unit cg_nal_read() looks at. */
#define CG_NAL_HEAD 32

typedef enum {
  CG_NAL_SLICE,      /* a piece of the picture */
  CG_NAL_PARAMETERS, /* goes before the picture that needs it */
  CG_NAL_PREFIX,     /* goes before a picture and stays with it */
  CG_NAL_SUFFIX,     /* goes behind it, or anywhere */
  CG_NAL_DELIMITER,  /* begins or ends a picture and says nothing else */
} CgNalRole;

/**
 * CgNal:
 * @role: where it may stand
 * @is_first: of a slice: the first of a picture, as it says itself
 * @is_key: of a slice: decoding can start here
 * @is_intra: of a slice: it needs no other picture
 * @is_recovery: of a prefix: decoding gets right from here on
 *
 * What the beginning of a NAL unit says (ITU-T H.264, 7.3.1 and 7.4.1.2.3; H.265, 7.3.1.2 and
 * 7.4.2.4.4).
 */
typedef struct {
  CgNalRole role;
  guint type;
  gboolean is_first;
  gboolean is_key;
  gboolean is_intra;
  gboolean is_recovery;
} CgNal;

gboolean cg_nal_read (CgNalCodec codec, const guint8 *data, gsize size, CgNal *nal);
gsize cg_nal_find_start_code (const guint8 *data, gsize size, gsize *length);

G_END_DECLS
