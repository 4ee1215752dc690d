/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-site.h"

#include <stdio.h>

#include "cg-ctl-csv.h"
#include "cg-ctl-json.h"
#include "cg-ctl-probes.h"
#include "cg-onvif-address.h"

/* One call; `--timeout` is that of the search. */
#define CALL_TIMEOUT_MS 5000

/* People's spreadsheets rely on these titles: more may be added at the end. */
static const CgCtlCsvColumn columns[] = {
    {"address", NULL, "address"},
    {"name", NULL, "name"},
    {"verdict", NULL, "verdict"},
    {"problems", NULL, "problems"},
    {"advice", NULL, "advice"},
    {"manufacturer", "device", "manufacturer"},
    {"model", "device", "model"},
    {"firmware", "device", "firmware"},
    {"serial", "device", "serial"},
    {"mac", "device", "macs"},
    {"clock_offset_s", "clock", "offset_s"},
    {"login", "login", "kind"},
    {"onvif_port", "ports", "onvif"},
    {"rtsp_port", "ports", "rtsp"},
    {"profile", "stream", "profile"},
    {"codec", "stream", "codec"},
    {"width", "stream", "width"},
    {"height", "stream", "height"},
    {"fps", "stream", "fps"},
    {"bitrate_kbps", "stream", "bitrate_kbps"},
    {"gop_s", "stream", "gop_s"},
    {"gop_at_least_s", "stream", "gop_at_least_s"},
    {"b_frames", "stream", "b_frames"},
    {"audio", "stream", "audio"},
    {"pan_tilt", "ptz", "pan_tilt"},
    {"zoom", "ptz", "zoom"},
    {"moves", "ptz", "moves"},
    {"stops_by", "ptz", "stops_by"},
    {"position", "ptz", "position"},
    {"limits", "ptz", "limits"},
    {"presets", "ptz", "presets"},
    {"max_presets", "ptz", "max_presets"},
    {"did", NULL, "did"},
    {"endpoint", NULL, "endpoint"},
};

/* One run over all that was found. */
typedef struct {
  CgCtl *ctl;
  JsonArray *cameras;
  GPtrArray *shown; /* (owned) (element-type utf8) addresses for people */
  gboolean is_list; /* people know them by did and name, not by address */
} Site;

static const char *
get_address (JsonObject *camera)
{
  const char *service = cg_ctl_json_string (camera, "service");

  return service != NULL ? service : cg_ctl_json_string (camera, "address");
}

static void
print_problem (CgCtl *ctl, const CgCtlFinding *finding)
{
  const guint width = ctl->screen.width > 0 ? ctl->screen.width : CG_CTL_PAGE_WIDTH;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *clean = cg_ctl_text_clean (finding->text);
  g_autofree char *line = g_strdup_printf ("%s: %s", finding->check, clean);
  g_autofree char *advice =
      finding->advice != NULL ? g_strconcat ("-> ", finding->advice, NULL) : NULL;

  cg_ctl_text_wrap (text, line, 9, 2, width);
  if (advice != NULL)
    cg_ctl_text_wrap (text, advice, 9, 3, width);
  cg_ctl_say (ctl, "%s", text->str);
}

static void
append_text (GString *line, const char *gap, const char *text)
{
  g_autofree char *clean = cg_ctl_text_clean (text);

  if (*clean != '\0')
    g_string_append_printf (line, "%s%s", gap, clean);
}

static void
on_report (guint number, CgCtlReport *report, gpointer user_data)
{
  const Site *self = user_data;
  const GPtrArray *findings = cg_ctl_report_get_findings (report);
  JsonObject *camera = json_array_get_object_element (self->cameras, number);
  JsonObject *device = cg_ctl_report_get_section (report, "device");
  g_autoptr (GString) line = g_string_new (NULL);

  if (self->is_list) {
    append_text (line, "  ", cg_ctl_json_string (camera, "did"));
    append_text (line, "  ", cg_ctl_json_string (camera, "name"));
  }
  append_text (line, "  ", self->shown->pdata[number]);
  append_text (line, "  ", cg_ctl_json_string (device, "manufacturer"));
  append_text (line, " ", cg_ctl_json_string (device, "model"));
  cg_ctl_say (self->ctl, "%-7s%s\n", cg_ctl_verdict_get_word (cg_ctl_report_get_verdict (report)),
              line->str);
  for (guint i = 0; i < findings->len; i++) {
    const CgCtlFinding *finding = findings->pdata[i];

    if (finding->verdict != CG_CTL_VERDICT_OK)
      print_problem (self->ctl, finding);
  }
}

/* All that is not well, and all that is to be done, in one cell each. */
static void
add_problems (JsonObject *row, const CgCtlReport *report)
{
  const GPtrArray *findings = cg_ctl_report_get_findings (report);
  g_autoptr (GString) problems = g_string_new (NULL);
  g_autoptr (GString) advice = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++) {
    const CgCtlFinding *finding = findings->pdata[i];

    if (finding->verdict == CG_CTL_VERDICT_OK)
      continue;
    g_string_append_printf (problems, "%s%s %s: %s", problems->len > 0 ? "; " : "",
                            cg_ctl_verdict_get_word (finding->verdict), finding->check,
                            finding->text);
    if (finding->advice != NULL)
      g_string_append_printf (advice, "%s%s", advice->len > 0 ? "; " : "", finding->advice);
  }
  json_object_set_string_member (row, "problems", problems->str);
  json_object_set_string_member (row, "advice", advice->str);
}

static void
copy_member (JsonObject *to, JsonObject *from, const char *member)
{
  if (json_object_has_member (from, member))
    json_object_set_member (to, member, json_node_copy (json_object_get_member (from, member)));
}

static void
print_csv (const Site *self, JsonArray *cameras, const GPtrArray *reports)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cg_ctl_csv_append_titles (text, columns, G_N_ELEMENTS (columns));
  for (guint i = 0; i < reports->len; i++) {
    JsonObject *camera = json_array_get_object_element (cameras, i);
    g_autoptr (JsonObject) row = cg_ctl_report_to_json (reports->pdata[i]);

    json_object_set_string_member (row, "address", self->shown->pdata[i]);
    copy_member (row, camera, "name");
    copy_member (row, camera, "did");
    copy_member (row, camera, "endpoint");
    add_problems (row, reports->pdata[i]);
    cg_ctl_csv_append_row (text, columns, G_N_ELEMENTS (columns), row);
  }
  cg_ctl_print_csv (self->ctl, text->str);
}

static void
print_json (const Site *self, JsonArray *cameras, const GPtrArray *reports)
{
  g_autoptr (JsonObject) object = json_object_new ();

  if (!self->ctl->options->json)
    return;
  for (guint i = 0; i < reports->len; i++)
    json_object_set_object_member (json_array_get_object_element (cameras, i), "probe",
                                   cg_ctl_report_to_json (reports->pdata[i]));
  json_object_set_array_member (object, "cameras", json_array_ref (cameras));
  cg_ctl_print_json (self->ctl, object);
}

static gboolean
conclude (const Site *self, const GPtrArray *reports, GError **error)
{
  guint n_failed = 0;

  for (guint i = 0; i < reports->len; i++)
    n_failed += cg_ctl_report_get_verdict (reports->pdata[i]) == CG_CTL_VERDICT_FAIL;
  cg_ctl_say (self->ctl, "\nThe bridge will work with %u of %u cameras.\n", reports->len - n_failed,
              reports->len);
  if (n_failed == 0)
    return TRUE;
  g_set_error (error, CG_CTL_ERROR, CG_CTL_REFUSED,
               "%u of %u cameras will not do as they are: do what the lines with \"fail\" say",
               n_failed, reports->len);
  return FALSE;
}

/**
 * cg_ctl_site_probe:
 * @ctl: a run of `discover --probe-all` or `import --dry-run`
 * @cameras: as `discover --json` describes them
 * @logins: (nullable): of each, where a list names them; %NULL: that of the command line
 * @error: return location: %CG_CTL_REFUSED if one failed
 *
 * Probes all of them, some at the same time, and prints what was found: as text each camera when it
 * is done, as JSON with a member `probe` for each, or as CSV.
 *
 * Returns: whether the bridge will work with all
 */
gboolean
cg_ctl_site_probe (CgCtl *ctl, JsonArray *cameras, const CgCtlLogins *logins, GError **error)
{
  Site self = {.ctl = ctl, .cameras = cameras, .is_list = logins != NULL};
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  g_autoptr (GPtrArray) reports = NULL;
  CgCtlProbesOptions options = {
      .timeout_ms = CALL_TIMEOUT_MS, .on_report = on_report, .user_data = &self};

  self.shown = shown;
  for (guint i = 0; i < json_array_get_length (cameras); i++) {
    const char *address = get_address (json_array_get_object_element (cameras, i));

    g_ptr_array_add (addresses, (char *)address);
    g_ptr_array_add (shown, cg_onvif_address_shorten (address));
  }
  g_ptr_array_add (addresses, NULL);
  g_ptr_array_add (shown, NULL);
  options.names = (const char *const *)shown->pdata;
  options.addresses = (const char *const *)addresses->pdata;
  if (logins != NULL) {
    options.usernames = (const char *const *)logins->usernames->pdata;
    options.passwords = (const char *const *)logins->passwords->pdata;
  }
  reports = cg_ctl_probes_run (ctl, &options, error);
  if (reports == NULL)
    return FALSE;
  if (ctl->options->csv)
    print_csv (&self, cameras, reports);
  print_json (&self, cameras, reports);
  return conclude (&self, reports, error);
}
