/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz-main.h"

#include <gio/gio.h>
#include <string.h>

/*
 * Runs a fuzzer as a short test where there is no libFuzzer: each file of a folder, and so many
 * mutations of it. The same seed makes the same mutations.
 *
 *   fuzz-NAME FOLDER [MUTATIONS [SEED]]
 */

#define MUTATIONS_DEFAULT 500
#define SEED_DEFAULT 1

/* What means something to a reader of JSON, XML or key files. */
static const char *const tokens[] = {
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "null",
    "true",
    "-1",
    "1e999",
    "0.5",
    "\\u0000",
    "\\ud800",
    "\"did\":",
    "\"mid\":",
    "\"data\":",
    "\"result\":",
    "99999999999999999999",
    "\377",
    "\n",
    "<",
    "</",
    "/>",
    "&",
    "&#0;",
    "<!--",
    "<![CDATA[",
    "xmlns:a=\"b\"",
    "a:",
    "token=\"",
    "xsi:nil=\"true\"",
    "<a>",
    "=",
    ";",
    "#",
    "%s",
    "\n[camera 1]\n",
    "-file=",
    "://",
};

static void
splice (GByteArray *input, GRand *rand, const void *bytes, gsize length)
{
  const guint at = g_rand_int_range (rand, 0, input->len + 1);
  const guint tail = input->len - at;

  g_byte_array_set_size (input, input->len + length);
  memmove (input->data + at + length, input->data + at, tail);
  memcpy (input->data + at, bytes, length);
}

static void
cut (GByteArray *input, GRand *rand)
{
  const guint at = g_rand_int_range (rand, 0, input->len);
  const guint length = g_rand_int_range (rand, 1, MIN (input->len - at, 16) + 1);

  g_byte_array_remove_range (input, at, length);
}

static void
repeat (GByteArray *input, GRand *rand)
{
  const guint at = g_rand_int_range (rand, 0, input->len);
  const guint length = g_rand_int_range (rand, 1, MIN (input->len - at, 64) + 1);
  g_autofree guint8 *bytes = g_memdup2 (input->data + at, length);
  const guint times = g_rand_int_range (rand, 1, 64);

  for (guint i = 0; i < times; i++)
    splice (input, rand, bytes, length);
}

static void
mutate (GByteArray *input, GRand *rand)
{
  const char *token = tokens[g_rand_int_range (rand, 0, G_N_ELEMENTS (tokens))];
  const int kind = input->len == 0 ? 0 : g_rand_int_range (rand, 0, 8);

  if (kind < 3)
    splice (input, rand, token, strlen (token));
  else if (kind < 5)
    cut (input, rand);
  else if (kind < 7)
    input->data[g_rand_int_range (rand, 0, input->len)] ^= 1 << g_rand_int_range (rand, 0, 8);
  else
    repeat (input, rand);
}

static void
run_file (const char *path, guint mutations, GRand *rand)
{
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!g_file_get_contents (path, &content, &length, &error))
    g_error ("%s", error->message);
  LLVMFuzzerTestOneInput ((const uint8_t *)content, length);
  for (guint i = 0; i < mutations; i++) {
    g_autoptr (GByteArray) input = g_byte_array_new ();
    const int rounds = g_rand_int_range (rand, 1, 6);

    g_byte_array_append (input, (const guint8 *)content, length);
    for (int round = 0; round < rounds; round++)
      mutate (input, rand);
    LLVMFuzzerTestOneInput (input->data, input->len);
  }
}

int
main (int argc, char **argv)
{
  const guint mutations = argc > 2 ? (guint)atoi (argv[2]) : MUTATIONS_DEFAULT;
  const guint seed = argc > 3 ? (guint)atoi (argv[3]) : SEED_DEFAULT;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GDir) folder = NULL;
  guint files = 0;

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  folder = argc > 1 ? g_dir_open (argv[1], 0, NULL) : NULL;
  if (folder == NULL) {
    g_printerr ("usage: %s FOLDER [MUTATIONS [SEED]]\n", argv[0]);
    return 64;
  }
  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder)) {
    g_autofree char *path = g_build_filename (argv[1], name, NULL);

    run_file (path, mutations, rand);
    files++;
  }
  g_print ("%u files, %u mutations each, seed %u\n", files, mutations, seed);
  return files > 0 ? 0 : 1;
}
