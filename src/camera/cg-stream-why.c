/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-stream-why.h"

#include "cg-error.h"

/* The words of a stream. Each is told in docs/codes.md. */
static const CgWord words[] = {
    [CG_WHY_OF_ERROR] = {NULL},
    [CG_WHY_DNS] = {"dns", "the host's name is unknown",
                    "check the name in the address, and this machine's name server"},
    [CG_WHY_NO_ROUTE] = {"no-route", "no way leads there",
                         "check the address, and this machine's network"},
    [CG_WHY_REFUSED] = {"refused", "the host is there, and nobody listens on that port",
                        "check address and port; start the media server"},
    [CG_WHY_LOCKED] = {"locked", "the login was refused too often, and is not sent",
                       "correct user and password; else wait: it is tried again"},
    [CG_WHY_NO_STREAM] = {"no-such-stream", "the camera does not know the address",
                          "correct `url` or `profile` of the camera; run `camgatectl "
                          "probe`"},
    [CG_WHY_SESSION_LIMIT] = {"session-limit", "the camera has no more sessions to give",
                              "close other viewers of the camera, or raise its limit"},
    [CG_WHY_NO_PICTURE] = {"no-picture", "packets come, and no picture in them",
                           "restart the camera; run `camgatectl probe`"},
    [CG_WHY_NO_KEY_FRAME] = {"no-key-frame",
                             "pictures come, and none to begin with, or to go on with "
                             "after a loss",
                             "set the camera's key frame interval to a second or two; "
                             "check its line for losses"},
    [CG_WHY_SERVER_REFUSED] = {"media-server-refused",
                               "the media server does not take the publisher, its login, "
                               "or its application",
                               "check the url; read the log of the media server"},
    [CG_WHY_UPLINK_SLOW] = {"uplink-too-slow",
                            "the line carries less than the camera's main picture",
                            "lower the camera's bitrate, or get a faster line"},
    [CG_WHY_UPLINK_BUDGET] = {"uplink-budget",
                              "all streams together are more than "
                              "`uplink-kbps`; the small picture is sent",
                              "raise `uplink-kbps`, or lower the bitrate of the cameras"},
};
G_STATIC_ASSERT (G_N_ELEMENTS (words) == CG_N_STREAM_WHYS);

/* Why a stream does not play: the one table. The first row that fits counts; what is not here has
 * the word of its error. */
static const struct {
  CgError error;
  CgErrorCause cause; /* CG_ERROR_CAUSE_NONE: any */
  CgStreamWhy whys[CG_N_STREAM_SIDES];
} rows[] = {
    {CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_NAME, {CG_WHY_DNS, CG_WHY_DNS}},
    {CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_ROUTE, {CG_WHY_NO_ROUTE, CG_WHY_NO_ROUTE}},
    {CG_ERROR_UNREACHABLE, CG_ERROR_CAUSE_REFUSED, {CG_WHY_REFUSED, CG_WHY_REFUSED}},
    {CG_ERROR_TIMED_OUT, CG_ERROR_CAUSE_SLOW, {CG_WHY_OF_ERROR, CG_WHY_UPLINK_SLOW}},
    {CG_ERROR_LOGIN_REFUSED, CG_ERROR_CAUSE_LOCKED, {CG_WHY_LOCKED, CG_WHY_SERVER_REFUSED}},
    {CG_ERROR_LOGIN_REFUSED, CG_ERROR_CAUSE_NONE, {CG_WHY_OF_ERROR, CG_WHY_SERVER_REFUSED}},
    {CG_ERROR_TOO_MANY_STREAMS, CG_ERROR_CAUSE_NONE, {CG_WHY_SESSION_LIMIT, CG_WHY_SERVER_REFUSED}},
    {CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NO_PICTURE, {CG_WHY_NO_PICTURE, CG_WHY_OF_ERROR}},
    {CG_ERROR_STREAM_STALLED, CG_ERROR_CAUSE_NO_KEY_FRAME, {CG_WHY_NO_KEY_FRAME, CG_WHY_OF_ERROR}},
    {CG_ERROR_PEER_FAULT, CG_ERROR_CAUSE_NO_STREAM, {CG_WHY_NO_STREAM, CG_WHY_SERVER_REFUSED}},
    {CG_ERROR_PEER_FAULT, CG_ERROR_CAUSE_NONE, {CG_WHY_OF_ERROR, CG_WHY_SERVER_REFUSED}},
};

/**
 * cg_stream_why_spell:
 * @why: a reason
 *
 * Returns: (nullable): its word; %NULL of %CG_WHY_OF_ERROR
 */
const char *
cg_stream_why_spell (CgStreamWhy why)
{
  return words[why].word;
}

/**
 * cg_stream_why_describe:
 * @index: 0 for the first, and so on
 * @word: (out): a word, and what is to be said of it
 *
 * Returns: %FALSE if there are no more
 */
gboolean
cg_stream_why_describe (guint index, CgWord *word)
{
  const guint first = CG_WHY_OF_ERROR + 1;

  if (index >= CG_N_STREAM_WHYS - first)
    return FALSE;
  *word = words[first + index];
  return TRUE;
}

/**
 * cg_stream_why_get_word:
 * @side: of which end the error is
 * @error: a #CG_ERROR
 *
 * Returns: one stable word for the event, and for `show` (PROTOCOL.md section 4, play)
 */
const char *
cg_stream_why_get_word (CgStreamSide side, const GError *error)
{
  const CgErrorCause cause = cg_error_get_cause (error);
  CgStreamWhy why = CG_WHY_OF_ERROR;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if ((int)rows[i].error == error->code &&
        (rows[i].cause == cause || rows[i].cause == CG_ERROR_CAUSE_NONE)) {
      why = rows[i].whys[side];
      break;
    }
  }
  return why != CG_WHY_OF_ERROR ? words[why].word : cg_error_get_word ((CgError)error->code);
}
