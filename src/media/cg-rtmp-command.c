/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtmp-command.h"

#include "cg-amf.h"
#include "cg-rtmp-status.h"

static const char *const names[] = {
    [CG_RTMP_CONNECT] = "connect",      [CG_RTMP_RELEASE] = "releaseStream",
    [CG_RTMP_FC_PUBLISH] = "FCPublish", [CG_RTMP_CREATE] = "createStream",
    [CG_RTMP_PUBLISH] = "publish",      [CG_RTMP_FC_UNPUBLISH] = "FCUnpublish",
    [CG_RTMP_DELETE] = "deleteStream",
};
G_STATIC_ASSERT (G_N_ELEMENTS (names) == CG_N_RTMP_COMMANDS);

/**
 * cg_rtmp_command_begin:
 * @command: what is said
 * @packet: gets its name and number, and where its arguments stand alone, the empty object before
 *   them (RTMP 1.0, 7.2)
 */
void
cg_rtmp_command_begin (CgRtmpCommand command, GByteArray *packet)
{
  cg_amf_append_string (packet, names[command]);
  cg_amf_append_number (packet, command);
  if (command != CG_RTMP_CONNECT)
    cg_amf_append_null (packet);
}

static void
append_property (GByteArray *packet, const char *key, const char *value)
{
  cg_amf_append_key (packet, key);
  cg_amf_append_string (packet, value);
}

/* Enhanced RTMP v1, enhancing NetConnection connect: what we may send beyond the old codecs. A
 * server that knows nothing of it ignores the word. */
static void
append_codecs (GByteArray *packet)
{
  cg_amf_append_key (packet, "fourCcList");
  cg_amf_begin_list (packet, 1);
  cg_amf_append_string (packet, CG_RTMP_H265);
}

/**
 * cg_rtmp_command_append_place:
 * @packet: a `connect` that was begun
 * @app: the application, with its query
 * @tc_url: the whole address, with its query
 */
void
cg_rtmp_command_append_place (GByteArray *packet, const char *app, const char *tc_url)
{
  cg_amf_begin_object (packet);
  append_property (packet, "app", app);
  append_property (packet, "type", "nonprivate");
  append_property (packet, "flashVer", "FMLE/3.0 (compatible; camgate)");
  append_property (packet, "tcUrl", tc_url);
  append_codecs (packet);
  cg_amf_end_object (packet);
}

/**
 * cg_rtmp_command_find:
 * @transaction: what a server says it answers; may be no number of ours, or none at all
 *
 * Returns: the command, or 0
 */
CgRtmpCommand
cg_rtmp_command_find (double transaction)
{
  for (CgRtmpCommand command = CG_RTMP_CONNECT; command < CG_N_RTMP_COMMANDS; command++) {
    if (transaction == command)
      return command;
  }
  return 0;
}
