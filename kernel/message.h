/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Moving a message from one thread's saved registers and IPC buffer to another's.
 */
#pragma once
#include "thread.h"

/*
 * Whether a thread may send the message in its registers: ERR_bad_length, ERR_no_buffer, ERR_no_right (capabilities ride
 * along, and may_grant is false), ERR_no_cap.  Checked before anything changes; message_move cannot fail afterwards.
 */
enum error message_check(const struct thread *from, bool may_grant);

/*
 * Delivers the message and the badge.  The receiver's tag counts what arrived: no further words or capabilities without
 * an IPC buffer, and no capabilities from the first on that vanished meanwhile or has no empty slot to go to.
 */
void message_move(struct thread *from, struct thread *to, uint64_t badge);

/* Delivers an answer: without a badge, and however it was sent, the tag says reply_recv. */
void message_answer(struct thread *from, struct thread *to);
