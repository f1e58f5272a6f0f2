import { systemClock } from "../../lib/core/clock.ts";

/** Whether something becomes true within a few seconds. */
export async function eventually(check: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 50; tries += 1) {
    if (await check()) return true;
    await systemClock.sleep(100);
  }
  return false;
}
