/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cg-text.h"

#include <string.h>

/* MQTT 3.1.1 section 1.5.3: a peer may end the connection for a control character or for a code
 * that is no character; libmosquitto refuses them. */
static gboolean
is_plain_character (gunichar c)
{
  return !g_unichar_iscntrl (c) && (c & 0xfffe) != 0xfffe && (c < 0xfdd0 || c > 0xfdef);
}

/**
 * cg_text_is_plain:
 * @text: a text from outside
 *
 * Whether it may stand in an MQTT packet (MQTT 3.1.1 section 1.5.3), in XML and on a terminal.
 *
 * Returns: %TRUE for UTF-8 without control characters, line breaks, and codes that are no
 *   characters
 */
gboolean
cg_text_is_plain (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!is_plain_character (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

/**
 * cg_text_make_plain:
 * @text: a text from outside
 *
 * Returns: (transfer full): what may be shown of it: a question mark stands for whatever is not
 *   plain
 */
char *
cg_text_make_plain (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *plain = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    const gunichar c = g_utf8_get_char (at);
    g_string_append_unichar (plain, is_plain_character (c) ? c : '?');
  }
  return g_string_free (plain, FALSE);
}
