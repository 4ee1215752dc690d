/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FAKE_RTSP_VIDEO                                                                            \
  "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! "                 \
  "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! valve name=valve ! "           \
  "rtph264pay name=pay0 pt=96 "
#define FAKE_RTSP_B_FRAMES                                                                         \
  "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! "                 \
  "x264enc bframes=2 b-adapt=false key-int-max=20 speed-preset=veryfast ! "                        \
  "video/x-h264,profile=main ! valve name=valve ! "                                                \
  "rtph264pay name=pay0 pt=96 "
#define FAKE_RTSP_H265                                                                             \
  "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! "     \
  "x265enc speed-preset=ultrafast tune=zerolatency key-int-max=10 "                                \
  "option-string=\"pools=1:frame-threads=1:log-level=0\" ! valve name=valve ! "                    \
  "rtph265pay name=pay0 pt=96 config-interval=-1 "
#define FAKE_RTSP_SECOND                                                                           \
  "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=25/1 ! "                 \
  "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay1 pt=97 "
#define FAKE_RTSP_ONE_KEY                                                                          \
  "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! "                 \
  "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=100000 ! "                          \
  "rtph264pay name=pay0 pt=96 "
/* A key frame by RTCP only. */
#define FAKE_RTSP_ASKED_KEY                                                                        \
  "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! "                 \
  "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=100000 ! rtph264pay pt=96 ! "       \
  "capsfilter name=pay0 caps=application/x-rtp,rtcp-fb-nack-pli=true "
#define FAKE_RTSP_JPEG                                                                             \
  "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! "     \
  "jpegenc ! rtpjpegpay name=pay0 pt=26 "
#define FAKE_RTSP_AAC                                                                              \
  "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=1 ! avenc_aac ! "                   \
  "rtpmp4gpay name=pay1 pt=97 "
#define FAKE_RTSP_PCMA                                                                             \
  "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! "                      \
  "rtppcmapay name=pay1 pt=8 "

/**
 * FakeRtsp:
 *
 * A camera's RTSP server in a thread of its own, with verbs to make it misbehave.
 */
typedef struct _FakeRtsp FakeRtsp;

FakeRtsp *fake_rtsp_new (const char *description);
FakeRtsp *fake_rtsp_new_with_login (const char *description, const char *user, const char *pw);
void fake_rtsp_free (FakeRtsp *self);
char *fake_rtsp_get_uri (FakeRtsp *self);
void fake_rtsp_only_udp (FakeRtsp *self);
gboolean fake_rtsp_was_tunnelled (FakeRtsp *self);
void fake_rtsp_refuse_query (FakeRtsp *self, guint status);
void fake_rtsp_freeze (FakeRtsp *self);
void fake_rtsp_hang_up (FakeRtsp *self);
guint fake_rtsp_count_sessions (FakeRtsp *self);
char *fake_rtsp_get_transport (FakeRtsp *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeRtsp, fake_rtsp_free)

G_END_DECLS
