/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-config.h"
#include "cg-error.h"
#include "cg-hub-output.h"
#include "cg-media-step.h"

G_BEGIN_DECLS

/* Stands in for the media room: pulls and pushes that do what the test says. Linked in its place.
 */

typedef enum {
  FAKE_PULL,
  FAKE_PUSH,
} FakeEnd;

/* By each push, once it is there. */
#define FAKE_SENT_BYTES 5000

void fake_media_reset (void);
void fake_media_hold_goodbyes (gboolean hold);
void fake_media_say_goodbyes (void);

gboolean fake_media_is_started (FakeEnd end);
guint fake_media_count_ever (FakeEnd end);
const char *fake_media_get_address (FakeEnd end);
void fake_media_go_live (FakeEnd end);
void fake_media_go_live_by (CgTransport transport);
CgTransport fake_media_get_wanted_transport (void);
gboolean fake_media_ask_login_again (void);
void fake_media_fail (FakeEnd end, CgError error);

void fake_media_set_starvation (const CgHubStarvation *now, gboolean has_key_now);
guint fake_media_count_keys_asked (void);
void fake_media_step (FakeEnd end, CgMediaStep step);
void fake_media_has_encoder (gboolean has_encoder);
gboolean fake_media_is_transcoding (void);
void fake_media_fail_transcode (void);
gboolean fake_media_insists_on_h265 (void);

G_END_DECLS
