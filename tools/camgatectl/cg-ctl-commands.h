/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl.h"

G_BEGIN_DECLS

/* What must be there for a command to work. */
typedef enum {
  CG_CTL_NEEDS_NOTHING,
  CG_CTL_NEEDS_DAEMON,
  CG_CTL_NEEDS_EITHER, /* camgated, or with --camera the camera alone */
} CgCtlNeeds;

/**
 * CgCtlCommand:
 * @name: what is typed
 * @group: under which heading the program's help lists it
 * @usage: what follows the name; a line for each way to use it
 * @summary: one line
 * @help: (nullable): more about it
 * @examples: (nullable): lines to try
 * @flags: the options it takes, beside those that all take
 * @needs: what must be there
 * @takes_did: its first word is a DID, unless `--camera` is given
 * @min_words: at least so many words after that
 * @max_words: at most
 * @run: does it; on failure sets a %CG_CTL_ERROR
 */
struct _CgCtlCommand {
  const char *name;
  const char *group;
  const char *usage;
  const char *summary;
  const char *help;
  const char *examples;
  guint flags;
  CgCtlNeeds needs;
  gboolean takes_did;
  guint min_words;
  guint max_words;
  gboolean (*run) (CgCtl *self, GError **error);
};

const CgCtlCommand *cg_ctl_commands_get (gsize *n_commands);
const CgCtlCommand *cg_ctl_commands_find (const char *name);
const char *cg_ctl_commands_get_nearest (const char *name);

gboolean cg_cmd_cameras (CgCtl *self, GError **error);
gboolean cg_cmd_device (CgCtl *self, GError **error);
gboolean cg_cmd_discover (CgCtl *self, GError **error);
gboolean cg_cmd_explain (CgCtl *self, GError **error);
gboolean cg_cmd_export (CgCtl *self, GError **error);
gboolean cg_cmd_help (CgCtl *self, GError **error);
gboolean cg_cmd_import (CgCtl *self, GError **error);
gboolean cg_cmd_monitor (CgCtl *self, GError **error);
gboolean cg_cmd_play (CgCtl *self, GError **error);
gboolean cg_cmd_preset (CgCtl *self, GError **error);
gboolean cg_cmd_probe (CgCtl *self, GError **error);
gboolean cg_cmd_ptz (CgCtl *self, GError **error);
gboolean cg_cmd_send (CgCtl *self, GError **error);
gboolean cg_cmd_show (CgCtl *self, GError **error);
gboolean cg_cmd_snapshot (CgCtl *self, GError **error);
gboolean cg_cmd_status (CgCtl *self, GError **error);
gboolean cg_cmd_stop (CgCtl *self, GError **error);

G_END_DECLS
