/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-error.h"

G_DEFINE_QUARK (cg - ctl - error - quark, cg_ctl_error)
