/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cameras that write bad XML (Q39), and cameras that want SOAP 1.1 or the action (Q40). */
#include "cg-sim-spoil.h"

#include <string.h>

#define LARGE_LENGTH (10 * 1024 * 1024)

#define SOAP12_URI "http://www.w3.org/2003/05/soap-envelope"

/* SOAP 1.1, 4.4.1: the version that is wanted is that of this fault. */
#define MISMATCH_TEXT                                                                              \
  "<?xml version=\"1.0\"?>"                                                                        \
  "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><e:Fault>"            \
  "<faultcode>e:VersionMismatch</faultcode><faultstring>SOAP version mismatch</faultstring>"       \
  "</e:Fault></e:Body></e:Envelope>"

/* Something no description knows, in the standard's namespaces and out of them. */
#define UNKNOWN_TEXT                                                                               \
  "<vendor:Extra xmlns:vendor=\"urn:vendor\" vendor:a=\"1\"><vendor:Inner>x</vendor:Inner>"        \
  "</vendor:Extra><tt:Extension><tt:Later><![CDATA[<&>]]></tt:Later></tt:Extension>"

/* Takes this text for @text, however often it is there. */
static void
replace (CgSimCall *call, const char *text, const char *with)
{
  g_auto (GStrv) parts = g_strsplit (call->answer, text, -1);

  g_free (call->answer);
  call->answer = g_strjoinv (with, parts);
}

/* Bytes of no encoding in texts for people; tokens and numbers stay what they are. */
static void
spoil_utf8 (CgSimCall *call)
{
  static const char *const ends[] = {"</tt:Name>", "</tds:Manufacturer>", "</tds:Model>",
                                     "</tr2:Name>"};

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *spoiled = g_strconcat (" \xff\xc3\x28\x80", ends[i], NULL);

    replace (call, ends[i], spoiled);
  }
}

/* All declarations but that of the envelope are forgotten. */
static void
spoil_prefixes (CgSimCall *call)
{
  g_autoptr (GRegex) regex = g_regex_new (" xmlns:(?!SOAP-ENV|env)[^=]+=\"[^\"]*\"", 0, 0, NULL);
  char *answer = g_regex_replace_literal (regex, call->answer, -1, 0, "", 0, NULL);

  g_free (call->answer);
  call->answer = answer;
}

static void
spoil_with_unknown (CgSimCall *call)
{
  static const char *const ends[] = {"</tt:VideoEncoderConfiguration>", "</trt:Profiles>",
                                     "</tds:Service>", "</tptz:PTZNode>"};

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *spoiled = g_strconcat (UNKNOWN_TEXT, ends[i], NULL);

    replace (call, ends[i], spoiled);
  }
}

static void
spoil_with_size (CgSimCall *call)
{
  g_autofree char *blanks = g_strnfill (LARGE_LENGTH, ' ');
  char *answer = g_strconcat (call->answer, blanks, NULL);

  g_free (call->answer);
  call->answer = answer;
}

/**
 * cg_sim_spoil_request:
 * @call: (inout): a call that nobody has looked at yet
 * @content_type: (nullable): of the request
 * @soap_action: (nullable): of the request
 *
 * Returns: whether it was answered here: the camera does not take SOAP like that (Q40)
 */
gboolean
cg_sim_spoil_request (CgSimCall *call, const char *content_type, const char *soap_action)
{
  CgSimFaults *faults = call->state->faults;
  const char *type = content_type != NULL ? content_type : "";

  if (!cg_sim_faults_is_on (faults, CG_SIM_FAULT_Q40))
    return FALSE;
  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q40, "action")) {
    call->status = 400;
    return strstr (type, "action=\"http") == NULL;
  }
  if (strstr (call->body, SOAP12_URI) == NULL && g_str_has_prefix (type, "text/xml") &&
      soap_action != NULL && g_str_has_prefix (soap_action, "\"http"))
    return FALSE;
  if (cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q40, "mismatch"))
    call->answer = g_strdup (MISMATCH_TEXT);
  call->status = cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q40, "nothing") ? 200
                 : cg_sim_faults_is_arg (faults, CG_SIM_FAULT_Q40, "400")   ? 400
                                                                            : 500;
  return TRUE;
}

/**
 * cg_sim_spoil_answer:
 * @call: (inout): a call that was served: its answer is made as bad as is wanted (Q39)
 */
void
cg_sim_spoil_answer (CgSimCall *call)
{
  static const struct {
    const char *arg;
    void (*spoil) (CgSimCall *call);
  } rows[] = {
      {"utf8", spoil_utf8},
      {"prefix", spoil_prefixes},
      {"unknown", spoil_with_unknown},
      {"large", spoil_with_size},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows) && call->answer != NULL; i++) {
    if (cg_sim_faults_is_arg (call->state->faults, CG_SIM_FAULT_Q39, rows[i].arg))
      rows[i].spoil (call);
  }
}
