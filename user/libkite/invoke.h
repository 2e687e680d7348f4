/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Invoking a method of an object: what the generated functions of invocations.h are made from.
 */
#pragma once
#include "message.h"

/* The label of message is the method; results come back in its words.  Capabilities other than endpoints only. */
enum error invoke(uint64_t capability, struct message *message);
