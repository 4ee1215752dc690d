/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "cg-sim.h"

G_BEGIN_DECLS

/* A camera in this process, and a client of it that shares no code with camgate: libsoup speaks
 * HTTP and digest. */

typedef enum {
  SIM_LOGIN_NONE,
  SIM_LOGIN_DIGEST,
  SIM_LOGIN_TOKEN,
} SimLogin;

typedef struct {
  CgSim *sim;
  SoupSession *session;
  SimLogin login;
  const char *password;
} SimClient;

typedef struct {
  guint status; /* 0: no answer at all */
  char *text;
} SimAnswer;

/* One question, and what its answer has and has not. */
typedef struct {
  const char *path;        /* of the test: names the fault */
  const char *fault, *arg; /* (nullable) */
  const char *op, *body;
  const char *part;
  const char *absent; /* (nullable) */
} SimRow;

#define SIM_USER "admin"
#define SIM_PASSWORD "p@ss:/?#%"
#define SIM_MAIN "<tptz:ProfileToken>main</tptz:ProfileToken>"

void sim_client_start (SimClient *self, const CgSimOptions *options, SimLogin login);
void sim_client_clear (SimClient *self);
SimAnswer *sim_client_call (SimClient *self, const char *op, const char *body);
void sim_client_expect (SimClient *self, const char *op, const char *body, const char *part);
gboolean sim_client_is_moving (SimClient *self);
CgSimPosition sim_client_get_rest (SimClient *self);
void sim_client_check_row (SimClient *self, const SimRow *row);
void sim_client_set_fault (SimClient *self, const char *name, const char *arg);
void sim_wait_for (gboolean (*is_so) (gpointer user_data), gpointer user_data, const char *what);
/* A test each, which gets its row. */
void sim_add_rows (const char *prefix, const SimRow *rows, gsize n_rows, GTestDataFunc test);
void sim_answer_free (SimAnswer *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimClient, sim_client_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimAnswer, sim_answer_free)

G_END_DECLS
