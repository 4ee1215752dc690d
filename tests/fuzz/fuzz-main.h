/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What a fuzzer offers: to libFuzzer, or to fuzz-main.c, which makes a short test of it. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
