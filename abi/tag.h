/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The tag: the one word that says what a system call is and what a message carries, for C and assembly.
 *
 *   63            16 15       9 8      7 6        0
 *  |     label      | operation |  caps  |  length  |
 *
 *  label      the sender's; for an invocation the method, for an error its number
 *  operation  the system call (syscall.def).  The kernel dispatches on it, so a receiver can trust it: it says whether
 *             the message was sent or called, or is a reply, and those named OPERATION_ below can only come from the kernel
 *  caps       capabilities that ride along, 0 to 3, in the IPC buffer
 *  length     words beyond the eight in registers, 0 to 112, in the IPC buffer
 *
 * A fast path takes a message whose low 16 bits are the bare operation: no further words, no capabilities.
 */
#pragma once

#define TAG_LENGTH_MASK     0x7f
#define TAG_CAPS_SHIFT      7
#define TAG_CAPS_MASK       3
#define TAG_OPERATION_SHIFT 9
#define TAG_OPERATION_MASK  0x7f
#define TAG_LABEL_SHIFT     16
#define TAG_LOW_MASK        0xffff        /* all that is not label */

#define TAG_CALL       0x0000             /* the low 16 bits of a call that a fast path takes */
#define TAG_REPLY_RECV 0x4000             /* the same of a reply_recv: bit 14 alone */
#define TAG_SIGNAL     0x6000             /* of a signal: bits 14 and 13 */
#define TAG_NB_SEND    0x2000             /* of an nb_send: bit 13 alone */
#define TAG_NULL       0x8000             /* null: bit 15, whatever stands beside it */
#define TAG_SEND       0x0200             /* of send, recv, nb_recv */
#define TAG_RECV       0x0600
#define TAG_NB_RECV    0x0800
#define TAG_NB_RECV_BIT 11                 /* that recv does not have */

#define OPERATION_error 0x07f             /* in tags that the kernel returns, never a system call's number:
                                             as a system call it has null's bit, and does nothing */

#define OPERATION_notified 0x07e          /* the same: the bits of a notification, in the badge register */

#define OPERATION_fault 0x07d             /* the same: a fault, whose handler is called (fault.def) */

#define MESSAGE_REGISTERS 8               /* words that travel in registers, always */
#define MESSAGE_EXTRA     112             /* further words, at most, in the IPC buffer */
#define MESSAGE_CAPS      3               /* capabilities, at most */
