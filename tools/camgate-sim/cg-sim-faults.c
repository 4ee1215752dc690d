/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-sim-faults.h"

typedef enum {
  ARG_NONE,
  ARG_WORD,   /* one of the words, or nothing */
  ARG_NUMBER, /* a number, or nothing for the default */
} ArgKind;

typedef struct {
  const char *name;
  const char *meaning;
  ArgKind arg;
  const char *words[5];  /* ended by NULL; the first is meant when none is given */
  double default_number; /* meant when none is given */
  double low, high;
} FaultRow;

static const FaultRow rows[] = {
    [CG_SIM_FAULT_Q1] = {"Q1",
                         "does not stop: ignores Timeout, Stop, or both",
                         ARG_WORD,
                         {"timeout", "stop", "both"}},
    [CG_SIM_FAULT_Q3] = {"Q3", "answers 200 with nothing to a call that lacks a UsernameToken",
                         ARG_NONE},
    [CG_SIM_FAULT_Q4] =
        {"Q4", "has a wrong clock, by so many seconds", ARG_NUMBER, {NULL}, 3600, -1e10, 1e10},
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
    [CG_SIM_FAULT_Q19] =
        {"Q19", "allows so many RTSP sessions (453)", ARG_NUMBER, {NULL}, 2, 0, 1000},
    [CG_SIM_FAULT_Q34] = {"Q34", "its first profile has no PTZ configuration", ARG_NONE},
    [CG_SIM_FAULT_Q35] = {"Q35", "lets the user read but not move (NotAuthorized)", ARG_NONE},
    [CG_SIM_FAULT_Q36] = {"Q36",
                          "GetStatus has no MoveStatus, always says IDLE or MOVING, or is slow",
                          ARG_WORD,
                          {"absent", "idle", "moving", "slow"}},
    [CG_SIM_FAULT_Q46] = {"Q46",
                          "closes the connection: after each answer, or instead of one",
                          ARG_WORD,
                          {"after", "instead"}},
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
  const char *word; /* (unowned) of the row */
  double number;
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

static gboolean
read_word (const FaultRow *row, const char *arg, FaultState *state, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (row->words) && row->words[i] != NULL; i++) {
    if (arg != NULL && g_strcmp0 (row->words[i], arg) != 0)
      continue;
    state->word = row->words[i];
    return TRUE;
  }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "fault %s knows no \"%s\"",
               row->name, arg);
  return FALSE;
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
    return read_word (row, arg, state, error);
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
 * @arg: (nullable): its argument
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
 * @arg: a word of its row
 *
 * Returns: %TRUE if it is on in this form
 */
gboolean
cg_sim_faults_is_arg (CgSimFaults *self, CgSimFault fault, const char *arg)
{
  const FaultState state = get_state (self, fault);

  return state.on && g_strcmp0 (state.word, arg) == 0;
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
 * cg_sim_faults_describe:
 *
 * Returns: (transfer full): the table as text, one line a fault
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

    g_string_append_printf (text, "  %-32s %s\n", name, rows[i].meaning);
  }
  return g_string_free (text, FALSE);
}
