/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cg-figures.h"

G_BEGIN_DECLS

void cg_box_question_ask (CgDispatcher *dispatcher, CgAction *action, CgFiguresFunc describe);

G_END_DECLS
