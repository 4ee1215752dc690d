/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-answers.h"

#include <string.h>

/* Everything between two words. (nullable) */
char *
fake_between (const char *text, const char *before, const char *after)
{
  const char *start = strstr (text, before);
  const char *end = start != NULL ? strstr (start + strlen (before), after) : NULL;

  return end != NULL ? g_strndup (start + strlen (before), end - start - strlen (before)) : NULL;
}

/* The name of the first element in the Body. */
char *
fake_find_operation (const char *body)
{
  const char *start = strstr (body, "Body>");

  if (start == NULL)
    return g_strdup ("");
  start = strchr (start, '<');
  const char *colon = start != NULL ? strchr (start, ':') : NULL;
  return colon != NULL ? g_strndup (colon + 1, strcspn (colon + 1, " />")) : g_strdup ("");
}

char *
fake_envelope (const char *body)
{
  return g_strdup_printf (
      "<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
      " xmlns:tt=\"http://www.onvif.org/ver10/schema\""
      " xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\""
      " xmlns:trt=\"http://www.onvif.org/ver10/media/wsdl\""
      " xmlns:tptz=\"http://www.onvif.org/ver20/ptz/wsdl\""
      " xmlns:ter=\"http://www.onvif.org/ver10/error\"><s:Body>%s</s:Body></s:Envelope>",
      body);
}

char *
fake_fault (const char *code, const char *subcode, const char *subsubcode, const char *text)
{
  g_autofree char *inner =
      subsubcode != NULL
          ? g_strdup_printf ("<s:Subcode><s:Value>ter:%s</s:Value></s:Subcode>", subsubcode)
          : g_strdup ("");
  g_autofree char *outer =
      subcode != NULL
          ? g_strdup_printf ("<s:Subcode><s:Value>ter:%s</s:Value>%s</s:Subcode>", subcode, inner)
          : g_strdup ("");
  g_autofree char *fault =
      g_strdup_printf ("<s:Fault><s:Code><s:Value>s:%s</s:Value>%s</s:Code><s:Reason>"
                       "<s:Text xml:lang=\"en\">%s</s:Text></s:Reason></s:Fault>",
                       code, outer, text);

  return fake_envelope (fault);
}

static char *
tell_time (gint64 skew_s)
{
  g_autoptr (GDateTime) now =
      g_date_time_new_from_unix_utc (g_get_real_time () / G_USEC_PER_SEC + skew_s);
  g_autofree char *text = g_strdup_printf (
      "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>"
      "<tt:DateTimeType>Manual</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>"
      "<tt:UTCDateTime><tt:Time><tt:Hour>%d</tt:Hour><tt:Minute>%d</tt:Minute>"
      "<tt:Second>%d</tt:Second></tt:Time><tt:Date><tt:Year>%d</tt:Year><tt:Month>%d</tt:Month>"
      "<tt:Day>%d</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime>"
      "</tds:GetSystemDateAndTimeResponse>",
      g_date_time_get_hour (now), g_date_time_get_minute (now), g_date_time_get_second (now),
      g_date_time_get_year (now), g_date_time_get_month (now), g_date_time_get_day_of_month (now));
  return fake_envelope (text);
}

/* What it knows without being told. */
char *
fake_default_answer (const char *operation, gint64 skew_s, guint *status)
{
  *status = 200;
  if (strcmp (operation, "GetSystemDateAndTime") == 0)
    return tell_time (skew_s);
  if (strcmp (operation, "GetServices") == 0)
    return fake_envelope (
        "<tds:GetServicesResponse>"
        "<tds:Service><tds:Namespace>http://www.onvif.org/ver10/media/wsdl</tds:Namespace>"
        "<tds:XAddr>http://192.0.2.1:99/onvif/media</tds:XAddr></tds:Service>"
        "<tds:Service><tds:Namespace>http://www.onvif.org/ver20/ptz/wsdl</tds:Namespace>"
        "<tds:XAddr>http://192.0.2.1:99/onvif/ptz?x=1</tds:XAddr></tds:Service>"
        "</tds:GetServicesResponse>");
  if (strcmp (operation, "GetDeviceInformation") == 0)
    return fake_envelope ("<tds:GetDeviceInformationResponse>"
                          "<tds:Manufacturer>Fake</tds:Manufacturer><tds:Model>F-1</tds:Model>"
                          "<tds:FirmwareVersion>V1.0</tds:FirmwareVersion>"
                          "</tds:GetDeviceInformationResponse>");
  *status = 500;
  return fake_fault ("Receiver", "ActionNotSupported", NULL, "no canned answer");
}
