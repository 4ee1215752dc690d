/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * One thread for the sockets of all streams. A thread that is woken for each packet of each stream
 * costs more than what it does with the packet; here one is woken for all that has come, every few
 * milliseconds at most.
 *
 * Whoever owns a socket has a thread of its own for all that may take long: connecting, dialogues,
 * goodbyes. For the hours in between it lends the socket, and its thread sleeps, or ends.
 */

/**
 * CgLoanFunc:
 * @is_ready: the socket can be read, or written to where that is awaited; else it was a kick
 * @user_data: as given to cg_loan_new()
 *
 * Called in the media thread when the socket is ready, and after cg_loan_kick(). Must not block:
 * all other streams wait meanwhile.
 *
 * Returns: whether the loan goes on; %FALSE wakes its owner
 */
typedef gboolean (*CgLoanFunc) (gboolean is_ready, gpointer user_data);

/**
 * CgLoanEndFunc:
 * @user_data: as given to cg_loan_new()
 *
 * Called in the media thread when the loan is over. Must not block.
 */
typedef void (*CgLoanEndFunc) (gpointer user_data);

/**
 * CgLoan:
 *
 * What an owner lends, again and again. While it is lent, @func alone touches what belongs to it.
 */
typedef struct _CgLoan CgLoan;

CgLoan *cg_loan_new (CgLoanFunc func, gpointer user_data);
void cg_loan_free (CgLoan *self);
gboolean cg_loan_serve_in_thread (CgLoan *self, int fd, int wake_fd, gint64 deadline_us);
gboolean cg_loan_leave (CgLoan *self, int fd, CgLoanEndFunc on_end);
gboolean cg_loan_kick (CgLoan *self);
void cg_loan_await_write (CgLoan *self, gboolean is_awaited);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgLoan, cg_loan_free)

G_END_DECLS
