/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-audio-depay.h"

#include <string.h>

#include "cg-bits.h"

/* The longest frame of AAC-LC with 8 channels (ISO/IEC 14496-3, 4.5.3.1). */
#define MAX_FRAME (768 * 8)

/* Frames of one packet: RFC 3640 knows no limit, but a packet does. */
#define MAX_FRAMES 256

#define ADTS_SIZE 7
#define ADTS_SIZE_WITH_CRC 9
#define SAMPLES_PER_FRAME 1024

/* ISO/IEC 14496-3, table 1.18 */
static const guint rates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                              22050, 16000, 12000, 11025, 8000,  7350};

/* RFC 3640, 3.3.6 */
static const CgAudioDepayOptions hbr = {
    .size_length = 13, .index_length = 3, .index_delta_length = 3};

typedef struct {
  guint8 data[32];
  gsize size; /* 0: not known */
  guint rate;
  guint channels;
} Config;

struct _CgAudioDepay {
  CgAudioDepayOptions options; /* config is not kept */
  CgUnitFunc func;
  gpointer user_data;
  Config config;
  gboolean has_adts;
  GByteArray *fragment; /* (owned) a frame that came in part */
  gsize fragment_size;  /* what it will have; 0: there is none */
};

/* ISO/IEC 14496-3, 1.6.2.1 */
static gboolean
parse_config (const guint8 *data, gsize size, Config *config)
{
  CgBits bits;

  if (size < 2 || size > sizeof config->data)
    return FALSE;
  cg_bits_init (&bits, data, size);
  const guint type = cg_bits_read (&bits, 5);
  const guint index = cg_bits_read (&bits, 4);
  const guint rate = index == 15                    ? cg_bits_read (&bits, 24)
                     : index < G_N_ELEMENTS (rates) ? rates[index]
                                                    : 0;
  const guint channels = cg_bits_read (&bits, 4);
  if (bits.is_over || type == 0 || type == 31 || rate == 0 || channels > 7)
    return FALSE;
  memcpy (config->data, data, size);
  config->size = size;
  config->rate = rate;
  config->channels = channels == 7 ? 8 : channels;
  return TRUE;
}

static void
read_config (CgAudioDepay *self, const char *text)
{
  guint8 data[sizeof self->config.data];
  const gsize size = MIN (strlen (text) / 2, sizeof data);

  for (gsize i = 0; i < size; i++) {
    const gint high = g_ascii_xdigit_value (text[2 * i]);
    const gint low = g_ascii_xdigit_value (text[2 * i + 1]);

    if (high < 0 || low < 0)
      return;
    data[i] = (guint8)(high << 4 | low);
  }
  parse_config (data, size, &self->config);
}

/**
 * cg_audio_depay_new:
 * @options: all is copied
 * @func: gets the sound
 * @user_data: for @func
 *
 * Returns: (transfer full): a depayloader
 */
CgAudioDepay *
cg_audio_depay_new (const CgAudioDepayOptions *options, CgUnitFunc func, gpointer user_data)
{
  CgAudioDepay *self = g_new0 (CgAudioDepay, 1);

  self->options = *options;
  self->options.config = NULL;
  self->func = func;
  self->user_data = user_data;
  self->fragment = g_byte_array_new ();
  if (options->is_aac && options->size_length == 0 && options->constant_size == 0) {
    self->options.size_length = hbr.size_length;
    self->options.index_length = hbr.index_length;
    self->options.index_delta_length = hbr.index_delta_length;
  }
  if (options->is_aac && options->config != NULL)
    read_config (self, options->config);
  return self;
}

/**
 * cg_audio_depay_free:
 * @self: (transfer full) (nullable): a depayloader
 */
void
cg_audio_depay_free (CgAudioDepay *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->fragment);
  g_free (self);
}

static void
give (CgAudioDepay *self, const guint8 *data, gsize size, guint32 time)
{
  if (size > 0)
    self->func (g_memdup2 (data, size), size, TRUE, time, self->user_data);
}

/* ISO/IEC 13818-7, 6.2; Returns: the length with the header; 0: it is none */
static gsize
read_adts (const guint8 *data, gsize size, gsize *header)
{
  if (size < ADTS_SIZE || data[0] != 0xff || (data[1] & 0xf6) != 0xf0)
    return 0;
  const gsize length = (gsize)(data[3] & 3) << 11 | (gsize)data[4] << 3 | data[5] >> 5;
  *header = (data[1] & 1) != 0 ? ADTS_SIZE : ADTS_SIZE_WITH_CRC;
  return length > *header && length <= size ? length : 0;
}

/* What the header says is true, whatever the description says (Q50). */
static void
follow_adts (CgAudioDepay *self, const guint8 *data)
{
  const guint type = (data[2] >> 6) + 1u;
  const guint index = (data[2] >> 2) & 15;
  const guint channels = (data[2] & 1u) << 2 | data[3] >> 6;
  const guint8 config[] = {(guint8)(type << 3 | index >> 1), (guint8)(index << 7 | channels << 3)};

  self->has_adts = TRUE;
  if (self->config.size < 2 || memcmp (self->config.data, config, sizeof config) != 0)
    parse_config (config, sizeof config, &self->config);
}

static void
give_frame (CgAudioDepay *self, const guint8 *data, gsize size, guint32 time)
{
  gsize header = 0;
  const gsize length = read_adts (data, size, &header);

  if (length > 0 && (length == size || self->has_adts)) {
    follow_adts (self, data);
    give (self, data + header, length - header, time);
  } else {
    give (self, data, size, time);
  }
}

static guint32
get_frame_ticks (const CgAudioDepay *self)
{
  if (self->config.rate == 0 || self->config.rate == self->options.clock_rate)
    return SAMPLES_PER_FRAME;
  return (guint32)((guint64)SAMPLES_PER_FRAME * self->options.clock_rate / self->config.rate);
}

/* Bare ADTS, one frame after the other, in place of what RFC 3640 says. */
static gboolean
take_bare_adts (CgAudioDepay *self, const CgRtpPacket *packet)
{
  const guint8 *data = packet->data;
  gsize left = packet->size, header, length;
  guint32 time = packet->time;

  if (read_adts (data, left, &header) == 0)
    return FALSE;
  while ((length = read_adts (data, left, &header)) > 0) {
    give_frame (self, data, length, time);
    data += length;
    left -= length;
    time += get_frame_ticks (self);
  }
  return TRUE;
}

/* The bits of RFC 3640, 3.2.1, which know no start codes: a reader of their own. */
static guint
read_bits (const guint8 *data, gsize *at, guint count)
{
  guint value = 0;

  for (guint i = 0; i < count; i++, (*at)++)
    value = value << 1 | ((data[*at / 8] >> (7 - *at % 8)) & 1u);
  return value;
}

static guint
read_sizes (const CgAudioDepay *self, const guint8 *data, gsize bits, gsize *sizes)
{
  const CgAudioDepayOptions *options = &self->options;
  guint count = 0;
  gsize at = 0;

  while (count < MAX_FRAMES) {
    const guint index = count == 0 ? options->index_length : options->index_delta_length;
    if (at + options->size_length + index > bits)
      break;
    sizes[count++] = read_bits (data, &at, options->size_length);
    at += index;
  }
  return count;
}

static void
take_fragment (CgAudioDepay *self, gsize whole, const guint8 *data, gsize size, guint32 time)
{
  if (whole > MAX_FRAME)
    return;
  if (self->fragment_size != whole)
    g_byte_array_set_size (self->fragment, 0);
  self->fragment_size = whole;
  g_byte_array_append (self->fragment, data, (guint)size);
  if (self->fragment->len < whole)
    return;
  give_frame (self, self->fragment->data, whole, time);
  cg_audio_depay_lose (self);
}

static void
take_frames (CgAudioDepay *self, const CgRtpPacket *packet)
{
  gsize sizes[MAX_FRAMES];
  guint32 time = packet->time;

  if (packet->size < 2)
    return;
  const gsize bits = (gsize)packet->data[0] << 8 | packet->data[1];
  const gsize head = 2 + (bits + 7) / 8;
  if (head > packet->size)
    return;
  const guint count = read_sizes (self, packet->data + 2, bits, sizes);
  const guint8 *data = packet->data + head;
  gsize left = packet->size - head;
  if (count == 1 && sizes[0] > left) {
    take_fragment (self, sizes[0], data, left, time);
    return;
  }
  for (guint i = 0; i < count && sizes[i] <= left; i++) {
    give_frame (self, data, sizes[i], time);
    data += sizes[i];
    left -= sizes[i];
    time += get_frame_ticks (self);
  }
}

/* Without headers the size divides the payload (RFC 3640, 3.2.1); where it does not, the
 * description is wrong, and nothing is known but that it is sound. */
static void
take_constant (CgAudioDepay *self, const CgRtpPacket *packet)
{
  const gsize size = self->options.constant_size;
  guint32 time = packet->time;

  if (packet->size % size != 0) {
    give_frame (self, packet->data, packet->size, time);
    return;
  }
  for (gsize at = 0; at < packet->size; at += size) {
    give_frame (self, packet->data + at, size, time);
    time += get_frame_ticks (self);
  }
}

/**
 * cg_audio_depay_push:
 * @self: a depayloader
 * @packet: the next one
 */
void
cg_audio_depay_push (CgAudioDepay *self, const CgRtpPacket *packet)
{
  if (!self->options.is_aac) {
    give (self, packet->data, packet->size, packet->time);
    return;
  }
  if (take_bare_adts (self, packet))
    return;
  if (self->options.size_length > 0)
    take_frames (self, packet);
  else
    take_constant (self, packet);
}

/**
 * cg_audio_depay_lose:
 * @self: a depayloader
 *
 * Packets are missing before the next one.
 */
void
cg_audio_depay_lose (CgAudioDepay *self)
{
  g_byte_array_set_size (self->fragment, 0);
  self->fragment_size = 0;
}

/**
 * cg_audio_depay_get_config:
 * @self: a depayloader of AAC
 * @rate: (out): samples a second
 * @channels: (out): how many
 *
 * Returns: (transfer full) (nullable): AudioSpecificConfig; %NULL while neither the description nor
 *   the stream has told it
 */
GBytes *
cg_audio_depay_get_config (const CgAudioDepay *self, guint *rate, guint *channels)
{
  if (self->config.size == 0)
    return NULL;
  *rate = self->config.rate;
  *channels = self->config.channels;
  return g_bytes_new (self->config.data, self->config.size);
}
