/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

G_GNUC_NORETURN void bench_give_up (const char *what);
/* On a free port of this machine, which is told in a line of standard output. */
int bench_listen (void);
int bench_connect (int port);
void bench_watch (int poll, int fd, gpointer data);

G_END_DECLS
