/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Register roles of the fast paths on x86_64: the same names on every architecture.  What is not the message's
 * (abi/registers.x86_64.h) is free: rax, rbx, rbp, rcx, r11, and rsp once the user's is saved.
 */
#pragma once
#include "registers.h"
#include "registers.x86_64.h"
#include "exit.h"

#define CURRENT   %r11          /* struct thread *      the caller, or who replies */
#define SLOT      %rbx          /* struct capability *  the invoked slot */
#define ENDPOINT  %rbp          /* struct endpoint *    what it names, with its kind in the low bits */
#define NOTIFICATION %rbp       /* struct notification * signal, wait: the same */
#define HANDLER   %rbp          /* struct irq_handler * acknowledge: the same */
#define KEPT      %rbx          /* struct thread *      acknowledge: who made the system call, while C runs */
#define RECEIVER  %rcx          /* struct thread *      call: who waits there */
#define CALLER    %rcx          /* struct thread *      reply_recv: who waits for the answer */
#define TEMP      %rax

#define ZERO      %rbp          /* once the endpoint is done with */
#define ZERO_W    %ebp
#define BADGE     ABI_BADGE
#define ENDPOINT_FIELD(offset) offset - KIND_ENDPOINT(ENDPOINT)
#define NOTIFICATION_FIELD(offset) offset - KIND_NOTIFICATION(NOTIFICATION)
#define HANDLER_FIELD(offset) offset - KIND_IRQ_HANDLER(HANDLER)
