/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-ctl.h"

G_BEGIN_DECLS

typedef enum {
  CG_CTL_VERDICT_OK,
  CG_CTL_VERDICT_WARNING, /* it works, but */
  CG_CTL_VERDICT_FAIL,
} CgCtlVerdict;

/**
 * CgCtlFinding:
 * @check: what was looked at, one word
 * @verdict: how good it is
 * @text: what was found
 * @advice: (nullable): what to do
 */
typedef struct {
  char *check;
  CgCtlVerdict verdict;
  char *text;
  char *advice;
} CgCtlFinding;

/**
 * CgCtlReport:
 *
 * What a look at one camera found: lines for a person, and the facts behind them for programs. The
 * facts are in sections; all members of all sections are always there, null where nothing is known.
 */
typedef struct _CgCtlReport CgCtlReport;

typedef void (*CgCtlFindingFunc) (const CgCtlFinding *finding, gpointer user_data);

CgCtlReport *cg_ctl_report_new (const char *address);
void cg_ctl_report_free (CgCtlReport *self);
void cg_ctl_report_listen (CgCtlReport *self, CgCtlFindingFunc func, gpointer user_data);

void cg_ctl_report_tell (CgCtlReport *self,
                         const char *check,
                         CgCtlVerdict verdict,
                         const char *advice,
                         const char *format,
                         ...) G_GNUC_PRINTF (5, 6);
void cg_ctl_report_tell_error (CgCtlReport *self,
                               const char *check,
                               CgCtlVerdict verdict,
                               const GError *error);
void cg_ctl_report_set_missing (CgCtlReport *self);

gboolean cg_ctl_report_is_missing (const CgCtlReport *self);
CgCtlVerdict cg_ctl_report_get_verdict (const CgCtlReport *self);
const GPtrArray *cg_ctl_report_get_findings (const CgCtlReport *self);
guint cg_ctl_report_count (const CgCtlReport *self, CgCtlVerdict verdict);
JsonObject *cg_ctl_report_get_section (CgCtlReport *self, const char *section);
JsonObject *cg_ctl_report_to_json (CgCtlReport *self);

void cg_ctl_finding_print (const CgCtlFinding *self, CgCtl *ctl);
const char *cg_ctl_verdict_get_word (CgCtlVerdict verdict);
void cg_ctl_finding_free (CgCtlFinding *self);
CgCtlFinding *cg_ctl_finding_copy (const CgCtlFinding *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlReport, cg_ctl_report_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgCtlFinding, cg_ctl_finding_free)

G_END_DECLS
