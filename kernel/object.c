/* SPDX-License-Identifier: BSD-2-Clause -- undoing what a capability stands for (object.h). */
#include "object.h"
#include "endpoint.h"
#include "frame.h"
#include "irq.h"
#include "notification.h"
#include "page_table.h"
#include "reply.h"
#include "sched_context.h"
#include "space.h"
#include "thread.h"

/* A CNode's capability: threads that found their CSpace through it lose it, one a step. */
static enum progress cnode_release_step(struct capability *slot)
{
	if (!slot->threads)
		return PROGRESS_done;
	thread_cnode_clear(slot->threads);
	return PROGRESS_more;
}

static enum progress release_step(struct capability *slot)
{
	switch (capability_kind(slot)) {
	case OBJECT_cnode:
		return cnode_release_step(slot);
	case OBJECT_frame:
		frame_release(slot);
		return PROGRESS_done;
	case OBJECT_page_table:
		page_table_release(slot);
		return PROGRESS_done;
	default:
		return PROGRESS_done;
	}
}

enum progress object_destroy_step(struct capability *slot)
{
	void *object = capability_object(slot);

	if (release_step(slot) == PROGRESS_more)
		return PROGRESS_more;
	if (!(slot->flags & CAPABILITY_original))
		return PROGRESS_done;
	slot->rights = 0;                        /* between steps: nobody may use an object that is half gone */
	switch (capability_kind(slot)) {
	case OBJECT_thread:
		return thread_destroy_step(object);
	case OBJECT_endpoint:
		return endpoint_destroy_step(object);
	case OBJECT_notification:
		return notification_destroy_step(object);
	case OBJECT_reply:
		return reply_destroy_step(object);
	case OBJECT_irq_handler:
		return irq_handler_destroy_step(object);
	case OBJECT_sched_context:
		return sched_context_destroy_step(object);
	case OBJECT_space:
		return space_destroy_step(object);
	default:
		return PROGRESS_done;
	}
}
