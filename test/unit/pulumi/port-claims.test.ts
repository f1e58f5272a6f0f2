import { expect, test } from "vitest";
import type { PortHolder } from "../../../lib/engine/published-ports.ts";
import { overlap } from "../../../lib/engine/published-ports.ts";
import { takenPorts } from "../../../lib/pulumi/check-ports.ts";
import { judgeClaims } from "../../../lib/pulumi/port-claims.ts";
import { fakeClock } from "../../support/fake-clock.ts";

const loopback = (port: number) => ({ ip: "127.0.0.1", port });

function holder(
  service: string,
  port: number,
  { declaration = "shop", stack = "dev", ip = "127.0.0.1" } = {},
): PortHolder {
  const labels = {
    "phasegate.declaration": declaration,
    "phasegate.stack": stack,
    "phasegate.service": service,
  };
  const name = `${declaration}-${stack}-${service}`;
  return { id: name, name, labels, published: [{ ip, port }] };
}

function judge(claims: Readonly<Record<string, number>>, holders: readonly PortHolder[]) {
  const judged = judgeClaims(
    {
      declaration: "shop",
      stack: "dev",
      claims: Object.fromEntries(Object.entries(claims).map(([name, port]) => [name, [loopback(port)]])),
    },
    holders,
  );
  const text = ({ service, holder }: { service: string; holder: PortHolder }) =>
    `${service} <- ${holder.name}`;
  return {
    taken: judged.taken.map(text),
    handedOver: judged.handedOver.map(text),
    unheld: judged.unheld.map(({ service }) => service),
  };
}

const nothing = { taken: [], handedOver: [], unheld: [] };

test("a service's own running container holds what is its own", () => {
  expect(judge({ web: 80 }, [holder("web", 80)])).toEqual(nothing);
});

test("a service that moves is asked about the port that it moves to", () => {
  expect(judge({ web: 81 }, [holder("web", 80)])).toEqual({ ...nothing, unheld: ["web"] });
  expect(judge({ web: 81 }, [holder("web", 80), holder("web", 81, { stack: "test" })])).toEqual({
    ...nothing,
    taken: ["web <- shop-test-web"],
  });
});

test("a container of the same stack's name and another declaration is another's", () => {
  expect(judge({ web: 80 }, [holder("web", 80, { declaration: "blog" })]).taken).toEqual([
    "web <- blog-dev-web",
  ]);
});

test("two services swap, and a renamed one follows: the stack's own containers give way", () => {
  expect(judge({ a: 81, b: 80 }, [holder("a", 80), holder("b", 81)]).handedOver).toEqual([
    "a <- shop-dev-b",
    "b <- shop-dev-a",
  ]);
  expect(judge({ shopfront: 80 }, [holder("web", 80)])).toEqual({
    ...nothing,
    handedOver: ["shopfront <- shop-dev-web"],
  });
});

test("a service whose container does not run needs its port to be free", () => {
  expect(judge({ web: 80 }, [])).toEqual({ ...nothing, unheld: ["web"] });
});

test.for([
  { a: "127.0.0.1", b: "127.0.0.1", both: true },
  { a: "0.0.0.0", b: "127.0.0.1", both: true },
  { a: "127.0.0.1", b: "0.0.0.0", both: true },
  { a: "", b: "127.0.0.1", both: true },
  { a: "::", b: "::1", both: true },
  { a: "192.168.0.5", b: "127.0.0.1", both: false },
  // An engine binds IPv6 by itself, beside IPv4.
  { a: "::", b: "127.0.0.1", both: false },
])("$a and $b on one port exclude each other: $both", ({ a, b, both }) => {
  expect(overlap({ ip: a, port: 80 }, { ip: b, port: 80 })).toBe(both);
  expect(overlap({ ip: a, port: 80 }, { ip: b, port: 81 })).toBe(false);
});

test("a port of UDP is none of TCP", () => {
  const udp = { ip: "127.0.0.1", port: 53, protocol: "udp" } as const;
  expect(overlap(udp, loopback(53))).toBe(false);
  expect(overlap(udp, { ...udp, ip: "0.0.0.0" })).toBe(true);
});

test("each of several ports of a service is judged by itself", () => {
  const claims = { web: [loopback(80), { ip: "0.0.0.0", port: 53, protocol: "udp" }] } as const;
  const held: PortHolder = { ...holder("dns", 53, { stack: "other" }) };
  const udp: PortHolder = { ...held, published: [{ ip: "127.0.0.1", port: 53, protocol: "udp" }] };
  const judged = judgeClaims({ declaration: "shop", stack: "dev", claims }, [held, udp]);
  expect(judged.unheld).toEqual([{ service: "web", address: loopback(80) }]);
  expect(judged.taken).toEqual([{ service: "web", address: claims.web[1], holder: udp }]);
});

/** The problems of a service whose port something listens on; a container has it in the list from the n-th time on. */
async function problemsOf(process: string | undefined, listedFrom: number) {
  const clock = fakeClock();
  let lists = 0;
  const found = takenPorts(
    { declaration: "shop", stack: "dev", claims: { web: [loopback(80)] } },
    {
      holders: async () => (++lists >= listedFrom ? [holder("web", 80)] : []),
      isFree: async () => false,
      process: async () => process,
      clock,
    },
  );
  await clock.advance(10_000);
  return { problems: (await found).map(({ message }) => message), lists };
}

test("a container of one's own that is started at this moment has its port before the engine lists it", async () => {
  expect(await problemsOf("docker-proxy (pid 7)", 4)).toEqual({ problems: [], lists: 4 });
  expect(await problemsOf(undefined, 3)).toEqual({ problems: [], lists: 3 });
});

test("what is never listed is another process's, and one that is not the engine's is so at once", async () => {
  const text = (who: string) => `port 127.0.0.1:80 is taken by ${who} on this machine`;
  expect(await problemsOf("nginx (pid 7)", 4)).toEqual({
    problems: [text("the process nginx (pid 7)")],
    lists: 1,
  });
  expect(await problemsOf(undefined, 100)).toEqual({ problems: [text("another process")], lists: 15 });
});
