/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl-probe.h"
#include "cg-ctl.h"

G_BEGIN_DECLS

/**
 * CgCtlProbesOptions:
 * @addresses: (array zero-terminated=1): of the cameras
 * @names: (nullable): what people call them, as many; shown with what is done
 * @usernames: (nullable) (element-type utf8): as many, %NULL where there is none; else `--user`
 * @passwords: (nullable) (element-type utf8): with them
 * @timeout_ms: for each call
 * @on_finding: (nullable): called for each finding as soon as it is known
 * @on_report: (nullable): called when a camera is done, with its number from 0
 * @user_data: for both; they are called in the thread that runs the probes
 */
typedef struct {
  const char *const *addresses;
  const char *const *names;
  const char *const *usernames;
  const char *const *passwords;
  guint timeout_ms;
  CgCtlFindingFunc on_finding;
  void (*on_report) (guint number, CgCtlReport *report, gpointer user_data);
  gpointer user_data;
} CgCtlProbesOptions;

GPtrArray *cg_ctl_probes_run (CgCtl *ctl, const CgCtlProbesOptions *options, GError **error);

G_END_DECLS
