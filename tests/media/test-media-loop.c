/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cg-media-loop.h"

/* Nothing here takes long; a deadline that is missed by so much is a hang. */
#define WATCHDOG_US (20 * G_USEC_PER_SEC)

typedef struct {
  int fds[2];
  int wake_fd;
  CgLoan *loan;
  GThread *owner; /* who lends must not be who serves */
  guint calls;
  guint ready;
  guint enough; /* calls; 0: never */
  gboolean reads;
} Fixture;

static gboolean
on_loan (gboolean is_ready, gpointer user_data)
{
  Fixture *fixture = user_data;
  char bytes[64];

  g_assert_true (g_thread_self () != fixture->owner);
  fixture->calls++;
  fixture->ready += is_ready;
  if (fixture->reads && is_ready)
    g_assert_cmpint (recv (fixture->fds[0], bytes, sizeof bytes, MSG_DONTWAIT), >, 0);
  return fixture->enough == 0 || fixture->calls < fixture->enough;
}

static void
fixture_init (Fixture *self)
{
  *self = (Fixture){.owner = g_thread_self (), .reads = TRUE};
  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, self->fds));
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->loan = cg_loan_new (on_loan, self);
}

static void
fixture_clear (Fixture *self)
{
  cg_loan_free (self->loan);
  close (self->fds[0]);
  close (self->fds[1]);
  close (self->wake_fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* Returns: whether the owner was woken before the watchdog */
static gboolean
serve (Fixture *fixture)
{
  const gint64 deadline_us = g_get_monotonic_time () + WATCHDOG_US;
  eventfd_t count;

  g_assert_true (
      cg_loan_serve_in_thread (fixture->loan, fixture->fds[0], fixture->wake_fd, deadline_us));
  return eventfd_read (fixture->wake_fd, &count) == 0;
}

static void
test_readable (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  fixture.enough = 1;
  g_assert_cmpint (send (fixture.fds[1], "x", 1, 0), ==, 1);

  g_assert_true (serve (&fixture));

  g_assert_cmpuint (fixture.calls, ==, 1);
  g_assert_cmpuint (fixture.ready, ==, 1);
}

/* What was said before it was lent is not lost: the owner does not sleep. */
static void
test_woken_before (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  g_assert_false (cg_loan_kick (fixture.loan));
  eventfd_write (fixture.wake_fd, 1);

  g_assert_true (serve (&fixture));

  g_assert_cmpuint (fixture.calls, ==, 0);
}

static void
test_deadline (void)
{
  g_auto (Fixture) fixture;
  eventfd_t count;

  fixture_init (&fixture);

  g_assert_true (cg_loan_serve_in_thread (fixture.loan, fixture.fds[0], fixture.wake_fd,
                                          g_get_monotonic_time () + 1000));

  g_assert_cmpint (eventfd_read (fixture.wake_fd, &count), ==, -1);
  g_assert_cmpuint (fixture.calls, ==, 0);
}

static gpointer
kick_until_lent (gpointer data)
{
  Fixture *fixture = data;

  while (!cg_loan_kick (fixture->loan))
    g_thread_yield ();
  return NULL;
}

static void
test_kick (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  fixture.enough = 1;
  GThread *kicker = g_thread_new ("kicker", kick_until_lent, &fixture);

  g_assert_true (serve (&fixture));
  g_thread_join (kicker);

  g_assert_cmpuint (fixture.calls, ==, 1);
  g_assert_cmpuint (fixture.ready, ==, 0);
}

static void
test_writable (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  fixture.reads = FALSE;
  fixture.enough = 1;
  cg_loan_await_write (fixture.loan, TRUE);

  g_assert_true (serve (&fixture));

  g_assert_cmpuint (fixture.ready, ==, 1);
}

/* Whoever has hung up can be read: there is nothing more to come. */
static void
test_hung_up (void)
{
  g_auto (Fixture) fixture;

  fixture_init (&fixture);
  fixture.reads = FALSE;
  fixture.enough = 1;
  g_assert_no_errno (shutdown (fixture.fds[1], SHUT_RDWR));

  g_assert_true (serve (&fixture));

  g_assert_cmpuint (fixture.ready, ==, 1);
}

typedef struct {
  Fixture base;
  GMutex mutex;
  GCond changed;
  gboolean is_running; /* the function has begun */
  gboolean may_end;
} SlowFixture;

static gboolean
on_slow_loan (gboolean is_ready, gpointer user_data)
{
  SlowFixture *fixture = user_data;

  g_mutex_lock (&fixture->mutex);
  fixture->is_running = TRUE;
  g_cond_broadcast (&fixture->changed);
  while (!fixture->may_end)
    g_cond_wait (&fixture->changed, &fixture->mutex);
  fixture->base.calls++;
  g_mutex_unlock (&fixture->mutex);
  return TRUE;
}

/* Wakes the owner while the function runs, and lets that go on when the owner may have returned. */
static gpointer
wake_while_running (gpointer data)
{
  SlowFixture *fixture = data;

  g_mutex_lock (&fixture->mutex);
  while (!fixture->is_running)
    g_cond_wait (&fixture->changed, &fixture->mutex);
  eventfd_write (fixture->base.wake_fd, 1);
  g_thread_yield ();
  fixture->may_end = TRUE;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->mutex);
  return NULL;
}

/* Taken back in the middle: the owner has it again when the function has ended, not sooner. */
static void
test_taken_back_while_it_runs (void)
{
  for (guint i = 0; i < 100; i++) {
    SlowFixture fixture = {0};

    fixture_init (&fixture.base);
    cg_loan_free (fixture.base.loan);
    fixture.base.loan = cg_loan_new (on_slow_loan, &fixture);
    g_assert_cmpint (send (fixture.base.fds[1], "x", 1, 0), ==, 1);
    GThread *waker = g_thread_new ("waker", wake_while_running, &fixture);

    serve (&fixture.base);
    const guint calls = fixture.base.calls;
    g_thread_join (waker);

    g_assert_cmpuint (calls, >, 0);
    g_assert_cmpuint (fixture.base.calls, ==, calls);
    fixture_clear (&fixture.base);
  }
}

/* One that lends, is kicked and woken, again and again. */
static gpointer
lend_often (gpointer data)
{
  g_auto (Fixture) fixture;
  GThread *kicker;

  fixture_init (&fixture);
  for (guint i = 0; i < 50; i++) {
    fixture.enough = fixture.calls + 1;
    if (i % 2 == 0)
      g_assert_cmpint (send (fixture.fds[1], "x", 1, 0), ==, 1);
    kicker = i % 2 == 0 ? NULL : g_thread_new ("kicker", kick_until_lent, &fixture);
    g_assert_true (serve (&fixture));
    if (kicker != NULL)
      g_thread_join (kicker);
  }
  g_assert_cmpuint (fixture.calls, ==, 50);
  return NULL;
}

static void
test_many (void)
{
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("owner", lend_often, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

typedef struct {
  Fixture base;
  guint total; /* bytes that came */
  guint wanted;
} Stream;

static gboolean
on_stream (gboolean is_ready, gpointer user_data)
{
  Stream *stream = user_data;
  char bytes[64];
  const gssize size = recv (stream->base.fds[0], bytes, sizeof bytes, MSG_DONTWAIT);

  stream->base.calls++;
  stream->total += size > 0 ? (guint)size : 0;
  return stream->total < stream->wanted;
}

static void
stream_init (Stream *self, guint wanted)
{
  fixture_init (&self->base);
  cg_loan_free (self->base.loan);
  self->base.loan = cg_loan_new (on_stream, self);
  self->total = 0;
  self->wanted = wanted;
}

static gpointer
serve_stream (gpointer data)
{
  Stream *stream = data;

  g_assert_true (serve (&stream->base));
  return NULL;
}

/* As many as a gateway has: none is forgotten, whoever comes first. */
static void
test_many_at_once (void)
{
  enum { N_STREAMS = 128, N_PACKETS = 20 };
  Stream streams[N_STREAMS] = {0};
  GThread *owners[N_STREAMS];

  for (guint i = 0; i < N_STREAMS; i++) {
    stream_init (&streams[i], N_PACKETS);
    owners[i] = g_thread_new ("owner", serve_stream, &streams[i]);
  }
  for (guint packet = 0; packet < N_PACKETS; packet++) {
    for (guint i = 0; i < N_STREAMS; i++)
      g_assert_cmpint (send (streams[i].base.fds[1], "x", 1, 0), ==, 1);
    g_thread_yield ();
  }

  for (guint i = 0; i < N_STREAMS; i++) {
    g_thread_join (owners[i]);
    g_assert_cmpuint (streams[i].total, ==, N_PACKETS);
    fixture_clear (&streams[i].base);
  }
}

/* In the media thread, where it may be freed. */
static void
on_end (gpointer user_data)
{
  Stream *stream = user_data;

  g_assert_true (g_thread_self () != stream->base.owner);
  g_clear_pointer (&stream->base.loan, cg_loan_free);
  eventfd_write (stream->base.wake_fd, 1);
}

static void
await_end (Stream *stream)
{
  GPollFD poll_fd = {.fd = stream->base.wake_fd, .events = G_IO_IN};

  g_assert_cmpint (g_poll (&poll_fd, 1, WATCHDOG_US / 1000), ==, 1);
  g_assert_null (stream->base.loan);
}

/* Nobody waits for it. */
static void
test_left (void)
{
  Stream stream;

  stream_init (&stream, 2);
  g_assert_true (cg_loan_leave (stream.base.loan, stream.base.fds[0], on_end));
  g_assert_cmpint (send (stream.base.fds[1], "xy", 2, 0), ==, 2);

  await_end (&stream);

  g_assert_cmpuint (stream.total, ==, 2);
  fixture_clear (&stream.base);
}

/* What was said before it was left is looked at, though nothing comes any more. */
static void
test_left_is_looked_at (void)
{
  Stream stream;

  stream_init (&stream, 0);
  g_assert_false (cg_loan_kick (stream.base.loan));
  g_assert_true (cg_loan_leave (stream.base.loan, stream.base.fds[0], on_end));

  await_end (&stream);

  g_assert_cmpuint (stream.base.calls, ==, 1);
  fixture_clear (&stream.base);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media-loop/readable", test_readable);
  g_test_add_func ("/media-loop/woken-before", test_woken_before);
  g_test_add_func ("/media-loop/deadline", test_deadline);
  g_test_add_func ("/media-loop/kick", test_kick);
  g_test_add_func ("/media-loop/writable", test_writable);
  g_test_add_func ("/media-loop/hung-up", test_hung_up);
  g_test_add_func ("/media-loop/left", test_left);
  g_test_add_func ("/media-loop/left-is-looked-at", test_left_is_looked_at);
  g_test_add_func ("/media-loop/taken-back-while-it-runs", test_taken_back_while_it_runs);
  g_test_add_func ("/media-loop/many", test_many);
  g_test_add_func ("/media-loop/many-at-once", test_many_at_once);
  return g_test_run ();
}
