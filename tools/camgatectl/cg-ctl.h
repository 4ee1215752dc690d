/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-ctl-answer.h"
#include "cg-ctl-client.h"
#include "cg-ctl-error.h"
#include "cg-ctl-options.h"
#include "cg-ctl-screen.h"

G_BEGIN_DECLS

typedef struct _CgCtlCommand CgCtlCommand;

/**
 * CgCtl:
 * @command: what is to be done
 * @options: what was given with it
 * @did: (nullable): the first word of a command that takes a DID; %NULL: the gateway, or `--camera`
 * @words: (array length=n_words): what follows
 * @n_words: how many
 * @screen: where results go
 * @answered: a result or an answer was printed as JSON
 *
 * One run of the program, as its command sees it.
 */
typedef struct {
  const CgCtlCommand *command;
  const CgCtlOptions *options;
  const char *did;
  const char *const *words;
  guint n_words;
  CgCtlScreen screen;
  gboolean answered;
} CgCtl;

int cg_ctl_run (int argc, char **argv);

gboolean cg_ctl_fail_usage (CgCtl *self, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
gint64 cg_ctl_get_timeout_ms (CgCtl *self, gint64 otherwise_ms);
CgCtlClient *cg_ctl_open_client (CgCtl *self, GError **error);
CgCtlAnswer *cg_ctl_ask_gateway (CgCtl *self, const char *service, GError **error);
char *cg_ctl_read_password (CgCtl *self, GError **error);

void cg_ctl_say (CgCtl *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void cg_ctl_print_json (CgCtl *self, JsonObject *object);
void cg_ctl_print_csv (CgCtl *self, const char *text);
gboolean cg_ctl_finish (CgCtl *self, const CgCtlAnswer *answer, GError **error);

G_END_DECLS
