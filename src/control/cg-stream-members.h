/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cg-stream-report.h"

G_BEGIN_DECLS

void cg_stream_members_add_stages (JsonObject *object, const CgStreamStages *stages);
void cg_stream_members_add (JsonObject *object, const CgStreamReport *report, const char *url);

G_END_DECLS
