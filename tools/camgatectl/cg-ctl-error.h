/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CG_CTL_ERROR (cg_ctl_error_quark ())

/**
 * CgCtlExit:
 * @CG_CTL_DONE: all was done
 * @CG_CTL_REFUSED: an error code came back
 * @CG_CTL_USAGE: the command line makes no sense
 * @CG_CTL_NO_DAEMON: camgated does not run, does not let us in, or does not answer
 * @CG_CTL_NO_CAMERA: no such camera, or it does not answer
 *
 * How the program ends; but for %CG_CTL_DONE also the codes of %CG_CTL_ERROR, so that whoever
 * finds a failure decides on the status too.
 */
typedef enum {
  CG_CTL_DONE = 0,
  CG_CTL_REFUSED = 1,
  CG_CTL_USAGE = 2,
  CG_CTL_NO_DAEMON = 3,
  CG_CTL_NO_CAMERA = 4,
} CgCtlExit;

GQuark cg_ctl_error_quark (void);

G_END_DECLS
