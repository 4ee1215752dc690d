/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cg-ctl-interrupt.h"

#define MAX_PASSWORD 1024

/* The first line, and no more than a password is long: it may be a pipe, and it may not end. */
static char *
read_file (const char *path, GError **error)
{
  char text[MAX_PASSWORD + 2];
  gsize length = 0;
  gssize n = 1;
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  while (fd >= 0 && n > 0 && length < sizeof text && memchr (text, '\n', length) == NULL) {
    n = read (fd, text + length, sizeof text - length);
    length += n > 0 ? (gsize)n : 0;
  }
  const int number = fd < 0 || n < 0 ? errno : 0;
  if (fd >= 0)
    close (fd);
  const char *end = memchr (text, '\n', length);
  gsize used = end != NULL ? (gsize)(end - text) : length;
  used -= used > 0 && text[used - 1] == '\r' ? 1 : 0;
  if (number == 0 && used <= MAX_PASSWORD && memchr (text, '\0', used) == NULL)
    return g_strndup (text, used);
  g_set_error (error, CG_CTL_ERROR, CG_CTL_USAGE, "cannot read the password from %s: %s", path,
               number != 0 ? g_strerror (number) : "it does not begin with one");
  return NULL;
}

/* Up to the newline; NULL when a signal or the end came first. */
static char *
read_line (int fd, CgCtlInterrupt *interrupt)
{
  g_autoptr (GString) line = g_string_new (NULL);
  GPollFD wanted[] = {{.fd = fd, .events = G_IO_IN},
                      {.fd = cg_ctl_interrupt_get_fd (interrupt), .events = G_IO_IN}};
  char letter;

  while (line->len < MAX_PASSWORD) {
    if (g_poll (wanted, G_N_ELEMENTS (wanted), -1) < 0 && errno != EINTR)
      return NULL;
    if (cg_ctl_interrupt_is_raised (interrupt))
      return NULL;
    if ((wanted[0].revents & (G_IO_IN | G_IO_HUP | G_IO_ERR)) == 0)
      continue;
    if (read (fd, &letter, 1) != 1)
      return NULL;
    if (letter == '\n')
      return g_string_free (g_steal_pointer (&line), FALSE);
    g_string_append_c (line, letter);
  }
  return NULL;
}

static char *
ask_without_echo (int fd, const char *question)
{
  g_autoptr (CgCtlInterrupt) interrupt = cg_ctl_interrupt_new ();
  struct termios before;
  struct termios silent;
  char *answer;

  if (tcgetattr (fd, &before) != 0)
    return NULL;
  silent = before;
  silent.c_lflag &= ~(tcflag_t)ECHO;
  tcsetattr (fd, TCSAFLUSH, &silent);
  dprintf (fd, "%s", question);
  answer = read_line (fd, interrupt);
  tcsetattr (fd, TCSAFLUSH, &before);
  dprintf (fd, "\n");
  return answer;
}

/**
 * cg_ctl_read_password:
 * @self: a run with `--user`
 *
 * From `--password-file`, else from `$CAMGATE_PASSWORD`, else by a question at the terminal.
 *
 * Returns: (transfer full): the password, or %NULL with a %CG_CTL_USAGE error
 */
char *
cg_ctl_read_password (CgCtl *self, GError **error)
{
  const char *environment = g_getenv ("CAMGATE_PASSWORD");
  g_autofree char *user = NULL;
  g_autofree char *question = NULL;
  char *answer = NULL;
  int fd;

  if (self->options->password_file != NULL)
    return read_file (self->options->password_file, error);
  if (environment != NULL)
    return g_strdup (environment);

  fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd >= 0) {
    user = cg_ctl_text_clean (self->options->user);
    question = g_strdup_printf ("Password of %s at the camera: ", user);
    answer = ask_without_echo (fd, question);
    close (fd);
  }
  if (answer == NULL)
    g_set_error_literal (error, CG_CTL_ERROR, CG_CTL_USAGE,
                         "no password: use --password-file FILE or $CAMGATE_PASSWORD");
  return answer;
}
