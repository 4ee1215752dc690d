/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-box-question.h"

/* A question to the gateway on its way. */
typedef struct {
  CgDispatcher *dispatcher; /* (owned) */
  CgAction *action;         /* (owned) */
  CgFiguresFunc describe;
} Question;

static void
question_free (Question *self)
{
  g_object_unref (self->dispatcher);
  g_object_unref (self->action);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) self = user_data;
  g_autoptr (CgBoxFacts) facts = cg_gateway_read_finish (CG_GATEWAY (source), result, NULL);
  g_autoptr (JsonObject) members = self->describe (self->dispatcher, facts);

  cg_action_tell (self->action, members);
}

/**
 * cg_box_question_ask:
 * @dispatcher: whose gateway it is
 * @action: asks for something that its machine knows
 * @describe: makes the answer of it
 *
 * Answers an action that concerns the gateway.
 */
void
cg_box_question_ask (CgDispatcher *dispatcher, CgAction *action, CgFiguresFunc describe)
{
  Question *self = g_new0 (Question, 1);

  self->dispatcher = g_object_ref (dispatcher);
  self->action = g_object_ref (action);
  self->describe = describe;
  cg_gateway_read_async (cg_dispatcher_get_gateway (dispatcher), on_read, self);
}
