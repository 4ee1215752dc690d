/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-ctl-probe-private.h"

#include <math.h>
#include <string.h>

#include "cg-ctl-knock.h"
#include "cg-log.h"
#include "cg-onvif-address.h"
#include "cg-onvif-care.h"
#include "cg-onvif-device.h"
#include "cg-onvif-learnt.h"
#include "cg-rtsp-url.h"

/* Logins allow about five seconds; beyond, only a measured offset helps (Q4). */
#define CLOCK_TOLERANCE_MS 5000
#define RTSP_PORT 554

/* Where cameras have web pages, ONVIF (Q30) and RTSP: who answers there tells what is wrong. */
static const guint16 usual_ports[] = {80, 443, 554, 2020, 5000, 6688, 8000, 8080, 8554, 8899, 8999};

/**
 * cg_ctl_probe_is_cancelled:
 * @self: a probe
 *
 * Returns: whether nobody wants to know any more
 */
gboolean
cg_ctl_probe_is_cancelled (const CgCtlProbe *self)
{
  return g_cancellable_is_cancelled (self->options->cancellable);
}

/**
 * cg_ctl_probe_pause:
 * @self: a probe
 * @pause_ms: how long
 *
 * Returns: %FALSE at once when it is cancelled
 */
gboolean
cg_ctl_probe_pause (const CgCtlProbe *self, guint pause_ms)
{
  GPollFD fd;

  if (!g_cancellable_make_pollfd (self->options->cancellable, &fd)) {
    g_usleep (pause_ms * 1000);
    return TRUE;
  }
  g_poll (&fd, 1, (int)pause_ms);
  g_cancellable_release_fd (self->options->cancellable);
  return !cg_ctl_probe_is_cancelled (self);
}

/**
 * cg_ctl_probe_step:
 * @self: a probe
 * @format: what is done next, for somebody who waits
 */
void
cg_ctl_probe_step (const CgCtlProbe *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  if (self->options->on_step == NULL)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->options->on_step (text, self->options->user_data);
}

/**
 * cg_ctl_probe_set_text:
 * @object: facts
 * @member: one of them
 * @text: (nullable): what it is; stays null where nothing is known
 */
void
cg_ctl_probe_set_text (JsonObject *object, const char *member, const char *text)
{
  g_autofree char *valid = NULL;

  if (text == NULL || *text == '\0')
    return;
  valid = g_utf8_make_valid (text, -1);
  json_object_set_string_member (object, member, valid);
}

static void
tell_silence (CgCtlProbe *self, const CgCtlPort *ports, guint n_ports)
{
  JsonArray *open = json_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean is_somebody = FALSE;

  for (guint i = 0; i < n_ports; i++) {
    is_somebody = is_somebody || ports[i].state != CG_CTL_PORT_SILENT;
    if (ports[i].state != CG_CTL_PORT_OPEN)
      continue;
    json_array_add_int_element (open, ports[i].port);
    g_string_append_printf (text, "%s%u", text->len > 0 ? ", " : "", ports[i].port);
  }
  json_object_set_array_member (cg_ctl_report_get_section (self->report, "ports"), "open", open);
  if (text->len > 0)
    cg_ctl_report_tell (self->report, "ports", CG_CTL_VERDICT_FAIL,
                        "switch ONVIF on in the camera's settings, and make an ONVIF user there; "
                        "or try another port, HOST:PORT, or https://HOST; of a camera without "
                        "ONVIF: rtsp://HOST/PATH",
                        "open: %s; none of them speaks ONVIF", text->str);
  else if (is_somebody)
    cg_ctl_report_tell (self->report, "ports", CG_CTL_VERDICT_FAIL,
                        "check the address: what is there does not look like a camera",
                        "none of the usual ones is open, but something is there");
  else
    cg_ctl_report_tell (self->report, "ports", CG_CTL_VERDICT_FAIL,
                        "check power, cable and address, and that this machine is in its network",
                        "none answers: nothing seems to be at this address");
}

/* Nobody speaks ONVIF with us: who answers at all says what to do. */
static void
look_for_life (CgCtlProbe *self)
{
  g_autoptr (CgOnvifAddress) place =
      cg_onvif_address_parse (cg_onvif_session_get_address (self->session), NULL);
  CgCtlPort ports[G_N_ELEMENTS (usual_ports) + 1] = {{0}};
  guint n_ports = 0;

  if (place == NULL)
    return;
  cg_ctl_probe_step (self, "looking who is there");
  ports[n_ports++].port = place->port;
  for (guint i = 0; i < G_N_ELEMENTS (usual_ports); i++) {
    if (usual_ports[i] != place->port)
      ports[n_ports++].port = usual_ports[i];
  }
  cg_ctl_knock_in_thread (place->host, ports, n_ports);
  tell_silence (self, ports, n_ports);
}

static void
tell_refused (CgCtlProbe *self)
{
  if (self->options->username == NULL)
    cg_ctl_report_tell (self->report, "login", CG_CTL_VERDICT_FAIL,
                        "give a user of the camera: --user NAME", "the camera wants a login");
  else
    cg_ctl_report_tell (self->report, "login", CG_CTL_VERDICT_FAIL,
                        "check user and password, and that this user may use ONVIF; do not try "
                        "often: cameras lock the account after a few wrong ones, for half an hour",
                        "the camera refuses user %s with this password", self->options->username);
}

static gboolean
check_contact (CgCtlProbe *self)
{
  g_autoptr (GError) error = NULL;
  const gboolean is_there = cg_onvif_session_connect_in_thread (self->session, &error);
  g_autofree char *shown = cg_log_uri (cg_onvif_session_get_address (self->session));

  if (is_there) {
    cg_ctl_report_tell (self->report, "contact", CG_CTL_VERDICT_OK, NULL, "%s", shown);
    return TRUE;
  }
  if (g_error_matches (error, CG_ERROR, CG_ERROR_LOGIN_REFUSED)) {
    cg_ctl_report_tell (self->report, "contact", CG_CTL_VERDICT_OK, NULL, "%s", shown);
    tell_refused (self);
    return FALSE;
  }
  if (!g_error_matches (error, CG_ERROR, CG_ERROR_UNREACHABLE) &&
      !g_error_matches (error, CG_ERROR, CG_ERROR_TIMED_OUT)) {
    cg_ctl_report_tell_error (self->report, "contact", CG_CTL_VERDICT_FAIL, error);
    return FALSE;
  }
  cg_ctl_report_tell (self->report, "contact", CG_CTL_VERDICT_FAIL, NULL, "%s", error->message);
  cg_ctl_report_set_missing (self->report);
  if (!cg_ctl_probe_is_cancelled (self))
    look_for_life (self);
  return FALSE;
}

/* What the bridge would play, and where: known before the first line about it. */
static GError *
read_profiles (CgCtlProbe *self)
{
  const CgOnvifWish wish = {.channel = self->channel};
  GError *error = NULL;

  self->profiles = cg_onvif_media_get_profiles_in_thread (self->session, &error);
  if (self->profiles == NULL)
    return error;
  self->played = cg_onvif_profile_choose (self->profiles, &wish);
  if (self->played == NULL)
    return wish.channel > 0 ? g_error_new (CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                                           "the camera has no channel %u", wish.channel)
                            : g_error_new (CG_ERROR, CG_ERROR_NOT_SUPPORTED,
                                           "the camera has no media profile with a picture");
  self->location =
      cg_onvif_media_get_stream_uri_in_thread (self->session, self->played->token, &error);
  return error;
}

/* FALSE: nobody is at the port of the stream. */
static gboolean
knock_at_rtsp (CgCtlProbe *self, CgCtlPort *rtsp)
{
  g_autoptr (CgRtspUrl) url = cg_rtsp_url_parse (self->location, NULL);

  rtsp->port = (guint16)(url != NULL ? url->port : RTSP_PORT);
  rtsp->state = CG_CTL_PORT_OPEN;
  json_object_set_int_member (cg_ctl_report_get_section (self->report, "ports"), "rtsp",
                              rtsp->port);
  if (url != NULL)
    cg_ctl_knock_in_thread (url->host, rtsp, 1);
  self->is_rtsp_shut = rtsp->state != CG_CTL_PORT_OPEN;
  return !self->is_rtsp_shut;
}

static const char *
get_state_word (const CgCtlPort *port)
{
  return port->state == CG_CTL_PORT_CLOSED ? "closed" : "silent";
}

static void
check_rtsp_port (CgCtlProbe *self, guint16 onvif_port)
{
  CgCtlPort rtsp;

  if (knock_at_rtsp (self, &rtsp))
    cg_ctl_report_tell (self->report, "ports", CG_CTL_VERDICT_OK, NULL, "ONVIF %u, RTSP %u",
                        onvif_port, rtsp.port);
  else
    cg_ctl_report_tell (self->report, "ports", CG_CTL_VERDICT_FAIL,
                        "switch RTSP on in the camera's settings; look for a firewall between",
                        "ONVIF %u; RTSP %u is %s", onvif_port, rtsp.port, get_state_word (&rtsp));
}

static void
check_ports (CgCtlProbe *self)
{
  g_autoptr (CgOnvifAddress) place =
      cg_onvif_address_parse (cg_onvif_session_get_address (self->session), NULL);

  if (place == NULL)
    return;
  json_object_set_int_member (cg_ctl_report_get_section (self->report, "ports"), "onvif",
                              place->port);
  if (self->location != NULL)
    check_rtsp_port (self, place->port);
  else
    cg_ctl_report_tell (self->report, "ports", CG_CTL_VERDICT_OK, NULL, "ONVIF %u", place->port);
}

static void
tell_device (CgCtlProbe *self, const CgOnvifDeviceInformation *device, char **macs)
{
  JsonObject *facts = cg_ctl_report_get_section (self->report, "device");
  g_autoptr (GString) text = g_string_new (NULL);
  const struct {
    const char *before;
    const char *value;
  } parts[] = {
      {"", device->manufacturer},
      {" ", device->model},
      {", firmware ", device->firmware_version},
      {", serial ", device->serial_number},
      {", MAC ", macs != NULL ? macs[0] : NULL},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (parts[i].value != NULL && *parts[i].value != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? parts[i].before : "", parts[i].value);
  }
  cg_ctl_probe_set_text (facts, "manufacturer", device->manufacturer);
  cg_ctl_probe_set_text (facts, "model", device->model);
  cg_ctl_probe_set_text (facts, "firmware", device->firmware_version);
  cg_ctl_probe_set_text (facts, "serial", device->serial_number);
  cg_ctl_probe_set_text (facts, "hardware", device->hardware_id);
  cg_ctl_report_tell (self->report, "device", CG_CTL_VERDICT_OK, NULL, "%s",
                      text->len > 0 ? text->str : "it does not say what it is");
}

static void
check_device (CgCtlProbe *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CgOnvifDeviceInformation) device =
      cg_onvif_device_get_information_in_thread (self->session, &error);
  g_auto (GStrv) macs = NULL;
  JsonArray *array;

  if (device == NULL) {
    cg_ctl_report_tell_error (self->report, "device", CG_CTL_VERDICT_WARNING, error);
    return;
  }
  macs = cg_onvif_device_get_macs_in_thread (self->session, NULL);
  tell_device (self, device, macs);
  if (macs == NULL)
    return;
  array = json_array_new ();
  for (guint i = 0; macs[i] != NULL; i++)
    json_array_add_string_element (array, macs[i]);
  json_object_set_array_member (cg_ctl_report_get_section (self->report, "device"), "macs", array);
}

/* A length of time as people say it: `3 hours`. */
static char *
format_span (double span_s)
{
  static const struct {
    double length_s;
    const char *word;
  } units[] = {{365.25 * 86400, "years"}, {86400, "days"}, {3600, "hours"}, {60, "minutes"}};

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    if (span_s >= 2 * units[i].length_s)
      return g_strdup_printf ("%.0f %s", span_s / units[i].length_s, units[i].word);
  }
  return g_strdup_printf ("%.0f seconds", span_s);
}

static void
check_clock (CgCtlProbe *self)
{
  JsonObject *facts = cg_ctl_report_get_section (self->report, "clock");
  g_autoptr (CgOnvifDateTime) clock =
      cg_onvif_device_get_system_date_and_time_in_thread (self->session, NULL);
  const gint64 offset_ms = cg_onvif_session_get_clock_offset_ms (self->session);
  const double offset_s = (double)offset_ms / 1000;
  g_autofree char *span = format_span (fabs (offset_s));

  if (clock == NULL) {
    cg_ctl_report_tell (self->report, "clock", CG_CTL_VERDICT_WARNING,
                        "let the camera use a time server (NTP)",
                        "the camera does not tell its time");
    return;
  }
  json_object_set_double_member (facts, "offset_s", offset_s);
  cg_ctl_probe_set_text (facts, "timezone", clock->timezone);
  if (ABS (offset_ms) <= CLOCK_TOLERANCE_MS)
    cg_ctl_report_tell (self->report, "clock", CG_CTL_VERDICT_OK, NULL,
                        "within %.0f s of this machine's", MAX (1, ceil (fabs (offset_s))));
  else
    cg_ctl_report_tell (self->report, "clock", CG_CTL_VERDICT_WARNING,
                        "let the camera use a time server (NTP); camgate corrects for it till then",
                        "%s %s this machine's", span, offset_s > 0 ? "ahead of" : "behind");
}

static void
check_login (CgCtlProbe *self)
{
  static const char *const kinds[] = {
      [CG_ONVIF_LOGIN_NONE] = "none",
      [CG_ONVIF_LOGIN_DIGEST] = "HTTP digest",
      [CG_ONVIF_LOGIN_TOKEN] = "UsernameToken",
      [CG_ONVIF_LOGIN_BOTH] = "HTTP digest and UsernameToken",
  };
  JsonObject *facts = cg_ctl_report_get_section (self->report, "login");
  g_autoptr (CgOnvifLearnt) learnt = cg_onvif_session_get_learnt (self->session);
  const gboolean has_digest = cg_onvif_login_has_digest (learnt->login) && learnt->digest != NULL;

  G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == CG_ONVIF_N_LOGINS);
  cg_ctl_probe_set_text (facts, "kind", cg_onvif_login_get_word (learnt->login));
  cg_ctl_probe_set_text (facts, "digest", has_digest ? learnt->digest : NULL);
  cg_ctl_probe_set_text (facts, "clock", cg_onvif_clock_mode_get_word (learnt->clock_mode));
  if (learnt->login == CG_ONVIF_LOGIN_NONE)
    cg_ctl_report_tell (self->report, "login", CG_CTL_VERDICT_WARNING,
                        "set a password in the camera: anybody in its network can move it",
                        "none asked for");
  else
    cg_ctl_report_tell (self->report, "login", CG_CTL_VERDICT_OK, NULL, "%s%s%s",
                        kinds[learnt->login], has_digest ? ", " : "",
                        has_digest ? learnt->digest : "");
}

/* `http://www.onvif.org/ver20/media/wsdl` → `media2`. */
static char *
get_service_name (const char *namespace_uri)
{
  const char *path = strstr (namespace_uri, "onvif.org/ver");
  g_auto (GStrv) parts = path != NULL ? g_strsplit (path, "/", -1) : NULL;

  if (parts == NULL || g_strv_length (parts) < 3)
    return NULL;
  return g_strconcat (parts[2],
                      strcmp (parts[1], "ver20") == 0 && strcmp (parts[2], "media") == 0 ? "2" : "",
                      NULL);
}

static GPtrArray *
read_services (CgCtlProbe *self)
{
  GPtrArray *entries = cg_onvif_device_get_services_in_thread (self->session, NULL);

  if (entries != NULL && entries->len > 0)
    return entries;
  g_clear_pointer (&entries, g_ptr_array_unref);
  return cg_onvif_device_get_capabilities_in_thread (self->session, NULL);
}

static void
check_services (CgCtlProbe *self)
{
  g_autoptr (GPtrArray) entries = read_services (self);
  g_autoptr (GString) text = g_string_new (NULL);
  JsonArray *names = json_array_new ();

  for (guint i = 0; entries != NULL && i < entries->len; i++) {
    const CgOnvifServiceEntry *entry = entries->pdata[i];
    g_autofree char *name = get_service_name (entry->namespace_uri);

    if (name == NULL)
      continue;
    json_array_add_string_element (names, name);
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", name);
  }
  json_object_set_array_member (cg_ctl_report_get_section (self->report, NULL), "services", names);
  cg_ctl_report_tell (self->report, "services", CG_CTL_VERDICT_OK, NULL, "%s",
                      text->len > 0 ? text->str : "not told; found by trying");
}

static void
check_all (CgCtlProbe *self)
{
  g_autoptr (GError) trouble = NULL;

  cg_ctl_probe_step (self, "looking for the camera");
  if (!check_contact (self) || cg_ctl_probe_is_cancelled (self))
    return;
  cg_ctl_probe_step (self, "asking what it is");
  trouble = read_profiles (self);
  check_ports (self);
  check_device (self);
  check_clock (self);
  if (g_error_matches (trouble, CG_ERROR, CG_ERROR_LOGIN_REFUSED)) {
    tell_refused (self);
    return;
  }
  check_login (self);
  check_services (self);
  if (trouble != NULL)
    cg_ctl_report_tell_error (self->report, self->played != NULL ? "stream" : "profile",
                              CG_CTL_VERDICT_FAIL, trouble);
  cg_ctl_probe_streams (self);
  cg_ctl_probe_ptz (self);
}

/* A camera without ONVIF plays all the same (`protocol=rtsp`). */
static void
check_rtsp_only (CgCtlProbe *self)
{
  CgOnvifProfile *profile = g_new0 (CgOnvifProfile, 1);
  CgCtlPort rtsp;

  profile->token = g_strdup ("url");
  profile->name = g_strdup ("");
  self->profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)cg_onvif_profile_free);
  g_ptr_array_add (self->profiles, profile);
  self->played = profile;
  self->location = g_strdup (self->options->address);
  cg_ctl_probe_step (self, "looking for the camera");
  if (knock_at_rtsp (self, &rtsp)) {
    cg_ctl_report_tell (self->report, "contact", CG_CTL_VERDICT_OK, NULL, "RTSP %u", rtsp.port);
    cg_ctl_probe_streams (self);
    return;
  }
  cg_ctl_report_set_missing (self->report);
  cg_ctl_report_tell (self->report, "contact", CG_CTL_VERDICT_FAIL,
                      "check address, power and cable, and that RTSP is switched on",
                      "port %u is %s", rtsp.port, get_state_word (&rtsp));
}

/**
 * cg_ctl_probe_is_rtsp:
 * @address: as people write it
 *
 * Returns: whether it is that of a stream, of a camera without ONVIF
 */
gboolean
cg_ctl_probe_is_rtsp (const char *address)
{
  return g_ascii_strncasecmp (address, "rtsp://", strlen ("rtsp://")) == 0;
}

/**
 * cg_ctl_probe_in_thread:
 * @options: whom to look at, and how
 *
 * Looks at everything that a bridge needs of a camera, as the bridge would use it, and at what its
 * stream really is. The camera is moved a little and brought back, unless that is not wanted. Takes
 * some seconds; the main loop must run meanwhile, in another thread. Shows a login that is refused
 * at most twice (Q6).
 *
 * Returns: (transfer full): what was found, whatever it was
 */
CgCtlReport *
cg_ctl_probe_in_thread (const CgCtlProbeOptions *options)
{
  g_autofree char *shown = cg_log_uri (options->address);
  CgCtlProbe self = {.options = options,
                     .report = cg_ctl_report_new (shown),
                     .channel = cg_onvif_address_get_channel (options->address)};

  cg_ctl_report_listen (self.report, options->on_finding, options->user_data);
  self.session = cg_onvif_session_new (options->address, options->username, options->password);
  cg_onvif_session_set_timeout_ms (self.session, options->timeout_ms);
  self.is_rtsp = cg_ctl_probe_is_rtsp (options->address);
  if (self.is_rtsp)
    check_rtsp_only (&self);
  else
    check_all (&self);
  cg_onvif_session_free (self.session);
  g_clear_pointer (&self.profiles, g_ptr_array_unref);
  g_free (self.location);
  return self.report;
}
