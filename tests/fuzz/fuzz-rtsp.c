/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a camera may send on its RTSP connection: messages, descriptions, packets, reports. */
#include "fuzz-main.h"

#include <string.h>

#include "cg-audio-depay.h"
#include "cg-rtcp.h"
#include "cg-rtp-time.h"
#include "cg-rtsp-header.h"
#include "cg-rtsp-login.h"
#include "cg-rtsp-reader.h"
#include "cg-rtsp-url.h"
#include "cg-sdp-repair.h"
#include "cg-video-depay.h"

/* All that packets go through, whatever their channel says. */
typedef struct {
  CgParameterSets *sets[2];
  CgVideoDepay *video[2];
  CgAudioDepay *audio[2];
  CgRtpTime times[2];
  gint64 now_us;
  gsize bytes;
} Receiver;

static void
on_unit (guint8 *data, gsize size, gboolean is_key, guint32 time, gpointer user_data)
{
  Receiver *self = user_data;
  gint64 dts_us, pts_us;

  g_assert_cmpuint (size, >, 0);
  g_assert_cmpuint (size, <=, CG_PICTURE_MAX_SIZE);
  for (gsize i = 0; i < size; i += 64)
    self->bytes += data[i] & 1;
  self->bytes += data[size - 1] & 1;
  if (cg_rtp_time_stamp (&self->times[0], time, self->now_us += 40000, &dts_us, &pts_us))
    g_assert_cmpint (pts_us, >=, dts_us);
  g_free (data);
}

static void
receiver_init (Receiver *self)
{
  const CgAudioDepayOptions aac = {.is_aac = TRUE, .clock_rate = 16000, .config = "1408"};
  const CgAudioDepayOptions constant = {.is_aac = TRUE, .constant_size = 5, .config = "z"};

  *self = (Receiver){0};
  for (guint i = 0; i < 2; i++) {
    self->sets[i] = cg_parameter_sets_new ((CgNalCodec)i);
    self->video[i] = cg_video_depay_new ((CgNalCodec)i, self->sets[i], on_unit, self);
    cg_rtp_time_init (&self->times[i], 90000);
  }
  self->audio[0] = cg_audio_depay_new (&aac, on_unit, self);
  self->audio[1] = cg_audio_depay_new (&constant, on_unit, self);
}

static void
receiver_clear (Receiver *self)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) record = cg_parameter_sets_make_record (self->sets[i]);

    cg_video_depay_free (self->video[i]);
    cg_audio_depay_free (self->audio[i]);
    cg_parameter_sets_free (self->sets[i]);
  }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Receiver, receiver_clear)

static void
receive (Receiver *self, guint channel, const guint8 *data, gsize size)
{
  CgRtpPacket packet;
  CgRtcpNews news;

  cg_rtcp_parse (data, size, &news);
  if (news.has_report) {
    cg_rtp_time_report (&self->times[channel & 1], news.time, news.ntp);
    cg_rtp_time_follow (&self->times[0], &self->times[1]);
  }
  if (!cg_rtp_packet_parse (data, size, &packet))
    return;
  g_assert_true (packet.data >= data && packet.size <= size);
  for (guint i = 0; i < 2; i++) {
    if ((channel & 2) != 0)
      cg_video_depay_lose (self->video[i]);
    cg_video_depay_push (self->video[i], &packet);
    cg_audio_depay_push (self->audio[i], &packet);
  }
}

static void
check_addresses (const char *base, const char *control)
{
  g_autoptr (CgRtspUrl) url = cg_rtsp_url_parse ("rtsp://h/s?q", NULL);
  g_autofree char *from = cg_rtsp_url_get_base (url, base);
  g_autofree char *to = cg_rtsp_url_get_control (url, from, control);
  g_autoptr (CgRtspUrl) again = cg_rtsp_url_parse (to, NULL);

  g_assert_nonnull (again);
  g_assert_cmpstr (again->host, ==, "h");
  g_assert_null (strpbrk (to, "\r\n "));
}

static void
check_login (const CgRtspMessage *message)
{
  g_auto (GStrv) challenges = cg_rtsp_message_get_headers (message, "WWW-Authenticate");
  g_autoptr (CgRtspLogin) login = cg_rtsp_login_new ("u", "p");

  for (guint i = 0; i < 10; i++) {
    const CgRtspLoginVerdict verdict =
        cg_rtsp_login_take_challenge (login, (const char *const *)challenges);
    if (verdict > CG_RTSP_LOGIN_SHOW_ONCE_MORE)
      return;
    g_autofree char *answer = cg_rtsp_login_answer (login, "PLAY", "rtsp://h/s");
    g_assert_nonnull (answer);
    g_assert_null (strpbrk (answer, "\r\n"));
  }
  g_assert_not_reached ();
}

static void
check_message (const CgRtspMessage *message)
{
  const char *session = cg_rtsp_message_get_header (message, "Session");
  const char *transport = cg_rtsp_message_get_header (message, "Transport");
  CgRtspTransport channels = {0, 1};
  guint timeout_s = 0;

  check_addresses (cg_rtsp_message_get_header (message, "Content-Base"),
                   cg_rtsp_message_get_header (message, "Location"));
  check_login (message);
  cg_rtsp_public_has (cg_rtsp_message_get_header (message, "Public"), "GET_PARAMETER");
  if (transport != NULL && cg_rtsp_transport_parse (transport, &channels))
    g_assert_cmpuint (MAX (channels.rtp_channel, channels.rtcp_channel), <=, 255);
  g_autofree char *id = session != NULL ? cg_rtsp_session_parse (session, &timeout_s) : NULL;
  if (session != NULL)
    g_assert_cmpuint (timeout_s, >, 0);
}

/* In pieces of one size, as the network may cut it. Returns: what came, in one number */
static gsize
read_stream (const uint8_t *data, size_t size, size_t step)
{
  g_autoptr (CgRtspReader) reader = cg_rtsp_reader_new ();
  g_auto (Receiver) receiver;
  gsize sum = 0;

  receiver_init (&receiver);
  cg_rtsp_reader_expect (reader, 0);
  cg_rtsp_reader_expect (reader, 1);
  for (size_t at = 0; at < size;) {
    gsize space = 0;
    guint8 *place = cg_rtsp_reader_get_space (reader, &space);
    const gsize length = MIN (MIN (space, step), size - at);
    CgRtspItem item;
    CgRtspItemKind kind;

    memcpy (place, data + at, length);
    cg_rtsp_reader_commit (reader, length);
    at += length;
    while ((kind = cg_rtsp_reader_next (reader, &item)) != CG_RTSP_ITEM_NONE) {
      g_autoptr (CgRtspMessage) message = item.message;

      if (message != NULL)
        check_message (message);
      else
        receive (&receiver, item.channel, item.data, item.size);
      sum = sum * 31 + item.size + kind;
    }
  }
  return sum + cg_rtsp_reader_get_skipped (reader) + receiver.bytes;
}

static void
check_description (const uint8_t *data, size_t size)
{
  g_autofree char *text = cg_sdp_repair ((const char *)data, size);
  g_autofree char *again = cg_sdp_repair (text, strlen (text));

  g_assert_cmpstr (again, ==, text);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_assert_cmpuint (read_stream (data, size, 7), ==, read_stream (data, size, 100000));
  check_description (data, size);
  return 0;
}
