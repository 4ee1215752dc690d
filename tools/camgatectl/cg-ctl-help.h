/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl-commands.h"

G_BEGIN_DECLS

char *cg_ctl_help_get_usage (const CgCtlCommand *command);
void cg_ctl_help_print_program (const CgCtlScreen *screen);
void cg_ctl_help_print_command (const CgCtlCommand *command, const CgCtlScreen *screen);

G_END_DECLS
