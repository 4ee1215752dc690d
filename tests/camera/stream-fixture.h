/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-clock-dummy.h"
#include "cg-stream.h"
#include "fake-media.h"

G_BEGIN_DECLS

#define STREAM_URL "rtmp://127.0.0.1/live/a"

/* A stream on simulated time, between a camera and a media server that do what the test says. */
typedef struct {
  CgClock *clock;
  CgBreaker *breaker;
  CgStreamTransport *transport;
  CgStream *stream;
  GString *events; /* "playing retrying(unreachable) …" */
  guint keys_wanted;
  gboolean answers; /* whether the camera tells its address */
} StreamFixture;

typedef struct {
  const char *path;
  void (*test) (StreamFixture *fixture, gconstpointer config);
  const CgStreamConfig *config; /* (nullable): that of the others */
} StreamTest;

/* Members of a CgStreamConfig. */
#define STREAM_CONFIG                                                                              \
  .max_streams = 4, .retry_max_s = 30, .stall_timeout_ms = 5000, .start_timeout_ms = 10000,        \
  .publisher_wait_ms = 20000, .publish_grace_ms = 30000

void stream_set_up (StreamFixture *fixture, gconstpointer config);
/* Nothing may be left of it. */
void stream_tear_down (StreamFixture *fixture, gconstpointer config);
void stream_settle (void);
void stream_advance (StreamFixture *fixture, gint64 ms);
void stream_play_until_live (StreamFixture *fixture);
/* @closed: set once all goodbyes have been said */
void stream_close_async (StreamFixture *fixture, gboolean *closed);
void stream_add_tests (const CgStreamConfig *config, const StreamTest *tests, gsize n_tests);

G_END_DECLS
