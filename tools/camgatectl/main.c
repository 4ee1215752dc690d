/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl.h"

int
main (int argc, char **argv)
{
  return cg_ctl_run (argc, argv);
}
