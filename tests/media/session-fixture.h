/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-rtsp-session.h"
#include "script-rtsp.h"

G_BEGIN_DECLS

#define RTP "\x80\x60\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"

#define USER "admin"
#define PASSWORD "p@#%?^/:ss"

/* What it may ask for a login with. */
#define SHA "WWW-Authenticate: Digest realm=\"r\", nonce=\"a\", algorithm=SHA-256, qop=\"auth\""
#define MD5 "WWW-Authenticate: Digest realm=\"r\", nonce=\"b\""
#define STALE "WWW-Authenticate: Digest realm=\"r\", nonce=\"c\", stale=true"
#define BASIC "WWW-Authenticate: Basic realm=\"r\""

/* How the camera behaves; all zeroes: well. */
typedef struct {
  ScriptRtsp *camera;     /* (not owned) that behaves so */
  const char *challenges; /* (nullable) header lines; without, no login is wanted */
  const char *taken;      /* (nullable) the kind that is taken: a part of the header */
  GChecksumType checksum; /* of that */
  int is_stale;           /* (atomic) the next login is refused for its nonce alone */
  gboolean checks_signs;  /* signs of life need a fresh nonce */
  const char *public;     /* (nullable) */
  const char *session;    /* (nullable) */
  const char *transport;  /* (nullable) */
  const char *describe;   /* (nullable) status and headers in place of the good ones */
  const char *setup;      /* (nullable) */
  const char *play;       /* (nullable) */
  const char *parameter;  /* (nullable) answer to GET_PARAMETER */
  const char *redirect;   /* (nullable) address; "": its own */
  gboolean refuses_query; /* with `describe` */
  gboolean hangs_up;      /* after each challenge */
  gboolean swallows;      /* hangs up at a login, without a word */
  guint leaves_at;        /* which it goes down; 0: none */
  gboolean is_silent;     /* says nothing to DESCRIBE */
  const char *after_play; /* (nullable) bytes that follow */
  gsize after_play_size;
  const char *leaves_on;   /* (nullable) request at which we are interrupted, before its answer */
  CgRtspSession *ours;     /* (not owned) (nullable) that is */
  const char *before_play; /* (nullable) bytes that come before the answer */
  gsize before_play_size;
} Behaviour;

typedef struct {
  Behaviour *behaviour;
  ScriptRtsp *camera;
  CgRtspSession *session;
  GString *packets;    /* channel:size */
  gboolean interrupts; /* at the first packet */
  GError *error;
} SessionFixture;

GString *session_on_request (const char *request, gpointer user_data);

void session_fixture_init_options (SessionFixture *fixture,
                                   Behaviour *behaviour,
                                   const char *path,
                                   CgRtspOptions options,
                                   GTlsCertificate *certificate);
void session_fixture_init (SessionFixture *fixture, Behaviour *behaviour);
void session_fixture_clear (SessionFixture *fixture);

/* Up to PLAY. */
gboolean session_begin (SessionFixture *fixture);
gboolean session_receive_for (SessionFixture *fixture, guint ms);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SessionFixture, session_fixture_clear)

G_END_DECLS
