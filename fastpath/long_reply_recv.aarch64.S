/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of reply_recv for messages of 9 to 120 words: the same program, with two steps more.  Steps: long_reply_recv.def.
 */
#define LONG 1
#define reply_recv long_reply_recv
#include "reply_recv.aarch64.S"
