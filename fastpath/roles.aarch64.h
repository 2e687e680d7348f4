/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Register roles of the fast paths: the same names on every architecture.  x0 to x7 are the message and stay as they
 * are; TAG too.  Only these registers are touched, x10 to x17: resume clears them, clear the rest.
 */
#define CURRENT   sp            /* struct thread *     who made the system call      */
#define TAG       x9
#define BADGE     x8            /* in: the capability address; out: the badge        */
#define SLOT      x10           /* struct capability * what the address names        */
#define SLOT_BADGE x11          /*                     its badge                     */
#define ENDPOINT  x12           /* struct endpoint * | KIND_ENDPOINT                 */
#define RECEIVER  x13           /* struct thread *     who waits there               */
#define CALLER    x13           /* struct thread *     who waits for our answer      */
#define TLS       x14           /*                     the thread pointer            */
#define NEXT      x15           /* struct thread *     the next waiter               */
#define NOBODY    x15           /* struct thread *     the mark of an empty place    */
#define GATE      x16           /*                     a gate word                   */
#define TEMP      x17
#define TEMP_W    w17
#define TEMP2     x16
