/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-late-calls.h"

#define VALUE(type, name, parameters, arguments) .name = name,

const CgLateCalls cg_late_calls = {CG_LATE_CALLS (VALUE)};
