import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { History } from "../../../lib/history/history.ts";
import { noHistory } from "../../../lib/history/history.ts";
import { migrate } from "../../../lib/history/schema.ts";
import { storedHistory } from "../../../lib/history/stored-history.ts";
import { keptIncidents, keptTransitions } from "../../../lib/history/stored-transitions.ts";
import { startRecord } from "../../support/records.ts";
import { incident, transition } from "../../support/transitions.ts";

let database: DatabaseSync;
let history: History;
let said: string[];
let deferred: (() => void)[];

const open = () =>
  storedHistory(
    database,
    (event, fields) => said.push(`${event} ${JSON.stringify(fields ?? {})}`),
    (work) => deferred.push(work),
  );
const count = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  migrate(database);
  said = [];
  deferred = [];
  history = open();
});
afterEach(() => history.close());

describe("transitions", () => {
  const all = [
    transition(1, "redis", { incident: 1, generation: 3 }),
    transition(2, "auth", {
      from: "ready",
      to: "degraded",
      cause: { kind: "dependency", text: "redis is restarting", service: "redis" },
      incident: 1,
    }),
    transition(3, "redis", { from: "restarting", to: "starting" }),
  ];

  test("are read as they were kept, the newest first, of all services or of one, after a number", () => {
    for (const one of all) history.transition(one);
    expect(history.transitions({ last: 10 })).toEqual({ records: all.toReversed(), cut: false });
    expect(history.transitions({ last: 1 }).records).toEqual([all[2]]);
    expect(history.transitions({ services: ["redis"], last: 10 }).records).toEqual([all[2], all[0]]);
    expect(history.transitions({ afterSeq: 1, last: 10 }).records).toEqual([all[2], all[1]]);
    expect(history.transitions({ afterSeq: 1, services: ["redis"], last: 10 }).records).toEqual([all[2]]);
    expect(history.transitions({ afterSeq: 3, last: 10 }).records).toEqual([]);
    expect(history.transitions({ services: ["web"], last: 10 }).records).toEqual([]);
    expect(history.transitions({ services: ["redis", "auth"], last: 10 }).records).toEqual(all.toReversed());
  });

  test("beyond those that are kept make room, the oldest first", () => {
    for (let seq = 1; seq <= keptTransitions + 50; seq++)
      history.transition(transition(seq, `service${seq % 7}`));
    const { records } = history.transitions({ last: keptTransitions + 50 });
    expect(records.at(0)?.seq).toBe(keptTransitions + 50);
    deferred = [];
    expect(count("transitions")).toBe(keptTransitions);
    expect(database.prepare("SELECT min(seq) AS seq FROM transitions").get()).toMatchObject({ seq: 51 });
  });

  test("on a page end before it is too long for an answer, which says so", () => {
    for (let seq = 1; seq <= 4; seq++)
      history.transition(transition(seq, "redis", { cause: { kind: "exited", text: "x".repeat(900_000) } }));
    const { records, cut } = history.transitions({ last: 10 });
    expect(records.map(({ seq }) => seq)).toEqual([4, 3]);
    expect(cut).toBe(true);
  });
});

describe("incidents", () => {
  test("are read as they are known last, the newest first, of all services or of one that they concern", () => {
    const opened = incident(1, "redis");
    history.incident(opened);
    history.incident(incident(2, "auth"));
    const closed = incident(1, "redis", {
      services: { redis: "ready", auth: "ready" },
      outcome: "recovered",
      closedMs: 5,
      steps: [
        {
          service: "redis",
          action: "restart",
          because: "redis",
          beganMs: 2,
          tookMs: 3,
          result: "ready",
        },
      ],
    });
    history.incident(closed);
    expect(history.incidents({ last: 10 })).toEqual({ records: [incident(2, "auth"), closed], cut: false });
    expect(history.incidents({ services: ["auth"], last: 10 }).records).toHaveLength(2);
    expect(history.incidents({ services: ["redis"], last: 10 }).records).toEqual([closed]);
    expect(history.incidents({ services: ["red"], last: 10 }).records).toEqual([]);
    expect(history.incidents({ services: ["red", "redis"], last: 10 }).records).toEqual([closed]);
    expect(history.incidents({ last: 1 }).records).toEqual([incident(2, "auth")]);
  });

  test("beyond those that are kept make room, the oldest first", () => {
    for (let id = 1; id <= keptIncidents + 20; id++) history.incident(incident(id, "redis"));
    expect(history.incidents({ last: keptIncidents + 20 }).records.at(-1)?.id).toBe(21);
    expect(count("incidents")).toBe(keptIncidents);
  });
});

test("the next coordinator goes on after the highest numbers", () => {
  expect(history.lastNumbers).toEqual({ transition: 0, incident: 0 });
  history.transition(transition(41, "redis"));
  history.incident(incident(7, "redis"));
  for (const work of deferred) work();
  expect(open().lastNumbers).toEqual({ transition: 41, incident: 7 });
});

test("where there is no history, they are lost, and who reads is told why", () => {
  const none = noHistory("it is gone");
  none.transition(transition(1, "redis"));
  none.incident(incident(1, "redis"));
  expect(none.lastNumbers).toEqual({ transition: 0, incident: 0 });
  for (const read of [() => none.transitions({ last: 1 }), () => none.incidents({ last: 1 })])
    expect(read).toThrow(expect.objectContaining({ code: "PHASEGATE_HISTORY_UNREADABLE" }));
});

describe("what happens in one turn", () => {
  /** How often it was committed. */
  const commits = () => {
    let n = 0;
    database.setAuthorizer((action, operation) => {
      // SQLITE_TRANSACTION
      if (action === 22 && operation === "COMMIT") n++;
      return 0;
    });
    return () => n;
  };

  test("is written after it, in one transaction", () => {
    const written = commits();
    for (let seq = 1; seq <= 30; seq++) history.transition(transition(seq, "redis"));
    history.start()(startRecord("redis", 1));
    expect(count("transitions")).toBe(0);
    expect(deferred).toHaveLength(1);
    deferred[0]?.();
    expect(count("transitions")).toBe(30);
    expect(written()).toBe(1);
  });

  test("and holds one that cannot be written is written but for that one", () => {
    history.transition(transition(1, "redis"));
    history.transition(transition(1, "redis", { generation: 2 }));
    history.transition(transition(2, "redis"));
    history.start()(startRecord("redis", 1));
    deferred[0]?.();
    expect(history.transitions({ last: 10 }).records).toEqual([
      transition(2, "redis"),
      transition(1, "redis"),
    ]);
    expect(history.starts({ last: 10 }).records).toHaveLength(1);
    expect(said).toEqual([
      'history-lost {"error":"UNIQUE constraint failed: transitions.seq"}',
      'history-written-again {"lost":1}',
    ]);
    expect(history.problem()).toBeUndefined();
  });
});
