/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "fake-answers.h"

G_BEGIN_DECLS

/* A camera in this process that plays canned answers over real HTTP, checks logins for real, and
 * keeps what it was asked. It knows GetSystemDateAndTime, GetServices and GetDeviceInformation by
 * itself. */
typedef struct _FakeCamera FakeCamera;

/* How it treats an operation instead of answering it properly. */
typedef enum {
  FAKE_ANSWER,
  FAKE_CLOSE,       /* closes the connection without a byte, each time */
  FAKE_CLOSE_ONCE,  /* the first time only */
  FAKE_CLOSE_AFTER, /* answers without keeping the connection or saying so */
  FAKE_HANG,        /* never answers */
  FAKE_DRIP,        /* one byte now and then, for ever */
  FAKE_FLOOD,       /* an answer without end */
  FAKE_CHUNKED,     /* answers in chunks */
  FAKE_UNTIL_CLOSE, /* no length: the end of the connection ends the answer */
} FakeManner;

/* Which logins it takes; a mask. 0: anybody. */
typedef enum {
  FAKE_LOGIN_DIGEST = 1 << 0,
  FAKE_LOGIN_TOKEN = 1 << 1,
  FAKE_LOGIN_BOTH = 1 << 2, /* both at once */
} FakeLogin;

/* How it refuses a stranger. */
typedef enum {
  FAKE_REFUSE_401,   /* with a challenge if it knows digest */
  FAKE_REFUSE_FAULT, /* 400 with ter:NotAuthorized */
  FAKE_REFUSE_400,   /* without a word */
  FAKE_REFUSE_EMPTY, /* 200 without a body */
} FakeRefusal;

typedef struct {
  char *operation;
  char *body;
  char *content_type;
  char *target;
  char *host;
  gboolean has_authorization;
  gboolean has_token;
  gboolean has_addressing;
  guint connection; /* the how-manieth connection it came over */
} FakeRequest;

FakeCamera *fake_camera_new (void);
void fake_camera_free (FakeCamera *self);
guint fake_camera_get_port (FakeCamera *self);
char *fake_camera_dup_address (FakeCamera *self);

void fake_camera_answer (FakeCamera *self, const char *operation, guint status, const char *body);
void
fake_camera_answer_once (FakeCamera *self, const char *operation, guint status, const char *body);
void fake_camera_gather (FakeCamera *self, guint count);
void fake_camera_behave (FakeCamera *self, const char *operation, FakeManner manner);
void fake_camera_require (FakeCamera *self, guint logins, FakeRefusal refusal);
void fake_camera_forbid (FakeCamera *self, const char *operation);
void fake_camera_set_password (FakeCamera *self, const char *password);
void fake_camera_set_skew_s (FakeCamera *self, gint64 skew_s);
void fake_camera_set_stale_after (FakeCamera *self, guint uses);

FakeRequest *fake_camera_pop (FakeCamera *self);
guint fake_camera_count (FakeCamera *self, const char *operation);
guint fake_camera_count_passwords (FakeCamera *self);
void fake_camera_forget (FakeCamera *self);
gboolean fake_camera_wait_for (FakeCamera *self, const char *operation);
void fake_request_free (FakeRequest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeCamera, fake_camera_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeRequest, fake_request_free)

G_END_DECLS
