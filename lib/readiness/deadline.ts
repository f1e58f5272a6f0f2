/**
 * The instant by which a service must be ready: its container's start plus the budget. A container that is
 * older than that is one being proven again: its budget begins now. So does that of one not yet started.
 */
export function deadlineMs(startedMs: number | undefined, budgetMs: number, nowMs: number): number {
  const deadline = (startedMs ?? nowMs) + budgetMs;
  return deadline > nowMs ? deadline : nowMs + budgetMs;
}
