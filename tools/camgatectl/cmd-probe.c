/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cg-ctl-commands.h"
#include "cg-ctl-probes.h"
#include "cg-onvif-address.h"

/* One call; a camera that thinks longer is of no use to somebody who waits on a ladder. */
#define CALL_TIMEOUT_MS 5000

static void
on_finding (const CgCtlFinding *finding, gpointer user_data)
{
  cg_ctl_finding_print (finding, user_data);
}

static gboolean
check_address (CgCtl *self, GError **error)
{
  const char *address = self->words[0];
  g_autoptr (GError) reason = NULL;
  g_autofree char *url = NULL;

  if (strchr (address, '@') != NULL)
    return cg_ctl_fail_usage (self, error,
                              "no credentials in the address: use --user, and --password-file or "
                              "$CAMGATE_PASSWORD");
  if (cg_ctl_probe_is_rtsp (address))
    return TRUE;
  url = cg_onvif_address_normalise (address, &reason);
  return url != NULL || cg_ctl_fail_usage (self, error, "%s", reason->message);
}

static void
print_report (CgCtl *self, CgCtlReport *report)
{
  g_autoptr (JsonObject) object = cg_ctl_report_to_json (report);
  const guint n_warnings = cg_ctl_report_count (report, CG_CTL_VERDICT_WARNING);

  cg_ctl_print_json (self, object);
  if (cg_ctl_report_get_verdict (report) == CG_CTL_VERDICT_OK)
    cg_ctl_say (self, "\nThe bridge will work with this camera.\n");
  if (cg_ctl_report_get_verdict (report) == CG_CTL_VERDICT_WARNING)
    cg_ctl_say (self, "\nThe bridge will work with this camera; %u warning%s.\n", n_warnings,
                n_warnings == 1 ? "" : "s");
}

/**
 * cg_cmd_probe:
 * @self: a run
 *
 * What a camera is, and whether the bridge will work with it.
 *
 * Returns: %FALSE with error if it does not answer, or if something failed
 */
gboolean
cg_cmd_probe (CgCtl *self, GError **error)
{
  const char *const addresses[] = {self->words[0], NULL};
  const CgCtlProbesOptions options = {
      .addresses = addresses,
      .timeout_ms = (guint)cg_ctl_get_timeout_ms (self, CALL_TIMEOUT_MS),
      .on_finding = on_finding,
      .user_data = self,
  };
  g_autoptr (GPtrArray) reports = NULL;
  const CgCtlReport *report;

  if (!check_address (self, error))
    return FALSE;
  reports = cg_ctl_probes_run (self, &options, error);
  if (reports == NULL)
    return FALSE;
  report = reports->pdata[0];
  print_report (self, reports->pdata[0]);
  if (cg_ctl_report_get_verdict (report) != CG_CTL_VERDICT_FAIL)
    return TRUE;
  if (cg_ctl_report_is_missing (report))
    g_set_error (error, CG_CTL_ERROR, CG_CTL_NO_CAMERA, "no answer from camera %s", self->words[0]);
  else
    g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED,
                 "not all will work with camera %s: do what the lines with \"fail\" say",
                 self->words[0]);
  return FALSE;
}
