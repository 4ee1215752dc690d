/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-soap.h"

G_BEGIN_DECLS

gboolean cg_sim_spoil_request (CgSimCall *call, const char *content_type, const char *soap_action);
void cg_sim_spoil_answer (CgSimCall *call);

G_END_DECLS
