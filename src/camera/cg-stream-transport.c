/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-transport.h"

struct _CgStreamTransport {
  GObject parent_instance;

  CgTransport configured;
  CgTransport learnt; /* AUTO: nothing */
};

enum { SIGNAL_LEARNT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CgStreamTransport, cg_stream_transport, G_TYPE_OBJECT)

static void
cg_stream_transport_class_init (CgStreamTransportClass *klass)
{
  signals[SIGNAL_LEARNT] = g_signal_new ("learnt", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cg_stream_transport_init (CgStreamTransport *self)
{
}

/**
 * cg_stream_transport_new:
 * @configured: of the camera
 *
 * Returns: (transfer full): with nothing learnt
 */
CgStreamTransport *
cg_stream_transport_new (CgTransport configured)
{
  CgStreamTransport *self = g_object_new (CG_TYPE_STREAM_TRANSPORT, NULL);

  self->configured = configured;
  return self;
}

/**
 * cg_stream_transport_set_learnt:
 * @self: of a camera
 * @learnt: by which pictures came in another life; %CG_TRANSPORT_AUTO: forget
 */
void
cg_stream_transport_set_learnt (CgStreamTransport *self, CgTransport learnt)
{
  self->learnt = learnt;
}

/**
 * cg_stream_transport_get_learnt:
 * @self: of a camera
 *
 * Returns: by which pictures came last; %CG_TRANSPORT_AUTO: not known
 */
CgTransport
cg_stream_transport_get_learnt (CgStreamTransport *self)
{
  return self->learnt;
}

/**
 * cg_stream_transport_choose:
 * @self: of a camera
 *
 * TCP is never insisted on because it was learnt: the camera may have been told otherwise since,
 * and %CG_TRANSPORT_AUTO begins with it anyway.
 *
 * Returns: what to ask a pull for
 */
CgTransport
cg_stream_transport_choose (CgStreamTransport *self)
{
  if (self->configured == CG_TRANSPORT_AUTO && self->learnt == CG_TRANSPORT_UDP)
    return CG_TRANSPORT_UDP;
  return self->configured;
}

/**
 * cg_stream_transport_succeed:
 * @self: of a camera
 * @transport: by which pictures have come
 */
void
cg_stream_transport_succeed (CgStreamTransport *self, CgTransport transport)
{
  if (self->configured != CG_TRANSPORT_AUTO || self->learnt == transport)
    return;
  self->learnt = transport;
  g_signal_emit (self, signals[SIGNAL_LEARNT], 0);
}

/**
 * cg_stream_transport_fail:
 * @self: of a camera
 *
 * No picture came: the next try finds out anew.
 */
void
cg_stream_transport_fail (CgStreamTransport *self)
{
  self->learnt = CG_TRANSPORT_AUTO;
}
