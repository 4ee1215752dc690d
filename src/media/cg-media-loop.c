/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-media-loop.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The thread looks no more often than that: what comes meanwhile is taken at once. A picture comes
 * in several packets, and cameras do not wait for each other. */
#define TICK_US 15000

/* So many sockets bring enough in a third of it, and what they bring takes its time as well. */
#define MANY_SOCKETS 64

#define MAX_EVENTS 128

struct _CgLoan {
  CgLoanFunc func;
  gpointer user_data;
  CgLoanEndFunc on_end; /* (nullable) while nobody waits */
  int fd;               /* (not owned) */
  int wake_fd;          /* (not owned) where the owner waits */
  guint32 events;       /* that are awaited */
  gboolean is_lent;
  gboolean is_kicked;
};

/* There is one; it lasts as long as the process. */
static struct {
  GMutex mutex;
  GCond returned;  /* the running function has */
  GThread *thread; /* (nullable): there was none to be had */
  int epoll_fd;
  int kick_fd;
  GHashTable *lent; /* (element-type CgLoan) */
  GQueue kicked;    /* (element-type CgLoan) */
  CgLoan *running;  /* (nullable) */
  guint waiting;    /* for it to return */
} loop;

/* Called with the mutex held. */
static void
take_back (CgLoan *loan)
{
  if (!loan->is_lent)
    return;
  epoll_ctl (loop.epoll_fd, EPOLL_CTL_DEL, loan->fd, NULL);
  g_hash_table_remove (loop.lent, loan);
  if (loan->is_kicked)
    g_queue_remove (&loop.kicked, loan);
  loan->is_lent = FALSE;
  loan->is_kicked = FALSE;
}

/* Called with the mutex held; not held while the owner is told, who may free the loan. */
static void
end (CgLoan *loan)
{
  const CgLoanEndFunc on_end = loan->on_end;

  take_back (loan);
  if (on_end == NULL) {
    eventfd_write (loan->wake_fd, 1);
    return;
  }
  g_mutex_unlock (&loop.mutex);
  on_end (loan->user_data);
  g_mutex_lock (&loop.mutex);
}

/* Called with the mutex held; not held while the function runs. */
static void
run (CgLoan *loan, gboolean is_ready)
{
  if (loan->is_kicked)
    g_queue_remove (&loop.kicked, loan);
  loan->is_kicked = FALSE;
  loop.running = loan;
  g_mutex_unlock (&loop.mutex);
  const gboolean goes_on = loan->func (is_ready, loan->user_data);
  g_mutex_lock (&loop.mutex);
  loop.running = NULL;
  if (loop.waiting > 0)
    g_cond_broadcast (&loop.returned);
  if (!goes_on && loan->is_lent)
    end (loan);
}

/* An owner may have taken back what the kernel has told us of. Returns: when to look again */
static gint64
serve (const struct epoll_event *events, int n, gint64 now_us)
{
  eventfd_t ignored;

  g_mutex_lock (&loop.mutex);
  for (int i = 0; i < n; i++) {
    CgLoan *loan = events[i].data.ptr;

    if (loan == NULL)
      eventfd_read (loop.kick_fd, &ignored);
    else if (g_hash_table_contains (loop.lent, loan))
      run (loan, TRUE);
  }
  while (!g_queue_is_empty (&loop.kicked))
    run (g_queue_peek_head (&loop.kicked), FALSE);
  const gboolean has_many = g_hash_table_size (loop.lent) >= MANY_SOCKETS;
  g_mutex_unlock (&loop.mutex);
  return now_us + (has_many ? TICK_US / 3 : TICK_US);
}

static void
await_tick (gint64 next_us)
{
  const gint64 left_us = next_us - g_get_monotonic_time ();
  const struct timespec left = {.tv_nsec = left_us * 1000};

  if (left_us > 0)
    ppoll (NULL, 0, &left, NULL);
}

/* While something comes in each tick, one sleep a tick is all; without, there is nothing to do. */
static gpointer
run_in_thread (gpointer data)
{
  struct epoll_event events[MAX_EVENTS];

  for (;;) {
    const gint64 now_us = g_get_monotonic_time ();
    const int n = epoll_wait (loop.epoll_fd, events, MAX_EVENTS, 0);

    if (n > 0)
      await_tick (serve (events, n, now_us));
    else
      epoll_wait (loop.epoll_fd, events, 1, -1);
  }
  return NULL;
}

static gboolean
watch (int operation, int fd, CgLoan *loan)
{
  struct epoll_event event = {.events = loan != NULL ? loan->events : EPOLLIN, .data.ptr = loan};

  return epoll_ctl (loop.epoll_fd, operation, fd, &event) == 0;
}

/* Returns: an eventfd that @epoll_fd watches; −1 */
static int
open_kick (int epoll_fd)
{
  const int fd = epoll_fd >= 0 ? eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;

  if (fd >= 0 && !watch (EPOLL_CTL_ADD, fd, NULL)) {
    close (fd);
    return -1;
  }
  return fd;
}

/* Called with the mutex held. Tried again with the next loan where there was no thread to be had.
 */
static gboolean
is_running (void)
{
  if (loop.thread != NULL)
    return TRUE;
  if (loop.lent == NULL) {
    loop.lent = g_hash_table_new (NULL, NULL);
    loop.epoll_fd = loop.kick_fd = -1;
  }
  if (loop.epoll_fd < 0)
    loop.epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (loop.kick_fd < 0)
    loop.kick_fd = open_kick (loop.epoll_fd);
  if (loop.epoll_fd >= 0 && loop.kick_fd >= 0)
    loop.thread = g_thread_try_new ("media", run_in_thread, NULL, NULL);
  return loop.thread != NULL;
}

/**
 * cg_loan_new:
 * @func: what is done in the media thread
 * @user_data: for @func
 *
 * Returns: (transfer full): a loan, not lent yet
 */
CgLoan *
cg_loan_new (CgLoanFunc func, gpointer user_data)
{
  CgLoan *self = g_new0 (CgLoan, 1);

  self->func = func;
  self->user_data = user_data;
  self->events = EPOLLIN;
  return self;
}

/**
 * cg_loan_free:
 * @self: (transfer full) (nullable): a loan that is not lent
 */
void
cg_loan_free (CgLoan *self)
{
  g_free (self);
}

static void
await_wake (int wake_fd, gint64 deadline_us)
{
  struct pollfd poll_fd = {.fd = wake_fd, .events = POLLIN};

  for (;;) {
    const gint64 left_us = deadline_us - g_get_monotonic_time ();
    const gint64 left_ms = left_us > 0 ? (left_us + 999) / 1000 : 0;

    if (poll (&poll_fd, 1, (int)MIN (left_ms, G_MAXINT)) > 0 || left_ms == 0)
      return;
  }
}

/* Called with the mutex held. */
static gboolean
lend (CgLoan *self, int fd, CgLoanEndFunc on_end)
{
  self->fd = fd;
  self->on_end = on_end;
  self->is_lent = is_running () && watch (EPOLL_CTL_ADD, fd, self);
  if (self->is_lent)
    g_hash_table_add (loop.lent, self);
  return self->is_lent;
}

/**
 * cg_loan_serve_in_thread:
 * @self: a loan
 * @fd: a socket that stays open
 * @wake_fd: an eventfd: ends the loan when it is readable, and is made so when the function ends it
 * @deadline_us: on the monotonic clock; %G_MAXINT64: none
 *
 * Lends the socket until the function has had enough, @wake_fd is readable or the time is over.
 * When it returns, the function does not run and will not.
 *
 * Returns: %FALSE: nothing can be lent, its owner has to serve it
 */
gboolean
cg_loan_serve_in_thread (CgLoan *self, int fd, int wake_fd, gint64 deadline_us)
{
  g_mutex_lock (&loop.mutex);
  self->wake_fd = wake_fd;
  const gboolean is_lent = lend (self, fd, NULL);
  g_mutex_unlock (&loop.mutex);
  if (!is_lent)
    return FALSE;

  await_wake (wake_fd, deadline_us);
  g_mutex_lock (&loop.mutex);
  loop.waiting++;
  while (loop.running == self)
    g_cond_wait (&loop.returned, &loop.mutex);
  loop.waiting--;
  take_back (self);
  g_mutex_unlock (&loop.mutex);
  return TRUE;
}

/* Called with the mutex held. */
static void
kick (CgLoan *self)
{
  if (self->is_kicked)
    return;
  self->is_kicked = TRUE;
  g_queue_push_tail (&loop.kicked, self);
  if (g_thread_self () != loop.thread)
    eventfd_write (loop.kick_fd, 1);
}

/**
 * cg_loan_leave:
 * @self: a loan
 * @fd: a socket that stays open
 * @on_end: called in the media thread when the function has had enough; may free @self
 *
 * Lends the socket, and nobody waits: a thread that has nothing else to do may end. The function is
 * called soon, whatever the socket says, so that nothing is lost that was said meanwhile.
 *
 * Returns: %FALSE: nothing can be lent, its owner has to serve it; else @self is the media thread's
 */
gboolean
cg_loan_leave (CgLoan *self, int fd, CgLoanEndFunc on_end)
{
  g_mutex_lock (&loop.mutex);
  const gboolean is_lent = lend (self, fd, on_end);
  if (is_lent)
    kick (self);
  g_mutex_unlock (&loop.mutex);
  return is_lent;
}

/**
 * cg_loan_kick:
 * @self: a loan; any thread
 *
 * Its function is called soon, whatever the socket says.
 *
 * Returns: whether it is lent; %FALSE: its owner is awake, or has to be woken
 */
gboolean
cg_loan_kick (CgLoan *self)
{
  g_mutex_lock (&loop.mutex);
  const gboolean is_lent = self->is_lent;
  if (is_lent)
    kick (self);
  g_mutex_unlock (&loop.mutex);
  return is_lent;
}

/**
 * cg_loan_await_write:
 * @self: a loan; by its function, or by its owner while it is not lent
 * @is_awaited: whether it is told, too, that the socket can be written to
 */
void
cg_loan_await_write (CgLoan *self, gboolean is_awaited)
{
  const guint32 events = is_awaited ? EPOLLIN | EPOLLOUT : EPOLLIN;

  g_mutex_lock (&loop.mutex);
  if (events != self->events) {
    self->events = events;
    if (self->is_lent)
      watch (EPOLL_CTL_MOD, self->fd, self);
  }
  g_mutex_unlock (&loop.mutex);
}
