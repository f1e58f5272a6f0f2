import { addressOf } from "../address.ts";
import type { Finding } from "../outcome.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { redisCause } from "./cause.ts";
import { openRedis } from "./client.ts";

/** Asks how much memory Redis uses of its limit, or, where it has none, of the machine's memory. */
export const redisMemory: Attempt<"redis-memory"> = async ({ under }, target, context) => {
  const address = addressOf(target);
  try {
    using session = await openRedis(target, context);
    return judgeMemory(String(await session.call("INFO")), under, address);
  } catch (error) {
    return failed(redisCause(error, address, context));
  }
};

/** Judges the answer to INFO against a share of the limit, 0 to 1. */
export function judgeMemory(info: string, under: number, address: string): Finding {
  // INFO is one of the few commands that Redis answers before it has its data.
  if (field(info, "loading") === 1) {
    const share = /^loading_loaded_perc:([\d.]+)/m.exec(info)?.[1];
    const progress = share === undefined ? "" : `, of which it has ${share}%`;
    return failed(causeOf("server", `${address} is loading its data into memory${progress}`));
  }
  const used = field(info, "used_memory");
  const limit = field(info, "maxmemory") || field(info, "total_system_memory");
  if (!used || !limit)
    return failed(causeOf("protocol", `${address} does not tell how much memory it uses and may use`));
  if (used < limit * under) return passed;
  const whose = field(info, "maxmemory") ? "its limit" : "the machine's memory";
  const text = `${address} uses ${percent(used / limit)} of ${whose} (${mebibytes(used)} of ${mebibytes(limit)}), expected under ${percent(under)}`;
  return failed(causeOf("capacity", text));
}

function field(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
