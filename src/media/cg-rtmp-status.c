/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-rtmp-status.h"

#include <string.h>

typedef struct {
  const char *text; /* part of the code or of the description, in lower case */
  CgError error;
} CgStatusRow;

/* The first that fits counts. Descriptions are those of nginx-rtmp, SRS, ZLMediaKit, Wowza and
 * Adobe's servers. */
static const CgStatusRow rows[] = {
    {"publish.badname", CG_ERROR_STREAM_BUSY},
    {"streambusy", CG_ERROR_STREAM_BUSY},
    {"already publishing", CG_ERROR_STREAM_BUSY},
    {"already exist", CG_ERROR_STREAM_BUSY},
    {"publish.denied", CG_ERROR_LOGIN_REFUSED},
    {"unauthorized", CG_ERROR_LOGIN_REFUSED},
    {"authmod=", CG_ERROR_LOGIN_REFUSED},
    {"connect.rejected", CG_ERROR_LOGIN_REFUSED},
    {"codec", CG_ERROR_STREAM_FORMAT},
};

/**
 * cg_rtmp_status_is_error:
 * @command: an onStatus
 *
 * Returns: %TRUE if publishing has failed, or is over
 */
gboolean
cg_rtmp_status_is_error (const CgAmfCommand *command)
{
  const char *code = cg_amf_command_get (command, "code");

  if (strcmp (cg_amf_command_get (command, "level"), "error") == 0)
    return TRUE;
  return strcmp (code, "NetStream.Publish.BadName") == 0 ||
         strcmp (code, "NetStream.Unpublish.Success") == 0 ||
         strcmp (code, "NetConnection.Connect.Closed") == 0;
}

/**
 * cg_rtmp_status_make_error:
 * @command: an onStatus or _error
 *
 * The one place where a media server's codes become ours.
 *
 * Returns: (transfer full): an error of domain CG_ERROR
 */
GError *
cg_rtmp_status_make_error (const CgAmfCommand *command)
{
  const char *code = cg_amf_command_get (command, "code");
  const char *description = cg_amf_command_get (command, "description");
  g_autofree char *both = g_strdup_printf ("%s %s", code, description);
  g_autofree char *lower = g_ascii_strdown (both, -1);
  CgError error = CG_ERROR_PEER_FAULT;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (strstr (lower, rows[i].text) == NULL)
      continue;
    error = rows[i].error;
    break;
  }
  g_strstrip (both);
  return g_error_new (CG_ERROR, error, "media server answers %s",
                      both[0] != '\0' ? both : "with an error");
}

/**
 * cg_rtmp_status_offers_h265:
 * @command: the answer to `connect`
 *
 * Enhanced RTMP v2 has servers say so there; those of v1 know it and keep silent.
 *
 * Returns: whether the server says that it takes H.265 (Q11)
 */
gboolean
cg_rtmp_status_offers_h265 (const CgAmfCommand *command)
{
  static const char *const keys[] = {"fourCcList", "videoFourCcInfoMap"};

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (cg_amf_command_has (command, keys[i], CG_RTMP_H265) ||
        cg_amf_command_has (command, keys[i], "*"))
      return TRUE;
  }
  return FALSE;
}
