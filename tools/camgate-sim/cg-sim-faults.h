/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CgSimFault:
 *
 * What a simulated camera can be told to do wrong; named after the quirks (CAMERA_QUIRKS.md). A
 * new one is a row in cg-sim-faults.c and a hook where it acts.
 */
typedef enum {
  CG_SIM_FAULT_Q1,
  CG_SIM_FAULT_Q2,
  CG_SIM_FAULT_Q3,
  CG_SIM_FAULT_Q4,
  CG_SIM_FAULT_Q5,
  CG_SIM_FAULT_Q6,
  CG_SIM_FAULT_Q7,
  CG_SIM_FAULT_Q8,
  CG_SIM_FAULT_Q13,
  CG_SIM_FAULT_Q14,
  CG_SIM_FAULT_Q15,
  CG_SIM_FAULT_Q16,
  CG_SIM_FAULT_Q18,
  CG_SIM_FAULT_Q19,
  CG_SIM_FAULT_Q22,
  CG_SIM_FAULT_Q25,
  CG_SIM_FAULT_Q27,
  CG_SIM_FAULT_Q28,
  CG_SIM_FAULT_Q29,
  CG_SIM_FAULT_Q30,
  CG_SIM_FAULT_Q31,
  CG_SIM_FAULT_Q32,
  CG_SIM_FAULT_Q33,
  CG_SIM_FAULT_Q34,
  CG_SIM_FAULT_Q35,
  CG_SIM_FAULT_Q36,
  CG_SIM_FAULT_Q37,
  CG_SIM_FAULT_Q38,
  CG_SIM_FAULT_Q39,
  CG_SIM_FAULT_Q40,
  CG_SIM_FAULT_Q41,
  CG_SIM_FAULT_Q42,
  CG_SIM_FAULT_Q43,
  CG_SIM_FAULT_Q44,
  CG_SIM_FAULT_Q45,
  CG_SIM_FAULT_Q46,
  CG_SIM_FAULT_Q57,
  CG_SIM_FAULT_Q58,
  CG_SIM_FAULT_Q59,
  CG_SIM_FAULT_Q60,
  CG_SIM_FAULT_HANG,
  CG_SIM_N_FAULTS
} CgSimFault;

typedef struct _CgSimFaults CgSimFaults;

CgSimFaults *cg_sim_faults_new (void);
void cg_sim_faults_free (CgSimFaults *self);

gboolean cg_sim_faults_set (CgSimFaults *self, const char *name, const char *arg, GError **error);
gboolean cg_sim_faults_clear (CgSimFaults *self, const char *name, GError **error);

gboolean cg_sim_faults_is_on (CgSimFaults *self, CgSimFault fault);
gboolean cg_sim_faults_is_arg (CgSimFaults *self, CgSimFault fault, const char *arg);
double cg_sim_faults_get_number (CgSimFaults *self, CgSimFault fault);
double cg_sim_faults_get_word_number (CgSimFaults *self, CgSimFault fault, const char *arg);
char *cg_sim_faults_describe (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgSimFaults, cg_sim_faults_free)

G_END_DECLS
