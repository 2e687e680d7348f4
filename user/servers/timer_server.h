/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The timer server's work (timer_server.c).
 */
#pragma once
#include "message.h"

/*
 * Serves an endpoint for ever, with the handler of the timer's line.  The calling thread has an IPC buffer, and no bound
 * notification yet; memory for what it needs comes from the program's pool.
 */
_Noreturn void timer_serve(uint64_t thread, struct ipc_buffer *buffer, uint64_t endpoint, uint64_t handler);
