/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-sim-soap.h"

G_BEGIN_DECLS

void cg_sim_record (const CgSimCall *call);

G_END_DECLS
