/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

struct _CgCtlInterrupt {
  int fd;
  int raised; /* the first signal that came; 0: none */
  sigset_t old_mask;
  struct sigaction old_pipe;
};

/**
 * cg_ctl_interrupt_new:
 *
 * To be called before other threads are made: they inherit that signals are held back.
 *
 * Returns: (transfer full): holds back SIGINT, SIGTERM, SIGHUP and SIGQUIT, and ignores SIGPIPE
 */
CgCtlInterrupt *
cg_ctl_interrupt_new (void)
{
  CgCtlInterrupt *self = g_new0 (CgCtlInterrupt, 1);
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigset_t mask;

  sigemptyset (&mask);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaddset (&mask, signals[i]);
  pthread_sigmask (SIG_BLOCK, &mask, &self->old_mask);
  sigaction (SIGPIPE, &ignore, &self->old_pipe);
  self->fd = signalfd (-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
  return self;
}

/**
 * cg_ctl_interrupt_free:
 * @self: (transfer full): an interrupt
 *
 * Does not return if a signal came.
 */
void
cg_ctl_interrupt_free (CgCtlInterrupt *self)
{
  const int raised = cg_ctl_interrupt_is_raised (self) ? self->raised : 0;

  close (self->fd);
  sigaction (SIGPIPE, &self->old_pipe, NULL);
  pthread_sigmask (SIG_SETMASK, &self->old_mask, NULL);
  g_free (self);
  if (raised == 0)
    return;
  fflush (NULL);
  raise (raised);
}

/**
 * cg_ctl_interrupt_get_fd:
 * @self: an interrupt
 *
 * Returns: readable once a signal came and was not yet asked for
 */
int
cg_ctl_interrupt_get_fd (CgCtlInterrupt *self)
{
  return self->fd;
}

/**
 * cg_ctl_interrupt_is_raised:
 * @self: an interrupt
 *
 * Returns: whether a signal came, now or before
 */
gboolean
cg_ctl_interrupt_is_raised (CgCtlInterrupt *self)
{
  struct signalfd_siginfo info;

  if (self->raised == 0 && read (self->fd, &info, sizeof info) == sizeof info)
    self->raised = (int)info.ssi_signo;
  return self->raised != 0;
}

/**
 * cg_ctl_interrupt_wait:
 * @self: an interrupt
 * @timeout_ms: how long
 *
 * Returns: %TRUE as soon as a signal came, %FALSE after @timeout_ms
 */
gboolean
cg_ctl_interrupt_wait (CgCtlInterrupt *self, gint64 timeout_ms)
{
  const gint64 until_ms = g_get_monotonic_time () / 1000 + timeout_ms;
  struct pollfd wanted = {.fd = self->fd, .events = POLLIN};

  while (!cg_ctl_interrupt_is_raised (self)) {
    const gint64 left_ms = until_ms - g_get_monotonic_time () / 1000;

    if (left_ms <= 0)
      return FALSE;
    poll (&wanted, 1, (int)MIN (left_ms, G_MAXINT));
  }
  return TRUE;
}
