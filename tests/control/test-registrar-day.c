/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Days on simulated time with a cloud that answers in every way it knows, late or not at all, and
 * a link that comes and goes. What must be so is known at every second, and asked at those when
 * something has happened, and now and then. --seed repeats a day. */
#include <string.h>

#include "control-fixture.h"

#define DAYS 2
#define DAY_S (24 * 60 * 60)
#define MS_PER_S 1000
#define NOW_AND_THEN_S 60
#define LATEST_S 40 /* that an answer comes */
#define DEFAULT_S 3600
/* cg-registration.c: 4 s less a tenth, 88 % of a registration. And what nobody waits longer for. */
#define RETRY_MIN_MS 3600
#define RENEW_FROM 0.88
#define RETRY_MAX_S 300

static const char *const dids[] = {GATEWAY, CAMERA};
#define N_DIDS G_N_ELEMENTS (dids)

/* What the cloud has said to one did, and so what may be heard of it. */
typedef struct {
  char *token; /* (owned) (nullable) */
  gint64 expires_ms;
  gint64 not_before_ms; /* it has no reason to ask earlier */
  guint open;           /* asked, not answered */
} Thing;

/* An answer that is on its way. */
typedef struct {
  Thing *thing;
  gint64 due_ms;
  gint64 expires_s; /* 0: it is a refusal */
  char *token;      /* (owned) */
  char *text;       /* (owned) */
} Answer;

typedef struct {
  ControlFixture base;
  Thing things[N_DIDS];
  GQueue answers; /* (element-type Answer) each owned */
  gint64 now_ms;
  gboolean is_up;
  gboolean is_quiet; /* nothing has happened in this second */
  guint n_asked, n_granted, n_refused, n_unanswered, n_cut, n_told, n_hidden, n_late;
} Day;

static const struct {
  const char *text;
  gint64 means_s;
} expiries[] = {
    {"", DEFAULT_S},        {"\"expires\":0,", DEFAULT_S}, {"\"expires\":\"600\",", 600},
    {"\"expires\":7,", 60}, {"\"expires\":120,", 120},     {"\"expires\":3600,", 3600},
};

static const struct {
  const char *before, *behind;
} places[] = {
    {"\"result\":{", "}"},
    {"\"result\":{\"code\":0,\"data\":{", "}}"},
    {"\"data\":{", "}"},
};

static void
answer_free (Answer *self)
{
  g_free (self->token);
  g_free (self->text);
  g_free (self);
}

static guint
pick (gsize n)
{
  return (guint)g_test_rand_int_range (0, (gint32)n);
}

/* Of three one is a refusal, and of three one is late. */
static Answer *
make_answer (Day *self, guint index)
{
  const guint expiry = pick (G_N_ELEMENTS (expiries));
  const guint place = pick (G_N_ELEMENTS (places));
  Answer *answer = g_new0 (Answer, 1);
  g_autofree char *members = NULL;

  answer->thing = &self->things[index];
  answer->due_ms = self->now_ms + (pick (3) == 0 ? pick (LATEST_S) * MS_PER_S : 0);
  answer->token = g_strdup_printf ("t%u", self->n_asked);
  if (pick (3) == 0) {
    members = g_strdup ("\"result\":{\"code\":3,\"error\":\"not now\"}");
  } else {
    answer->expires_s = expiries[expiry].means_s;
    members = g_strconcat (places[place].before, expiries[expiry].text, "\"token\":\"",
                           answer->token, "\"", places[place].behind, NULL);
  }
  answer->text =
      g_strdup_printf ("{\"did\":\"%s\",\"type\":\"register\",%s}", dids[index], members);
  return answer;
}

/* What has waited for the link, or for the registration. */
static gboolean
is_event (Day *self, const ControlSent *sent)
{
  g_autofree char *token = NULL;

  if (sent->kind != CG_MESSAGE_KIND_EVENT)
    return FALSE;
  token = g_strdup_printf ("\"token\":\"%s\"", self->things[1].token);
  g_assert_nonnull (strstr (sent->text, token));
  g_assert_cmpint (self->things[1].expires_ms, >, self->now_ms - MS_PER_S);
  g_assert_true (self->is_up);
  self->n_late++;
  return TRUE;
}

/* It asks only when the link is up, neither too often nor while it need not. */
static void
take_questions (Day *self)
{
  ControlSent *sent;

  while ((sent = g_queue_pop_head (&self->base.sent)) != NULL) {
    const guint index = g_str_equal (sent->did, GATEWAY) ? 0 : 1;
    Thing *thing = &self->things[index];

    if (is_event (self, sent)) {
      control_sent_free (sent);
      continue;
    }
    g_assert_cmpint (sent->kind, ==, CG_MESSAGE_KIND_REGISTER);
    g_assert_cmpstr (sent->did, ==, dids[index]);
    g_assert_true (self->is_up);
    g_assert_cmpint (self->now_ms, >=, thing->not_before_ms);
    self->is_quiet = FALSE;
    self->n_asked++;
    thing->open++;
    /* It has asked at any moment of this second. */
    thing->not_before_ms = self->now_ms - MS_PER_S + RETRY_MIN_MS;
    if (pick (3) != 0)
      g_queue_push_tail (&self->answers, make_answer (self, index));
    else
      self->n_unanswered++;
    control_sent_free (sent);
  }
}

/* What was not asked, or was asked in an earlier link, counts for nothing. */
static void
note_answer (Day *self, const Answer *answer)
{
  Thing *thing = answer->thing;

  if (thing->open == 0)
    return;
  thing->open--;
  if (answer->expires_s == 0) {
    self->n_refused++;
    return;
  }
  self->n_granted++;
  g_free (thing->token);
  thing->token = g_strdup (answer->token);
  thing->expires_ms = self->now_ms + answer->expires_s * MS_PER_S;
  thing->not_before_ms = self->now_ms + (gint64)(RENEW_FROM * answer->expires_s * MS_PER_S);
}

static void
give_answers (Day *self)
{
  GQueue later = G_QUEUE_INIT;
  Answer *answer;

  while ((answer = g_queue_pop_head (&self->answers)) != NULL) {
    if (answer->due_ms > self->now_ms) {
      g_queue_push_tail (&later, answer);
      continue;
    }
    self->is_quiet = FALSE;
    note_answer (self, answer);
    control_receive (self->base.channel, answer->text);
    g_free (cg_test_pop_warning ());
    answer_free (answer);
  }
  self->answers = later;
}

/* Questions in the air are lost; what was granted is not. */
static void
turn_link (Day *self)
{
  self->is_quiet = FALSE;
  self->is_up = !self->is_up;
  if (!self->is_up) {
    self->n_cut++;
    for (guint i = 0; i < N_DIDS; i++) {
      Thing *thing = &self->things[i];

      if (thing->open > 0 || thing->expires_ms <= self->now_ms)
        thing->not_before_ms = 0;
      thing->open = 0;
    }
  }
  cg_channel_set_link (self->base.channel, self->is_up);
}

/* An event goes out just while its did is registered, with the token that was granted last. */
static void
check_event (Day *self)
{
  const Thing *thing = &self->things[1];
  g_autofree char *text = NULL;
  g_autofree char *token = g_strdup_printf ("\"token\":\"%s\"", thing->token);

  fake_camera_report_stream (self->base.camera, CG_STREAM_PLAYING, "rtmp://h/a/b", NULL);
  if (!self->is_up || thing->expires_ms <= self->now_ms) {
    g_assert_true (g_queue_is_empty (&self->base.sent));
    self->n_hidden++;
    return;
  }
  text = control_pop (&self->base, CG_MESSAGE_KIND_EVENT);
  g_assert_nonnull (strstr (text, token));
  self->n_told++;
}

static void
live_a_second (Day *self)
{
  const gint64 before_ms = self->now_ms;
  const gint64 expires_ms = self->things[1].expires_ms;

  self->now_ms += MS_PER_S;
  self->is_quiet = self->now_ms % (NOW_AND_THEN_S * MS_PER_S) != 0 &&
                   (expires_ms <= before_ms - MS_PER_S || expires_ms > self->now_ms + MS_PER_S);
  cg_clock_dummy_advance (self->base.clock, MS_PER_S);
  take_questions (self);
  if (pick (self->is_up ? 600 : 60) == 0) {
    turn_link (self);
    take_questions (self);
  }
  give_answers (self);
  take_questions (self);
  if (!self->is_quiet)
    check_event (self);
}

/* A cloud that answers everything has everybody registered within one pause. */
static void
check_recovery (Day *self)
{
  if (!self->is_up)
    turn_link (self);
  for (guint second = 0; second < RETRY_MAX_S; second++) {
    ControlSent *sent;

    while ((sent = g_queue_pop_head (&self->base.sent)) != NULL) {
      g_autofree char *text = g_strdup_printf (
          "{\"did\":\"%s\",\"type\":\"register\",\"result\":{\"token\":\"last\"}}", sent->did);

      control_receive (self->base.channel, text);
      control_sent_free (sent);
    }
    cg_clock_dummy_advance (self->base.clock, MS_PER_S);
  }
  fake_camera_report_stream (self->base.camera, CG_STREAM_PLAYING, "rtmp://h/a/b", NULL);
  g_autofree char *text = control_pop (&self->base, CG_MESSAGE_KIND_EVENT);
  g_assert_nonnull (strstr (text, "\"token\":\""));
  control_assert_silent (&self->base);
}

static void
test_day (void)
{
  Day day = {.answers = G_QUEUE_INIT};

  control_fixture_set_up (&day.base, NULL);
  fake_camera_set_contacted (day.base.camera, "1");
  for (guint second = 0; second < DAY_S; second++)
    live_a_second (&day);
  g_test_message ("%u asked, %u granted, %u refused, %u without answer, %u links cut, %u events, "
                  "%u kept back",
                  day.n_asked, day.n_granted, day.n_refused, day.n_unanswered, day.n_cut,
                  day.n_told, day.n_hidden);
  g_assert_cmpuint (MIN (day.n_granted, day.n_refused), >, 10);
  g_assert_cmpuint (MIN (day.n_told, day.n_hidden), >, 10);
  g_assert_cmpuint (day.n_late, >, 10);
  check_recovery (&day);

  g_queue_clear_full (&day.answers, (GDestroyNotify)answer_free);
  for (guint i = 0; i < N_DIDS; i++)
    g_free (day.things[i].token);
  control_fixture_tear_down (&day.base, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cg_test_keep_warnings ();
  for (guint i = 1; i <= DAYS; i++) {
    g_autofree char *path = g_strdup_printf ("/registrar-day/%u", i);

    g_test_add_func (path, test_day);
  }
  return g_test_run ();
}
