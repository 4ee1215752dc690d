/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/rtsp/gstrtspmessage.h>

G_BEGIN_DECLS

/**
 * CgRestreamWireFuncs:
 * @request: the viewer asks for something
 * @packet: it has sent something else, and is there
 * @written: it has taken all there was
 * @lost: nothing comes any more; called once
 *
 * The wire must not be freed in any of them.
 */
typedef struct {
  void (*request) (const GstRTSPMessage *request, gpointer user_data);
  void (*packet) (gpointer user_data);
  void (*written) (gpointer user_data);
  void (*lost) (const char *why, gpointer user_data);
} CgRestreamWireFuncs;

/**
 * CgRestreamWire:
 *
 * The connection of one viewer: requests in, answers and packets out, a bounded piece each turn, so
 * that nobody keeps the others of its thread waiting.
 */
typedef struct _CgRestreamWire CgRestreamWire;

CgRestreamWire *cg_restream_wire_new (GSocket *socket,
                                      const CgRestreamWireFuncs *funcs,
                                      gpointer user_data,
                                      GMainContext *context);
void cg_restream_wire_free (CgRestreamWire *self);
void cg_restream_wire_write (CgRestreamWire *self, GBytes *data);
gboolean cg_restream_wire_is_busy (const CgRestreamWire *self);
gint64 cg_restream_wire_get_taken_us (const CgRestreamWire *self);
gint64 cg_restream_wire_get_stall_us (const CgRestreamWire *self, gint64 now_us);

G_END_DECLS
