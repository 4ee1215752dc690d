/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-store.h"

G_BEGIN_DECLS

/* What every room's tests need: events under a watchdog, and folders that go away. */

typedef gboolean (*CgTestQuestion) (gpointer user_data);

#define CG_TEST_TIMEOUT_MS 10000 /* far beyond what anything here takes, sanitizers included */

void cg_test_wait_for (CgTestQuestion is_so, gpointer user_data, const char *what);
void cg_test_wait_for_flag (const gboolean *flag, const char *what);
void cg_test_run_for (guint duration_ms);

void cg_test_flush (CgStore *store);

char *cg_test_make_dir (void);
void cg_test_remove_dir (const char *path);
char *cg_test_write_file (const char *dir, const char *name, const char *text, int mode);

void cg_test_keep_warnings (void);
char *cg_test_pop_warning (void);
void cg_test_assert_warning (const char *pattern);

G_END_DECLS
