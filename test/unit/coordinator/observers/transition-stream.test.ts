import { expect, test } from "vitest";
import { transitionStream } from "../../../../lib/coordinator/observers/transition-stream.ts";
import type { Incident, Transition } from "../../../../lib/model/transition.ts";
import { noIncidents } from "../../../../lib/supervision/incident.ts";
import type { ServiceRecord } from "../../../../lib/supervision/service-record.ts";
import { newRecord } from "../../../../lib/supervision/service-record.ts";
import { desiredService } from "../../../support/desired.ts";

function streamed() {
  const transitions: Transition[] = [];
  const incidents: Incident[] = [];
  const stream = transitionStream({
    ...{ lastSeq: 0, incidents: noIncidents, wallMs: () => 1000 },
    onTransition: (transition) => transitions.push(transition),
    onIncident: (incident) => incidents.push(incident),
  });
  const verified = { verification: 1, specHash: "0123456789abcdef", generation: 1 };
  let record: ServiceRecord = { ...newRecord(desiredService("web"), 1, {}, 0), verified };
  const restarting = (nth: number, text = "exited with code 1") => {
    const before = record;
    const cause = { kind: "exited", text } as const;
    const state = { name: "restarting", dueMs: 0, nth, exit: undefined, cause, sinceMs: 0 } as const;
    record = { ...before, state };
    stream.note(before, record, new Map([["web", record]]));
  };
  return { transitions, incidents, restarting };
}

test("each restart of a service that ends before it is seen to run is a transition, and a step of the incident", () => {
  const { transitions, incidents, restarting } = streamed();
  for (const nth of [1, 2, 3]) restarting(nth);
  expect(transitions.map(({ from, to }) => `${from} ${to}`)).toEqual([
    "pending restarting",
    "restarting restarting",
    "restarting restarting",
  ]);
  expect(incidents.at(-1)?.steps.map(({ result }) => result)).toEqual(["failed", "failed", undefined]);
});

test("a restart that the platform has not answered is the same one when it is ordered again", () => {
  const { transitions, incidents, restarting } = streamed();
  restarting(1);
  restarting(1);
  expect(transitions).toHaveLength(1);
  restarting(1, "the container engine did not start it in time");
  expect(transitions).toHaveLength(2);
  expect(incidents.at(-1)?.steps).toHaveLength(1);
});
