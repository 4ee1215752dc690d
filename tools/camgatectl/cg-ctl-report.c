/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-report.h"

#include "cg-ctl-json.h"
#include "cg-error.h"

/* What stands before the check's name, and what the name takes. */
#define INDENT 9
#define CHECK_WIDTH 11

static const char *const words[] = {
    [CG_CTL_VERDICT_OK] = "ok",
    [CG_CTL_VERDICT_WARNING] = "warning",
    [CG_CTL_VERDICT_FAIL] = "fail",
};

/* Scripts rely on these names: more may be added, none taken away. */
static const struct {
  const char *name;
  const char *members[17];
} sections[] = {
    {"ports", {"onvif", "rtsp", "open"}},
    {"device", {"manufacturer", "model", "firmware", "serial", "hardware", "macs"}},
    {"clock", {"offset_s", "timezone"}},
    {"login", {"kind", "digest", "clock"}},
    {"stream",
     {"profile", "location", "transport", "codec", "width", "height", "fps", "bitrate_kbps",
      "gop_s", "gop_frames", "gop_at_least_s", "b_frames", "first_picture_s", "measured_s", "audio",
      "audio_rate"}},
    {"ptz",
     {"pan_tilt", "zoom", "position", "move_status", "limits", "moves", "stops_by", "stop_s",
      "returned", "presets", "max_presets"}},
};

struct _CgCtlReport {
  char *address;
  CgCtlFindingFunc func; /* (nullable) */
  gpointer user_data;
  GPtrArray *findings; /* (owned) (element-type CgCtlFinding) */
  JsonObject *facts;   /* (owned) the sections */
  CgCtlVerdict verdict;
  gboolean is_missing;
};

/* What to do about an error where a code of PROTOCOL.md has no advice that fits an installer. */
static const struct {
  CgError error;
  const char *advice;
} advices[] = {
    {CG_ERROR_UNREACHABLE,
     "check cable, power and address, and that this machine is in its network"},
    {CG_ERROR_TIMED_OUT, "check address and port; if both are right, restart the camera"},
    {CG_ERROR_LOGIN_REFUSED,
     "check --user and the password, and that this user may use ONVIF; do not try often: cameras "
     "lock the account after a few wrong ones"},
    {CG_ERROR_NOT_PERMITTED, "give this user more rights on the camera's own page: operator"},
    {CG_ERROR_NOT_SUPPORTED, "update the camera's firmware, or see whether it can be switched on"},
    {CG_ERROR_PEER_FAULT, "restart the camera; if it stays so, update its firmware"},
    {CG_ERROR_TOO_MANY_STREAMS,
     "the camera gives no more streams: end other viewers of it, or restart it"},
    {CG_ERROR_STREAM_STALLED,
     "look whether the camera's own page shows a picture; switch smart codec off; restart it"},
    {CG_ERROR_STREAM_FORMAT, "switch this profile to H.264 in the camera's video settings"},
    {CG_ERROR_INTERNAL, "install camgate anew: a part of it is missing"},
    {CG_ERROR_INVALID_CONFIG,
     "install camgate anew, or set CAMGATE_PIPELINES_DIR to its folder of pipelines"},
};

/**
 * cg_ctl_verdict_get_word:
 * @verdict: a verdict
 *
 * Returns: (transfer none): `ok`, `warning` or `fail`
 */
const char *
cg_ctl_verdict_get_word (CgCtlVerdict verdict)
{
  return words[verdict];
}

/**
 * cg_ctl_finding_free:
 * @self: (transfer full): a finding
 */
void
cg_ctl_finding_free (CgCtlFinding *self)
{
  g_free (self->check);
  g_free (self->text);
  g_free (self->advice);
  g_free (self);
}

/**
 * cg_ctl_finding_copy:
 * @self: a finding
 *
 * Returns: (transfer full): the same
 */
CgCtlFinding *
cg_ctl_finding_copy (const CgCtlFinding *self)
{
  CgCtlFinding *copy = g_new0 (CgCtlFinding, 1);

  copy->check = g_strdup (self->check);
  copy->verdict = self->verdict;
  copy->text = g_strdup (self->text);
  copy->advice = g_strdup (self->advice);
  return copy;
}

/**
 * cg_ctl_finding_print:
 * @self: a finding
 * @ctl: where it goes
 *
 * Verdict, check, what was found; below it what to do, if anything.
 */
void
cg_ctl_finding_print (const CgCtlFinding *self, CgCtl *ctl)
{
  static const CgCtlInk inks[] = {
      [CG_CTL_VERDICT_OK] = CG_CTL_INK_GOOD,
      [CG_CTL_VERDICT_WARNING] = CG_CTL_INK_SO_SO,
      [CG_CTL_VERDICT_FAIL] = CG_CTL_INK_BAD,
  };
  const CgCtlScreen *screen = &ctl->screen;
  g_autofree char *clean = cg_ctl_text_clean (self->text);
  g_autofree char *line = g_strdup_printf ("%-9s  %s", self->check, clean);
  g_autofree char *arrow = self->advice != NULL ? g_strconcat ("-> ", self->advice, NULL) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  /* To a pipe each finding is one line. */
  cg_ctl_text_wrap (text, line, INDENT, CHECK_WIDTH, screen->width > 0 ? screen->width : G_MAXINT);
  if (arrow != NULL)
    cg_ctl_text_wrap (text, arrow, INDENT, 3,
                      screen->width > 0 ? screen->width : CG_CTL_PAGE_WIDTH);
  cg_ctl_say (ctl, "%s%-7s%s  %s", cg_ctl_screen_ink (screen, inks[self->verdict]),
              words[self->verdict], cg_ctl_screen_ink (screen, CG_CTL_INK_PLAIN),
              text->str + INDENT);
}

static JsonObject *
make_facts (void)
{
  JsonObject *facts = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++) {
    JsonObject *section = json_object_new ();

    for (guint k = 0; sections[i].members[k] != NULL; k++)
      json_object_set_null_member (section, sections[i].members[k]);
    json_object_set_object_member (facts, sections[i].name, section);
  }
  return facts;
}

/**
 * cg_ctl_report_new:
 * @address: of the camera, without any login
 *
 * Returns: (transfer full): a report in which nothing is known yet
 */
CgCtlReport *
cg_ctl_report_new (const char *address)
{
  CgCtlReport *self = g_new0 (CgCtlReport, 1);

  self->address = g_strdup (address);
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_ctl_finding_free);
  self->facts = make_facts ();
  json_object_set_null_member (self->facts, "services");
  json_object_set_array_member (self->facts, "profiles", json_array_new ());
  return self;
}

/**
 * cg_ctl_report_free:
 * @self: (transfer full) (nullable): a report
 */
void
cg_ctl_report_free (CgCtlReport *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->findings);
  json_object_unref (self->facts);
  g_free (self->address);
  g_free (self);
}

/**
 * cg_ctl_report_listen:
 * @self: a report
 * @func: called for each finding, in the thread that tells it
 * @user_data: for @func
 */
void
cg_ctl_report_listen (CgCtlReport *self, CgCtlFindingFunc func, gpointer user_data)
{
  self->func = func;
  self->user_data = user_data;
}

/**
 * cg_ctl_report_tell:
 * @self: a report
 * @check: what was looked at, one word
 * @verdict: how good it is
 * @advice: (nullable): what to do
 * @format: what was found
 */
void
cg_ctl_report_tell (CgCtlReport *self,
                    const char *check,
                    CgCtlVerdict verdict,
                    const char *advice,
                    const char *format,
                    ...)
{
  CgCtlFinding *finding = g_new0 (CgCtlFinding, 1);
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  finding->check = g_strdup (check);
  finding->verdict = verdict;
  finding->text = g_utf8_make_valid (text, -1);
  finding->advice = g_strdup (advice);
  self->verdict = MAX (self->verdict, verdict);
  g_ptr_array_add (self->findings, finding);
  if (self->func != NULL)
    self->func (finding, self->user_data);
}

static const char *
find_advice (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (advices); i++) {
    if (g_error_matches (error, CG_ERROR, (int)advices[i].error))
      return advices[i].advice;
  }
  return NULL;
}

/**
 * cg_ctl_report_tell_error:
 * @self: a report
 * @check: what was looked at, one word
 * @verdict: how bad it is
 * @error: a #CG_ERROR
 */
void
cg_ctl_report_tell_error (CgCtlReport *self,
                          const char *check,
                          CgCtlVerdict verdict,
                          const GError *error)
{
  cg_ctl_report_tell (self, check, verdict, find_advice (error), "%s", error->message);
}

/**
 * cg_ctl_report_set_missing:
 * @self: a report
 *
 * Nobody answers at that address.
 */
void
cg_ctl_report_set_missing (CgCtlReport *self)
{
  self->is_missing = TRUE;
}

/**
 * cg_ctl_report_is_missing:
 * @self: a report
 *
 * Returns: whether nobody answered
 */
gboolean
cg_ctl_report_is_missing (const CgCtlReport *self)
{
  return self->is_missing;
}

/**
 * cg_ctl_report_get_verdict:
 * @self: a report
 *
 * Returns: that of the worst finding
 */
CgCtlVerdict
cg_ctl_report_get_verdict (const CgCtlReport *self)
{
  return self->verdict;
}

/**
 * cg_ctl_report_get_findings:
 * @self: a report
 *
 * Returns: (transfer none) (element-type CgCtlFinding): in the order in which they were told
 */
const GPtrArray *
cg_ctl_report_get_findings (const CgCtlReport *self)
{
  return self->findings;
}

/**
 * cg_ctl_report_count:
 * @self: a report
 * @verdict: a verdict
 *
 * Returns: how many findings have it
 */
guint
cg_ctl_report_count (const CgCtlReport *self, CgCtlVerdict verdict)
{
  guint count = 0;

  for (guint i = 0; i < self->findings->len; i++)
    count += ((const CgCtlFinding *)self->findings->pdata[i])->verdict == verdict;
  return count;
}

/**
 * cg_ctl_report_get_section:
 * @self: a report
 * @section: (nullable): `ports`, `device`, `clock`, `login`, `stream` or `ptz`; %NULL: what holds
 * them
 *
 * Returns: (transfer none): where its facts go
 */
JsonObject *
cg_ctl_report_get_section (CgCtlReport *self, const char *section)
{
  return section != NULL ? json_object_get_object_member (self->facts, section) : self->facts;
}

static JsonArray *
make_checks (const CgCtlReport *self)
{
  JsonArray *checks = json_array_new ();

  for (guint i = 0; i < self->findings->len; i++) {
    const CgCtlFinding *finding = self->findings->pdata[i];
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "check", finding->check);
    json_object_set_string_member (object, "verdict", words[finding->verdict]);
    json_object_set_string_member (object, "finding", finding->text);
    cg_ctl_json_set_string (object, "advice", finding->advice);
    json_array_add_object_element (checks, object);
  }
  return checks;
}

/**
 * cg_ctl_report_to_json:
 * @self: a report
 *
 * Returns: (transfer full): all of it
 */
JsonObject *
cg_ctl_report_to_json (CgCtlReport *self)
{
  JsonObject *object = json_object_new ();
  g_autoptr (GList) members = json_object_get_members (self->facts);

  json_object_set_string_member (object, "address", self->address);
  json_object_set_string_member (object, "verdict", words[self->verdict]);
  json_object_set_array_member (object, "checks", make_checks (self));
  for (GList *l = members; l != NULL; l = l->next)
    json_object_set_member (object, l->data,
                            json_node_copy (json_object_get_member (self->facts, l->data)));
  return object;
}
