/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-request-reader.h"

G_BEGIN_DECLS

/* A packet, or a request, which lasts for the call. */
typedef void (*RequestFeedFunc) (CgRequestKind kind,
                                 const GstRTSPMessage *request,
                                 gpointer user_data);

/* Lets a new reader read what a viewer sends, in pieces of this size.
 * Returns: CG_REQUEST_BAD or CG_REQUEST_NONE: whether it will read no more */
CgRequestKind request_feed (
    gconstpointer data, gsize size, gsize piece, RequestFeedFunc func, gpointer user_data);

G_END_DECLS
