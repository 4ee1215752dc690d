/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For what is loaded into the daemon before libc: every open() of a file comes to open_with(). */
#pragma once

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>

typedef int (*Open) (const char *path, int flags, ...);

/* @next: libc's own */
static int open_with (Open next, const char *path, int flags, mode_t mode);

#define DEFINE_OPEN(name)                                                                          \
  int name (const char *path, int flags, ...)                                                      \
  {                                                                                                \
    va_list arguments;                                                                             \
                                                                                                   \
    va_start (arguments, flags);                                                                   \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (arguments, mode_t) : 0;     \
    va_end (arguments);                                                                            \
    return open_with ((Open)dlsym (RTLD_NEXT, #name), path, flags, mode);                          \
  }

DEFINE_OPEN (open)
DEFINE_OPEN (open64)
