/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One bit an option; a command names those it takes. */
typedef enum {
  CG_CTL_FLAG_SOCKET = 1 << 0,
  CG_CTL_FLAG_JSON = 1 << 1,
  CG_CTL_FLAG_TIMEOUT = 1 << 2,
  CG_CTL_FLAG_CAMERA = 1 << 3,
  CG_CTL_FLAG_USER = 1 << 4,
  CG_CTL_FLAG_PASSWORD_FILE = 1 << 5,
  CG_CTL_FLAG_SPEED = 1 << 6,
  CG_CTL_FLAG_FOR = 1 << 7,
  CG_CTL_FLAG_WAIT = 1 << 8,
  CG_CTL_FLAG_INTERFACE = 1 << 9,
  CG_CTL_FLAG_HOST = 1 << 10,
  CG_CTL_FLAG_PORT = 1 << 11,
  CG_CTL_FLAG_HELP = 1 << 12,
  CG_CTL_FLAG_VERSION = 1 << 13,
  CG_CTL_FLAG_NO_MOVE = 1 << 14,
  CG_CTL_FLAG_PROBE_ALL = 1 << 15,
  CG_CTL_FLAG_CSV = 1 << 16,
  CG_CTL_FLAG_DRY_RUN = 1 << 17,
  CG_CTL_FLAG_WITH_PASSWORDS = 1 << 18,
  CG_CTL_FLAG_OUTPUT = 1 << 19,
} CgCtlFlag;

#define CG_CTL_FLAGS_ALWAYS (CG_CTL_FLAG_HELP | CG_CTL_FLAG_VERSION | CG_CTL_FLAG_JSON)
#define CG_CTL_FLAGS_DAEMON (CG_CTL_FLAG_SOCKET | CG_CTL_FLAG_TIMEOUT)
#define CG_CTL_FLAGS_LOGIN (CG_CTL_FLAG_USER | CG_CTL_FLAG_PASSWORD_FILE)
#define CG_CTL_FLAGS_CAMERA (CG_CTL_FLAG_CAMERA | CG_CTL_FLAGS_LOGIN)

/**
 * CgCtlOptions:
 * @given: which options were there, as #CgCtlFlag bits
 *
 * What stood on the command line. Times are seconds; 0 and %NULL: not given.
 */
typedef struct {
  guint given;
  gboolean help;
  gboolean version;
  gboolean json;
  gboolean wait;
  gboolean no_move;
  gboolean probe_all;
  gboolean csv;
  gboolean dry_run;
  gboolean with_passwords;
  char *socket;
  char *camera;
  char *user;
  char *password_file;
  char *speed;
  char *output;
  double duration_s;
  double timeout_s;
  int port;
  GPtrArray *interfaces; /* (owned) (element-type utf8) NULL-terminated */
  GPtrArray *hosts;      /* (owned) (element-type utf8) NULL-terminated */
  GPtrArray *words;      /* (owned) (element-type utf8) what is no option, in order */
} CgCtlOptions;

/**
 * CgCtlOptionRow:
 * @name: without the dashes
 * @letter: short form, or 0
 * @value: (nullable): what the value is called; a switch has none
 * @flag: its bit
 * @summary: one sentence for the help
 */
typedef struct {
  const char *name;
  char letter;
  const char *value;
  CgCtlFlag flag;
  const char *summary;
  guint type;
  gsize offset;
} CgCtlOptionRow;

CgCtlOptions *cg_ctl_options_parse (int argc, char **argv, GError **error);
void cg_ctl_options_free (CgCtlOptions *self);
const CgCtlOptionRow *cg_ctl_options_get_rows (gsize *n_rows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlOptions, cg_ctl_options_free)

G_END_DECLS
