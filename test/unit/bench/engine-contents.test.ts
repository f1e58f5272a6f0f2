import type Docker from "dockerode";
import { expect, test } from "vitest";
import { removeLabelled } from "../../../bench/engine-contents.ts";

/** An engine with one network and one volume of the label. Removing the network fails with `failure`. */
function engineWith(failure: string, containers: Readonly<Record<string, { readonly Name: string }>> = {}) {
  const removed: string[] = [];
  const docker = {
    listContainers: () => Promise.resolve([]),
    listNetworks: () => Promise.resolve([{ Id: "1", Name: "big-bench" }]),
    getNetwork: () => ({
      inspect: () => Promise.resolve({ Name: "big-bench", Containers: containers }),
      remove: () => Promise.reject(new Error(failure)),
    }),
    listVolumes: () => Promise.resolve({ Volumes: [{ Name: "history" }] }),
    getVolume: (name: string) => ({ remove: () => Promise.resolve(void removed.push(name)) }),
  };
  return { docker: docker as unknown as Docker, removed };
}

test("a network whose containers the engine has miscounted stays, and all else goes", async () => {
  const { docker, removed } = engineWith("network big-bench id db8e4cab has active endpoints");
  await removeLabelled(docker, "bench");
  expect(removed).toEqual(["history"]);
});

test("a network that containers are on is an error that names them", async () => {
  const { docker } = engineWith("network big-bench has active endpoints", { a: { Name: "left-behind" } });
  await expect(removeLabelled(docker, "bench")).rejects.toThrow(
    "the network big-bench is in use by left-behind",
  );
});

test("another failure is an error", async () => {
  const { docker } = engineWith("permission denied");
  await expect(removeLabelled(docker, "bench")).rejects.toThrow("permission denied");
});
