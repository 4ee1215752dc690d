/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-join.h"

static void
on_message (CgDoor *door, GBytes *message, CgChannel *channel)
{
  cg_channel_receive (channel, message);
}

static void
on_refused (CgDoor *door, GBytes *message, CgChannel *channel)
{
  cg_channel_refuse_reply (channel, message);
}

static void
on_link_changed (CgDoor *door, gboolean up, CgChannel *channel)
{
  cg_channel_set_link (channel, up);
}

static void
on_send (CgChannel *channel, const char *did, CgMessageKind kind, GBytes *message, CgDoor *door)
{
  static const CgDoorKind kinds[] = {
      [CG_MESSAGE_KIND_REPLY] = CG_DOOR_REPLY,
      [CG_MESSAGE_KIND_REGISTER] = CG_DOOR_REGISTER,
      [CG_MESSAGE_KIND_EVENT] = CG_DOOR_EVENT,
      [CG_MESSAGE_KIND_STREAM] = CG_DOOR_STREAM,
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == CG_N_DOOR_KINDS);

  cg_door_send (door, did, kinds[kind], message);
}

/**
 * cg_join:
 * @door: a door
 * @channel: control's end of it
 *
 * From now on what comes in by the door goes to the channel, and back. Neither keeps the other
 * alive.
 */
void
cg_join (CgDoor *door, CgChannel *channel)
{
  g_signal_connect_object (door, "message", G_CALLBACK (on_message), channel, 0);
  g_signal_connect_object (door, "refused", G_CALLBACK (on_refused), channel, 0);
  g_signal_connect_object (door, "link-changed", G_CALLBACK (on_link_changed), channel, 0);
  g_signal_connect_object (channel, "send", G_CALLBACK (on_send), door, 0);
}

/**
 * cg_part:
 * @door: a door
 * @channel: what it was joined to
 *
 * Undoes cg_join(). May be called twice.
 */
void
cg_part (CgDoor *door, CgChannel *channel)
{
  g_signal_handlers_disconnect_by_data (door, channel);
  g_signal_handlers_disconnect_by_data (channel, door);
}

/**
 * cg_part_outgoing:
 * @door: a door that is being closed
 * @channel: what it was joined to
 *
 * What has come in by the door still goes to the channel, whose answers go elsewhere.
 */
void
cg_part_outgoing (CgDoor *door, CgChannel *channel)
{
  g_signal_handlers_disconnect_by_func (door, on_link_changed, channel);
  g_signal_handlers_disconnect_by_func (channel, on_send, door);
}

/**
 * cg_part_incoming:
 * @door: a door
 * @channel: what it was joined to
 *
 * Nothing that comes in goes to the channel any more; what that says still goes out.
 */
void
cg_part_incoming (CgDoor *door, CgChannel *channel)
{
  g_signal_handlers_disconnect_by_func (door, on_message, channel);
}
