/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-pull.h"
#include "fake-rtsp.h"

G_BEGIN_DECLS

/* A pull into a hub with one output, and what it has told. */
typedef struct {
  CgClock *clock;
  CgHub *hub;
  CgHubOutput *output;
  CgPull *pull;
  guint running;
  guint live;
  guint failed;
  GError *error;
  gboolean stopped;
  gboolean may_login_again; /* it is asked, and answers */
} PullFixture;

void pull_fixture_init (PullFixture *fixture);
void pull_fixture_clear (PullFixture *fixture);
void pull_fixture_start_options (PullFixture *fixture, CgPullOptions options);
void pull_fixture_start (PullFixture *fixture, FakeRtsp *fake, CgPullOptions options);
void pull_fixture_stop (PullFixture *fixture);
void pull_fixture_wait_for_frames (PullFixture *fixture, guint64 video, guint64 audio);
/* The first unit of a track. */
CgAccessUnit *pull_fixture_pop (PullFixture *fixture, CgTrack track);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PullFixture, pull_fixture_clear)

G_END_DECLS
