/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-faults.h"

#include <string.h>

#define N_WORDS 20

/* Columns of the table as text: where it begins to tell what a fault does, and all of them. */
#define HELP_INDENT 35
#define HELP_WIDTH 100

typedef enum {
  ARG_NONE,
  ARG_WORD,   /* some of the words, joined by +, or nothing */
  ARG_NUMBER, /* a number, or nothing for the default */
} ArgKind;

typedef struct {
  const char *name;
  const char *meaning;
  ArgKind arg;
  /* Ended by NULL; the first is meant when none is given. `word:5` may be told another number. */
  const char *words[N_WORDS];
  double default_number; /* meant when none is given */
  double low, high;
} FaultRow;

static const FaultRow rows[] = {
    [CG_SIM_FAULT_Q1] = {"Q1",
                         "does not stop: ignores Timeout, Stop, or both; a Stop that names axes, "
                         "one that names none; a velocity of 0; runs on for so many milliseconds "
                         "after a stop; every second Stop is lost on its way",
                         ARG_WORD,
                         {"timeout", "stop", "both", "axes", "bare", "velocity", "coasts:1500",
                          "lost"}},
    [CG_SIM_FAULT_Q2] = {"Q2",
                         "refuses what comes with WS-Addressing headers, or names that namespace: "
                         "Stop, or each call but those of events",
                         ARG_WORD,
                         {"stop", "all"}},
    [CG_SIM_FAULT_Q3] = {"Q3",
                         "answers a call without UsernameToken by an empty 200, 400 or 401; wants "
                         "digest and token both; calls every nonce stale; or closes the connection "
                         "on a login that it refuses",
                         ARG_WORD,
                         {"empty", "400", "401", "both", "stale", "closes"}},
    [CG_SIM_FAULT_Q4] =
        {"Q4", "has a wrong clock, by so many seconds", ARG_NUMBER, {NULL}, 3600, -1e10, 1e10},
    [CG_SIM_FAULT_Q5] = {"Q5",
                         "tells local time for UTC, or checks tokens by local time; TZ is CST-8",
                         ARG_WORD,
                         {"tells", "checks"}},
    [CG_SIM_FAULT_Q6] = {"Q6",
                         "locks the account for good after so many refused logins, RTSP too",
                         ARG_NUMBER,
                         {NULL},
                         3,
                         0,
                         1000},
    [CG_SIM_FAULT_Q7] = {"Q7", "gives addresses of another network: services, stream, discovery",
                         ARG_NONE},
    [CG_SIM_FAULT_Q8] = {"Q8", "freezes: RTSP stays up, no frames", ARG_NONE},
    [CG_SIM_FAULT_Q13] = {"Q13",
                          "takes so many milliseconds from PLAY to the first picture",
                          ARG_NUMBER,
                          {NULL},
                          5000,
                          0,
                          600000},
    [CG_SIM_FAULT_Q14] = {"Q14",
                          "has smart codec on: so many seconds from key frame to key frame, "
                          "whatever it tells; from the next first viewer on",
                          ARG_NUMBER,
                          {NULL},
                          60,
                          1,
                          3600},
    [CG_SIM_FAULT_Q15] = {"Q15",
                          "is missed: answers only probes for NetworkVideoTransmitter, for Device, "
                          "for nothing, or none to the group",
                          ARG_WORD,
                          {"video", "device", "empty", "unicast"}},
    [CG_SIM_FAULT_Q16] = {"Q16",
                          "announces its old address, or is another device than before",
                          ARG_WORD,
                          {"stale", "stranger"}},
    [CG_SIM_FAULT_Q18] = {"Q18",
                          "takes RTP over UDP only, or over TCP, to a group, or through HTTP (461)",
                          ARG_WORD,
                          {"udp", "tcp", "multicast", "http"}},
    [CG_SIM_FAULT_Q19] =
        {"Q19", "allows so many RTSP sessions (453)", ARG_NUMBER, {NULL}, 2, 0, 1000},
    [CG_SIM_FAULT_Q22] = {"Q22", "sends B-frames (no clip); from the next first viewer on",
                          ARG_NONE},
    [CG_SIM_FAULT_Q25] = {"Q25", "sends pictures of half the size (no clip), at once", ARG_NONE},
    [CG_SIM_FAULT_Q27] = {"Q27",
                          "offers HTTP digest with SHA-256: alone, beside MD5, or beside MD5 and "
                          "never takes it",
                          ARG_WORD,
                          {"alone", "beside", "failing"}},
    [CG_SIM_FAULT_Q28] = {"Q28",
                          "media 1 hides H.265 profiles, is not there, or fails; or media 2 fails",
                          ARG_WORD,
                          {"hidden", "absent", "fails", "fails2"}},
    [CG_SIM_FAULT_Q29] = {"Q29",
                          "gives a wrong stream address, or one whose query it refuses (404, 401)",
                          ARG_WORD,
                          {"port80", "loopback", "doubled", "query", "query-login"}},
    [CG_SIM_FAULT_Q30] = {"Q30", "has a web page here, and no ONVIF", ARG_NONE},
    [CG_SIM_FAULT_Q31] =
        {"Q31",
         "presets: tokens are no numbers; it takes a token for a new one; names "
         "told empty or all equal; so many slots listed, set or not; tokens close "
         "the gap after a remove; a set answers another token, or none; names in "
         "Latin-1, cut after so many bytes, or ? for what is not ASCII; a name is "
         "needed; no places told, none of the zoom, or all in the generic space; it has less room "
         "than it tells",
         ARG_WORD,
         {"opaque", "accepts", "empty", "equal", "slots:300", "shifts", "other", "silent", "latin1",
          "cut:16", "ascii", "named", "no-position", "no-zoom", "generic", "full:2"}},
    [CG_SIM_FAULT_Q32] = {"Q32",
                          "keeps so many slots from 33 on for functions of its own",
                          ARG_NUMBER,
                          {NULL},
                          4,
                          1,
                          64},
    [CG_SIM_FAULT_Q33] =
        {"Q33",
         "refuses what is optional: Timeout of a move; the zoom that it tells of; a "
         "Stop that names axes; Stop itself. Or lacks it: moves by steps only, no moves at all, "
         "no zoom, zoom alone; or tells ranges from 0 to 0",
         ARG_WORD,
         {"timeout", "zoom", "axes", "stop", "relative", "neither", "pan-tilt", "zoom-only",
          "zero-range"}},
    [CG_SIM_FAULT_Q34] = {"Q34",
                          "its first profile has no PTZ configuration, or none has",
                          ARG_WORD,
                          {"first", "all"}},
    [CG_SIM_FAULT_Q35] = {"Q35",
                          "lets the user read but not move: NotAuthorized, or HTTP 401 or 403",
                          ARG_WORD,
                          {"fault", "401", "403"}},
    [CG_SIM_FAULT_Q36] =
        {"Q36",
         "GetStatus has no MoveStatus, always says IDLE or MOVING, says MOVING while it pushes "
         "against an end, is slow by so many milliseconds, fails, tells no position, always the "
         "same, one that is so many milliseconds old, one of a mirrored space, or one in degrees "
         "(alone or beside the generic space); moves go the other way; the ends are "
         "nearer or further than told, or told to be at infinity",
         ARG_WORD,
         {"absent", "idle", "moving", "pushing", "slow:30000", "fails", "no-position", "frozen",
          "late:1500", "mirrored", "degrees", "degrees-only", "inverted", "short:0.8", "long:1.2",
          "unlimited"}},
    [CG_SIM_FAULT_Q37] = {"Q37",
                          "ignores the first command after so many seconds without one",
                          ARG_NUMBER,
                          {NULL},
                          10,
                          0.1,
                          3600},
    [CG_SIM_FAULT_Q38] = {"Q38",
                          "moves one axis at a time: of a diagonal this one alone",
                          ARG_WORD,
                          {"pan", "tilt"}},
    [CG_SIM_FAULT_Q39] = {"Q39",
                          "writes bad XML: broken UTF-8, undeclared prefixes, unknown elements, or "
                          "10 MiB of it",
                          ARG_WORD,
                          {"utf8", "prefix", "unknown", "large"}},
    [CG_SIM_FAULT_Q40] = {"Q40",
                          "answers SOAP 1.2 by nothing, 400 or VersionMismatch; or 400 without "
                          "action in Content-Type",
                          ARG_WORD,
                          {"nothing", "400", "mismatch", "action"}},
    [CG_SIM_FAULT_Q41] = {"Q41",
                          "its event service fails at each call, or hangs",
                          ARG_WORD,
                          {"fails", "hangs"}},
    [CG_SIM_FAULT_Q42] = {"Q42", "PullMessages returns at once, with nothing", ARG_NONE},
    [CG_SIM_FAULT_Q43] = {"Q43",
                          "loses its subscriptions at each pull, or has but two to give",
                          ARG_WORD,
                          {"loses", "few"}},
    [CG_SIM_FAULT_Q44] = {"Q44", "does not tell of the PTZ and media services that it has",
                          ARG_NONE},
    [CG_SIM_FAULT_Q45] = {"Q45",
                          "lacks GetServices, or GetCapabilities too; or lives at other paths; or "
                          "tells the time after login only",
                          ARG_WORD,
                          {"services", "both", "elsewhere", "login"}},
    [CG_SIM_FAULT_Q46] = {"Q46",
                          "closes the connection: after each answer, instead of one, instead of "
                          "every second one, or does what it was asked and loses every second "
                          "answer",
                          ARG_WORD,
                          {"after", "instead", "second", "lost"}},
    [CG_SIM_FAULT_Q57] = {"Q57", "speaks https only, with a self-signed certificate", ARG_NONE},
    [CG_SIM_FAULT_Q58] = {"Q58",
                          "its snapshot wants basic login or none, or is overloaded by a second "
                          "one within half a second",
                          ARG_WORD,
                          {"basic", "none", "busy"}},
    [CG_SIM_FAULT_Q59] = {"Q59", "accepts encoder settings and the time, and ignores them",
                          ARG_NONE},
    [CG_SIM_FAULT_Q60] = {"Q60",
                          "is an NVR with so many channels, every second with PTZ",
                          ARG_NUMBER,
                          {NULL},
                          4,
                          1,
                          16},
    [CG_SIM_FAULT_HANG] = {"hang",
                           "answers every SOAP call so many milliseconds late",
                           ARG_NUMBER,
                           {NULL},
                           600000,
                           0,
                           3600000},
};
G_STATIC_ASSERT (G_N_ELEMENTS (rows) == CG_SIM_N_FAULTS);

typedef struct {
  gboolean on;
  guint words; /* bit mask */
  double number;
  double numbers[N_WORDS]; /* of the words that take one */
} FaultState;

struct _CgSimFaults {
  GMutex lock; /* asked from the server's threads, set from anywhere */
  FaultState states[CG_SIM_N_FAULTS];
};

static gboolean
find_row (const char *name, CgSimFault *fault, GError **error)
{
  for (int i = 0; i < CG_SIM_N_FAULTS; i++) {
    if (g_ascii_strcasecmp (rows[i].name, name) == 0) {
      *fault = (CgSimFault)i;
      return TRUE;
    }
  }

  g_autofree char *known = cg_sim_faults_describe ();
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no fault %s; these are known:\n%s",
               name, known);
  return FALSE;
}

/* Whether @word of a row is the one that is meant, up to the number it may have. */
static gboolean
is_word (const char *word, const char *name)
{
  const gsize length = strcspn (word, ":");

  return strlen (name) == length && strncmp (word, name, length) == 0;
}

static int
find_word (const FaultRow *row, const char *name)
{
  for (int i = 0; i < N_WORDS && row->words[i] != NULL; i++) {
    if (is_word (row->words[i], name))
      return i;
  }
  return -1;
}

/* `word`, or `word:5` where the row has a number for it. */
static gboolean
read_word (const FaultRow *row, const char *text, FaultState *state, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  const int i = parts[0] != NULL ? find_word (row, parts[0]) : -1;
  const char *own = i >= 0 ? strchr (row->words[i], ':') : NULL;
  const char *number = i >= 0 && parts[1] != NULL ? parts[1] : own != NULL ? own + 1 : "";
  char *end;

  if (i >= 0) {
    state->words |= 1u << i;
    state->numbers[i] = g_ascii_strtod (number, &end);
    if (parts[1] == NULL || (own != NULL && end != number && *end == '\0'))
      return TRUE;
  }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "fault %s knows no \"%s\"",
               row->name, text);
  return FALSE;
}

static gboolean
read_words (const FaultRow *row, const char *arg, FaultState *state, GError **error)
{
  g_auto (GStrv) words = g_strsplit (arg != NULL ? arg : row->words[0], "+", 0);

  for (char **word = words; *word != NULL; word++) {
    if (!read_word (row, *word, state, error))
      return FALSE;
  }
  if (state->words != 0)
    return TRUE;
  return read_word (row, "", state, error);
}

static gboolean
read_number (const FaultRow *row, const char *arg, FaultState *state, GError **error)
{
  char *end = NULL;

  state->number = arg != NULL ? g_ascii_strtod (arg, &end) : row->default_number;
  if (arg == NULL ||
      (end != arg && *end == '\0' && state->number >= row->low && state->number <= row->high))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "fault %s needs a number from %g to %g, not \"%s\"", row->name, row->low, row->high,
               arg);
  return FALSE;
}

static gboolean
read_arg (const FaultRow *row, const char *arg, FaultState *state, GError **error)
{
  switch (row->arg) {
  case ARG_WORD:
    return read_words (row, arg, state, error);
  case ARG_NUMBER:
    return read_number (row, arg, state, error);
  case ARG_NONE:
    break;
  }
  if (arg == NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "fault %s takes no argument",
               row->name);
  return FALSE;
}

static FaultState
get_state (CgSimFaults *self, CgSimFault fault)
{
  g_mutex_lock (&self->lock);
  const FaultState state = self->states[fault];
  g_mutex_unlock (&self->lock);
  return state;
}

/**
 * cg_sim_faults_new:
 *
 * Returns: (transfer full): all known faults, none of them on. Its functions may be called from
 *   any thread
 */
CgSimFaults *
cg_sim_faults_new (void)
{
  CgSimFaults *self = g_new0 (CgSimFaults, 1);

  g_mutex_init (&self->lock);
  return self;
}

/**
 * cg_sim_faults_free:
 * @self: (transfer full) (nullable): the faults of a camera
 */
void
cg_sim_faults_free (CgSimFaults *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cg_sim_faults_set:
 * @self: the faults of a camera
 * @name: one of the table, in any case
 * @arg: (nullable): its argument: a number, or words as in `absent+short:0.5`
 *
 * Returns: %FALSE with an error that names the known ones
 */
gboolean
cg_sim_faults_set (CgSimFaults *self, const char *name, const char *arg, GError **error)
{
  FaultState state = {.on = TRUE};
  CgSimFault fault;

  if (!find_row (name, &fault, error) || !read_arg (&rows[fault], arg, &state, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  self->states[fault] = state;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/**
 * cg_sim_faults_clear:
 * @self: the faults of a camera
 * @name: one of the table
 *
 * Returns: %FALSE with an error when there is no such fault; one that is off stays off
 */
gboolean
cg_sim_faults_clear (CgSimFaults *self, const char *name, GError **error)
{
  CgSimFault fault;

  if (!find_row (name, &fault, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  self->states[fault].on = FALSE;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/**
 * cg_sim_faults_is_on:
 * @self: the faults of a camera
 * @fault: which
 */
gboolean
cg_sim_faults_is_on (CgSimFaults *self, CgSimFault fault)
{
  return get_state (self, fault).on;
}

/**
 * cg_sim_faults_is_arg:
 * @self: the faults of a camera
 * @fault: which
 * @arg: (nullable): a word of its row; %NULL: none of them
 *
 * Returns: %TRUE if it is on in this form
 */
gboolean
cg_sim_faults_is_arg (CgSimFaults *self, CgSimFault fault, const char *arg)
{
  const FaultState state = get_state (self, fault);
  const int i = arg != NULL ? find_word (&rows[fault], arg) : -1;

  return state.on && (i >= 0 ? (state.words & 1u << i) != 0 : arg == NULL && state.words == 0);
}

/**
 * cg_sim_faults_get_number:
 * @self: the faults of a camera
 * @fault: which
 *
 * Returns: its argument; 0 while it is off
 */
double
cg_sim_faults_get_number (CgSimFaults *self, CgSimFault fault)
{
  const FaultState state = get_state (self, fault);

  return state.on ? state.number : 0;
}

/**
 * cg_sim_faults_get_word_number:
 * @self: the faults of a camera
 * @fault: which
 * @arg: a word of its row, one that has a number
 *
 * Returns: that number; 0 while it is not on in this form
 */
double
cg_sim_faults_get_word_number (CgSimFaults *self, CgSimFault fault, const char *arg)
{
  const FaultState state = get_state (self, fault);
  const int i = find_word (&rows[fault], arg);

  return state.on && i >= 0 && (state.words & 1u << i) != 0 ? state.numbers[i] : 0;
}

/* Words are never broken. */
static void
append_wrapped (GString *text, const char *words, guint indent)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  gsize column = indent;

  for (guint i = 0; list[i] != NULL; i++) {
    if (i > 0 && column + 1 + strlen (list[i]) > HELP_WIDTH) {
      g_string_append_printf (text, "\n%*s", (int)indent, "");
      column = indent;
    } else if (i > 0) {
      g_string_append_c (text, ' ');
      column++;
    }
    g_string_append (text, list[i]);
    column += strlen (list[i]);
  }
  g_string_append_c (text, '\n');
}

/**
 * cg_sim_faults_describe:
 *
 * Returns: (transfer full): the table as text, a fault and its words on a line, and what it does
 *   beside or below them
 */
char *
cg_sim_faults_describe (void)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < CG_SIM_N_FAULTS; i++) {
    g_autofree char *words = g_strjoinv ("|", (char **)rows[i].words);
    g_autofree char *arg = rows[i].arg == ARG_WORD ? g_strdup_printf ("[=%s]", words)
                           : rows[i].arg == ARG_NUMBER
                               ? g_strdup_printf ("[=%g]", rows[i].default_number)
                               : g_strdup ("");
    g_autofree char *name = g_strconcat (rows[i].name, arg, NULL);

    g_string_append_printf (text, "  %-*s", HELP_INDENT - 2, name);
    if (strlen (name) + 2 >= HELP_INDENT)
      g_string_append_printf (text, "\n%*s", HELP_INDENT, "");
    append_wrapped (text, rows[i].meaning, HELP_INDENT);
  }
  return g_string_free (text, FALSE);
}
