/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-door.h"

G_BEGIN_DECLS

/**
 * CgOutboxItem:
 * @topic: where it goes
 * @kind: what it is
 * @qos: how surely it has to arrive: 0, 1 or 2
 * @content: the message
 * @mid: while it is under way: the number by which the sender knows it
 * @losses: links in a row that were lost soon, and with this message under way
 */
typedef struct {
  char *topic;
  CgDoorKind kind;
  int qos;
  GBytes *content;
  int mid;
  guint losses;
} CgOutboxItem;

/* Messages that wait for a link, and those that are under way on it. A plain type: no lock. */
typedef struct _CgOutbox CgOutbox;

CgOutbox *cg_outbox_new (guint limit, gsize limit_bytes, guint window);
void cg_outbox_free (CgOutbox *self);
void cg_outbox_item_free (CgOutboxItem *item);

void cg_outbox_push (CgOutbox *self, const char *topic, CgDoorKind kind, int qos, GBytes *content);
CgOutboxItem *cg_outbox_begin (CgOutbox *self);
gboolean cg_outbox_end (CgOutbox *self, int mid);
void cg_outbox_rewind (CgOutbox *self, gboolean soon);
CgOutboxItem *cg_outbox_take_refused (CgOutbox *self);
GPtrArray *cg_outbox_take_waiting (CgOutbox *self);
void cg_outbox_adopt (CgOutbox *self, GPtrArray *items);
void cg_outbox_set_link (CgOutbox *self, gboolean up);

guint cg_outbox_get_length (const CgOutbox *self);
guint64 cg_outbox_get_n_dropped (const CgOutbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOutbox, cg_outbox_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgOutboxItem, cg_outbox_item_free)

G_END_DECLS
