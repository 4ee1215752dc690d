/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-access-unit.h"
#include "cg-rtmp-reader.h"

G_BEGIN_DECLS

/**
 * CgRtmpWriter:
 *
 * RTMP messages on their way to the kernel, cut into chunks (RTMP 1.0, 5.3). Never waits, and
 * copies no picture: what the kernel does not take stays where it is, and goes out later.
 */
typedef struct _CgRtmpWriter CgRtmpWriter;

CgRtmpWriter *cg_rtmp_writer_new (int fd, guint chunk_size);
void cg_rtmp_writer_free (CgRtmpWriter *self);

void cg_rtmp_writer_queue (CgRtmpWriter *self,
                           guint8 channel,
                           CgRtmpType type,
                           guint32 stream,
                           guint32 timestamp_ms,
                           const guint8 *head,
                           gsize head_size,
                           CgAccessUnit *unit);
gboolean cg_rtmp_writer_flush (CgRtmpWriter *self);
gboolean cg_rtmp_writer_is_idle (const CgRtmpWriter *self);
guint cg_rtmp_writer_get_queued (const CgRtmpWriter *self);
guint64 cg_rtmp_writer_get_written (const CgRtmpWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgRtmpWriter, cg_rtmp_writer_free)

G_END_DECLS
