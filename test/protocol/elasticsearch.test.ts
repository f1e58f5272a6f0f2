import { createServer } from "node:http";
import { expect, test } from "vitest";
import { clusterHealth, index } from "../../lib/model/probes.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { attempt, reportOf } from "../support/attempt.ts";
import { watch } from "../support/loopback.ts";

/** A cluster of this health with this index, that answers as those of version 8 do. */
function cluster(status: "red" | "yellow" | "green") {
  const order = ["red", "yellow", "green"];
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://cluster");
    if (pathname === "/_cluster/health") {
      const wanted = searchParams.get("wait_for_status") ?? "red";
      const late = order.indexOf(status) < order.indexOf(wanted);
      response.writeHead(late ? 408 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify({ status, timed_out: late }));
    } else {
      response.writeHead(pathname === "/orders" ? 200 : 404, { "content-type": "application/json" });
      response.end("{}");
    }
  });
}

async function against(status: "red" | "yellow" | "green", probe: DeclaredProbe): Promise<string> {
  await using server = await watch(cluster(status));
  const { host, port } = server;
  return reportOf(await attempt(probe, { protocol: "http", host, port }), server);
}

test("a cluster has the health that is asked for, or better, or not", async () => {
  expect(await against("yellow", clusterHealth("yellow"))).toBe("passed");
  expect(await against("green", clusterHealth("yellow"))).toBe("passed");
  expect(await against("yellow", clusterHealth("green"))).toMatch(/^failed, status: .*"status":"yellow"/);
  expect(await against("red", clusterHealth("yellow"))).toMatch(/^failed, status: .*"status":"red"/);
});

test("an index is there, or not", async () => {
  expect(await against("green", index("orders"))).toBe("passed");
  expect(await against("green", index("lost"))).toMatch(/^failed, status: .*404/);
});
