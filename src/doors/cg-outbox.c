/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-outbox.h"

#include <string.h>

#define SUSPECT_LOSSES 2 /* then a message goes alone, to see whether it is the one */
#define REFUSED_LOSSES 3
/* Some server allows no more than a few KiB; below, it is more likely the topic that it hates. */
#define TELLING_BYTES (8 * 1024)

struct _CgOutbox {
  guint limit;
  gsize limit_bytes;
  guint window;
  gboolean link_up;
  GQueue waiting;                   /* (owned) (element-type CgOutboxItem) oldest first */
  GQueue under_way;                 /* (owned) (element-type CgOutboxItem) oldest first */
  GQueue refused;                   /* (owned) (element-type CgOutboxItem) oldest first */
  gsize refused_size;               /* what is as long is refused, too; 0: not known */
  guint n_waiting[CG_N_DOOR_KINDS]; /* spares the search for what is not there */
  gsize n_bytes;                    /* of all, those under way included */
  guint64 n_dropped;
};

/* What goes first when there is no room: a stream's next value replaces the last, a registration
 * is repeated by itself, a reply is awaited (PROTOCOL.md section 1, "offline"). */
static const CgDoorKind drop_order[] = {
    CG_DOOR_STREAM,
    CG_DOOR_EVENT,
    CG_DOOR_REGISTER,
    CG_DOOR_REPLY,
};
G_STATIC_ASSERT (G_N_ELEMENTS (drop_order) == CG_N_DOOR_KINDS);

/* What it takes in memory, roughly. */
static gsize
item_get_size (const CgOutboxItem *item)
{
  return sizeof *item + strlen (item->topic) + g_bytes_get_size (item->content);
}

/**
 * cg_outbox_item_free:
 * @item: (transfer full): a message
 */
void
cg_outbox_item_free (CgOutboxItem *item)
{
  g_free (item->topic);
  g_bytes_unref (item->content);
  g_free (item);
}

/**
 * cg_outbox_new:
 * @limit: messages kept while the link is down, those under way included
 * @limit_bytes: what they may take at any time
 * @window: messages under way at the same time
 *
 * Returns: (transfer full): an empty outbox, its link down
 */
CgOutbox *
cg_outbox_new (guint limit, gsize limit_bytes, guint window)
{
  g_return_val_if_fail (window > 0 && limit >= window, NULL);

  CgOutbox *self = g_new0 (CgOutbox, 1);
  self->limit = limit;
  self->limit_bytes = limit_bytes;
  self->window = window;
  g_queue_init (&self->waiting);
  g_queue_init (&self->under_way);
  g_queue_init (&self->refused);
  return self;
}

/**
 * cg_outbox_free:
 * @self: (nullable) (transfer full): an outbox
 */
void
cg_outbox_free (CgOutbox *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->waiting, (GDestroyNotify)cg_outbox_item_free);
  g_queue_clear_full (&self->under_way, (GDestroyNotify)cg_outbox_item_free);
  g_queue_clear_full (&self->refused, (GDestroyNotify)cg_outbox_item_free);
  g_free (self);
}

static void
drop_oldest_of (CgOutbox *self, CgDoorKind kind)
{
  GList *link = self->waiting.head;

  while (((CgOutboxItem *)link->data)->kind != kind)
    link = link->next;
  self->n_bytes -= item_get_size (link->data);
  cg_outbox_item_free (link->data);
  g_queue_delete_link (&self->waiting, link);
  self->n_waiting[kind]--;
  self->n_dropped++;
}

static gboolean
is_too_full (const CgOutbox *self)
{
  return self->n_bytes > self->limit_bytes ||
         (!self->link_up && cg_outbox_get_length (self) > self->limit);
}

static void
make_room (CgOutbox *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (drop_order); i++)
    while (is_too_full (self) && self->n_waiting[drop_order[i]] > 0)
      drop_oldest_of (self, drop_order[i]);
}

static gboolean
is_too_long (const CgOutbox *self, const CgOutboxItem *item)
{
  return self->refused_size > 0 && g_bytes_get_size (item->content) >= self->refused_size;
}

/* Gives up a message that is in no queue. */
static void
refuse (CgOutbox *self, CgOutboxItem *item)
{
  self->n_bytes -= item_get_size (item);
  self->n_dropped++;
  g_queue_push_tail (&self->refused, item);
}

static void
refuse_too_long (CgOutbox *self)
{
  for (GList *link = self->waiting.head, *next = NULL; link != NULL; link = next) {
    CgOutboxItem *item = link->data;

    next = link->next;
    if (!is_too_long (self, item))
      continue;
    g_queue_delete_link (&self->waiting, link);
    self->n_waiting[item->kind]--;
    refuse (self, item);
  }
}

/**
 * cg_outbox_push:
 * @self: an outbox
 * @topic: where it goes
 * @kind: what it is
 * @qos: how surely it has to arrive: 0, 1 or 2
 * @content: the message
 *
 * Adds a message at the end. When there is no room the oldest stream goes, then the oldest event,
 * then the oldest registration, then the oldest reply (PROTOCOL.md section 1). Messages under way
 * are not dropped. One as long as what the other side has refused is refused, too.
 */
void
cg_outbox_push (CgOutbox *self, const char *topic, CgDoorKind kind, int qos, GBytes *content)
{
  CgOutboxItem *item = g_new0 (CgOutboxItem, 1);

  item->topic = g_strdup (topic);
  item->kind = kind;
  item->qos = qos;
  item->content = g_bytes_ref (content);
  self->n_bytes += item_get_size (item);
  if (is_too_long (self, item)) {
    refuse (self, item);
    return;
  }
  g_queue_push_tail (&self->waiting, item);
  self->n_waiting[kind]++;
  make_room (self);
}

/* It may be what the link is cut for: it goes when nothing else is under way. */
static gboolean
goes_alone (const CgOutboxItem *item)
{
  return item != NULL && item->losses >= SUSPECT_LOSSES;
}

/**
 * cg_outbox_begin:
 * @self: an outbox
 *
 * Takes the oldest message that waits. The sender stores its own number for it in `mid`.
 *
 * Returns: (transfer none) (nullable): the message, valid until cg_outbox_end() or
 *   cg_outbox_rewind(); %NULL if none waits, the window is full, or one of them has to go alone
 */
CgOutboxItem *
cg_outbox_begin (CgOutbox *self)
{
  const gboolean alone = goes_alone (g_queue_peek_head (&self->waiting)) ||
                         goes_alone (g_queue_peek_head (&self->under_way));
  if (self->under_way.length >= (alone ? 1 : self->window))
    return NULL;

  CgOutboxItem *item = g_queue_pop_head (&self->waiting);
  if (item == NULL)
    return NULL;
  self->n_waiting[item->kind]--;
  g_queue_push_tail (&self->under_way, item);
  return item;
}

/**
 * cg_outbox_end:
 * @self: an outbox
 * @mid: the sender's number of a message
 *
 * The other side has it.
 *
 * Returns: %FALSE if no message of that number is under way
 */
gboolean
cg_outbox_end (CgOutbox *self, int mid)
{
  for (GList *link = self->under_way.head; link != NULL; link = link->next) {
    CgOutboxItem *item = link->data;
    if (item->mid != mid)
      continue;
    g_queue_delete_link (&self->under_way, link);
    self->n_bytes -= item_get_size (item);
    cg_outbox_item_free (item);
    return TRUE;
  }
  return FALSE;
}

/**
 * cg_outbox_rewind:
 * @self: an outbox
 * @soon: whether the link was up, and not for long
 *
 * The link is lost: what was under way waits again, before all else and in its old order. The
 * other side may get it twice.
 *
 * A server that gets what it does not take, as too long a message, cuts the link (MQTT 3.1.1 has no
 * other answer): a message with which three links in a row were lost soon, the last time alone, is
 * refused; so is what is as long, until a link has lived longer: perhaps to another server then.
 */
void
cg_outbox_rewind (CgOutbox *self, gboolean soon)
{
  CgOutboxItem *item = NULL;

  if (!soon)
    self->refused_size = 0;
  while ((item = g_queue_pop_tail (&self->under_way)) != NULL) {
    const gsize size = g_bytes_get_size (item->content);

    item->mid = 0;
    item->losses = soon ? item->losses + 1 : 0;
    if (item->losses >= REFUSED_LOSSES) {
      self->refused_size = size >= TELLING_BYTES ? size : self->refused_size;
      refuse (self, item);
      continue;
    }
    g_queue_push_head (&self->waiting, item);
    self->n_waiting[item->kind]++;
  }
  refuse_too_long (self);
}

/**
 * cg_outbox_take_refused:
 * @self: an outbox
 *
 * Returns: (transfer full) (nullable): the oldest message that was refused
 */
CgOutboxItem *
cg_outbox_take_refused (CgOutbox *self)
{
  return g_queue_pop_head (&self->refused);
}

/**
 * cg_outbox_take_waiting:
 * @self: an outbox
 *
 * Returns: (transfer full) (element-type CgOutboxItem): all that waits, oldest first; what is under
 *   way stays
 */
GPtrArray *
cg_outbox_take_waiting (CgOutbox *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_outbox_item_free);
  CgOutboxItem *item = NULL;

  while ((item = g_queue_pop_head (&self->waiting)) != NULL) {
    self->n_waiting[item->kind]--;
    self->n_bytes -= item_get_size (item);
    g_ptr_array_add (items, item);
  }
  return items;
}

/**
 * cg_outbox_adopt:
 * @self: an outbox
 * @items: (transfer full) (element-type CgOutboxItem): from cg_outbox_take_waiting() of another
 *
 * They wait here now, before all else and in their order, as far as there is room.
 */
void
cg_outbox_adopt (CgOutbox *self, GPtrArray *items)
{
  g_ptr_array_set_free_func (items, NULL);
  for (guint i = items->len; i > 0; i--) {
    CgOutboxItem *item = items->pdata[i - 1];

    item->losses = 0;
    g_queue_push_head (&self->waiting, item);
    self->n_waiting[item->kind]++;
    self->n_bytes += item_get_size (item);
  }
  g_ptr_array_unref (items);
  make_room (self);
}

/**
 * cg_outbox_set_link:
 * @self: an outbox
 * @up: whether what waits is being sent
 *
 * While the link is up a burst may be longer than what is kept for a link that is down: bytes
 * alone count. When it goes, what is too much is dropped.
 */
void
cg_outbox_set_link (CgOutbox *self, gboolean up)
{
  self->link_up = up;
  make_room (self);
}

/**
 * cg_outbox_get_length:
 * @self: an outbox
 *
 * Returns: messages that are not yet with the other side
 */
guint
cg_outbox_get_length (const CgOutbox *self)
{
  return self->waiting.length + self->under_way.length;
}

/**
 * cg_outbox_get_n_dropped:
 * @self: an outbox
 *
 * Returns: messages that were given up: for want of room, or because they are refused
 */
guint64
cg_outbox_get_n_dropped (const CgOutbox *self)
{
  return self->n_dropped;
}
