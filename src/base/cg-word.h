/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/**
 * CgWord:
 * @word: what events, logs and `camgatectl show` say: stable
 * @meaning: what that tells
 * @advice: what to do
 *
 * A word, for whoever reads it (docs/codes.md).
 */
typedef struct {
  const char *word;
  const char *meaning;
  const char *advice;
} CgWord;
