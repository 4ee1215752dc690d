/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-restream-sdp.h"

#include "cg-record.h"

/* The first dynamic payload type (RFC 3551, 6); the track's number is added. */
#define FIRST_PAYLOAD_TYPE 96
#define PICTURE_CLOCK 90000

/* ITU-T H.265, table 7-1; H.264, table 7-1 */
enum { H265_VPS = 32, H265_SPS, H265_PPS };
enum { H264_SPS = 7 };

static void
add_base64 (GString *text, const CgRecordSet *set)
{
  g_autofree char *code = g_base64_encode (set->data, set->size);

  g_string_append (text, code);
}

/* RFC 6184, 8.2.1 */
static void
add_h264 (GString *text, const CgFormat *format)
{
  CgRecordSet sets[CG_RECORD_MAX_SETS];
  const guint n_sets = cg_record_read (format, sets);

  g_string_append (text, "packetization-mode=1");
  if (n_sets > 0 && sets[0].size > 3 && (sets[0].data[0] & 0x1f) == H264_SPS)
    g_string_append_printf (text, ";profile-level-id=%02X%02X%02X", sets[0].data[1],
                            sets[0].data[2], sets[0].data[3]);
  for (guint i = 0; i < n_sets; i++) {
    g_string_append (text, i == 0 ? ";sprop-parameter-sets=" : ",");
    add_base64 (text, &sets[i]);
  }
}

/* RFC 7798, 7.1: a list for each kind. */
static void
add_h265 (GString *text, const CgFormat *format)
{
  static const char *const names[] = {"sprop-vps=", "sprop-sps=", "sprop-pps="};
  CgRecordSet sets[CG_RECORD_MAX_SETS];
  const guint n_sets = cg_record_read (format, sets);
  gboolean is_first = TRUE;

  for (guint kind = H265_VPS; kind <= H265_PPS; kind++) {
    guint count = 0;

    for (guint i = 0; i < n_sets; i++) {
      if ((guint)(sets[i].data[0] >> 1 & 0x3f) != kind)
        continue;
      if (count++ > 0)
        g_string_append_c (text, ',');
      else
        g_string_append_printf (text, "%s%s", is_first ? "" : ";", names[kind - H265_VPS]);
      add_base64 (text, &sets[i]);
      is_first = FALSE;
    }
  }
}

/* RFC 3640, 4.1 and 3.3.6 */
static void
add_aac (GString *text, const CgFormat *format)
{
  gsize size;
  const guint8 *config = g_bytes_get_data (format->codec_data, &size);

  g_string_append (text, "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;"
                         "indexlength=3;indexdeltalength=3;config=");
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02X", config[i]);
}

static void
add_picture (GString *text, const CgFormat *format)
{
  const gboolean is_h265 = format->codec == CG_CODEC_H265;
  const guint type = FIRST_PAYLOAD_TYPE + CG_TRACK_VIDEO;

  g_string_append_printf (text,
                          "m=video 0 RTP/AVP %u\r\n"
                          "a=rtpmap:%u %s/%u\r\n"
                          "a=fmtp:%u ",
                          type, type, is_h265 ? "H265" : "H264", PICTURE_CLOCK, type);
  if (is_h265)
    add_h265 (text, format);
  else
    add_h264 (text, format);
  g_string_append_printf (text, "\r\na=control:" CG_RESTREAM_CONTROL "%u\r\n", CG_TRACK_VIDEO);
}

static void
add_sound (GString *text, const CgFormat *format)
{
  const guint type = FIRST_PAYLOAD_TYPE + CG_TRACK_AUDIO;

  g_string_append_printf (text,
                          "m=audio 0 RTP/AVP %u\r\n"
                          "a=rtpmap:%u MPEG4-GENERIC/%u/%u\r\n"
                          "a=fmtp:%u ",
                          type, type, format->rate, format->channels, type);
  add_aac (text, format);
  g_string_append_printf (text, "\r\na=control:" CG_RESTREAM_CONTROL "%u\r\n", CG_TRACK_AUDIO);
}

/**
 * cg_restream_sdp_make:
 * @name: of the camera
 * @formats: of its picture and (nullable) its sound
 *
 * Source: RFC 4566 and RFC 2326, appendix C.
 *
 * Returns: (transfer full): what a viewer must know before it sets anything up
 */
char *
cg_restream_sdp_make (const char *name, CgFormat *const formats[CG_N_TRACKS])
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "v=0\r\n"
                          "o=- %" G_GINT64_FORMAT " 1 IN IP4 0.0.0.0\r\n"
                          "s=%s\r\n"
                          "c=IN IP4 0.0.0.0\r\n"
                          "t=0 0\r\n"
                          "a=range:npt=now-\r\n"
                          "a=control:*\r\n",
                          g_get_real_time () / G_USEC_PER_SEC, name);
  add_picture (text, formats[CG_TRACK_VIDEO]);
  if (formats[CG_TRACK_AUDIO] != NULL)
    add_sound (text, formats[CG_TRACK_AUDIO]);
  return g_string_free (text, FALSE);
}

/**
 * cg_restream_sdp_init_packer:
 * @track: picture or sound
 * @format: of it
 * @packer: (out): makes packets as the description says
 */
void
cg_restream_sdp_init_packer (CgTrack track, const CgFormat *format, CgRtpPacker *packer)
{
  cg_rtp_packer_init (packer, (guint8)(FIRST_PAYLOAD_TYPE + track),
                      track == CG_TRACK_VIDEO ? PICTURE_CLOCK : format->rate);
}
