import { describe, expect, test } from "vitest";
import { sealWith } from "../../lib/desired/sealing.ts";
import { create } from "../../lib/pulumi/providers/generated-secret.ts";
import { containerType, deployMocked } from "./registered.ts";

/** How Pulumi marks a secret on its way to the engine. */
const marked = (value: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

describe("the key of the seal", async () => {
  const resources = await deployMocked("dev");
  const keys = resources.filter(({ name }) => name === "coordinator-seal-key");
  const [key] = keys;
  const value = "value-of-coordinator-seal-key";

  test("is one of the secrets that are generated and kept with the state, and belongs to no volume", () => {
    expect(keys).toHaveLength(1);
    expect(key?.type).toBe("pulumi-nodejs:dynamic/phasegate:GeneratedSecret");
    expect(key?.inputs).toMatchObject({ bytes: 32, volumes: [] });
  });

  test("reaches the coordinator's container, as a secret", () => {
    const coordinator = resources.find(({ type, name }) => type === containerType && name === "coordinator");
    expect(coordinator?.inputs["envs"]).toContainEqual(marked(`PHASEGATE_SEAL_KEY=${value}`));
  });

  test("reaches nothing else: no service's container changes because there is one now", () => {
    const others = resources.filter(({ type, name }) => !(type === containerType && name === "coordinator"));
    expect(
      others.filter(({ dependencies }) => dependencies.includes(key?.urn ?? "")).map(({ name }) => name),
    ).toEqual([]);
    expect(others.filter(({ inputs }) => JSON.stringify(inputs).includes(value))).toEqual([]);
    const named = others.filter(({ inputs }) => JSON.stringify(inputs).includes("SEAL_KEY"));
    expect(named.map(({ name }) => name)).toEqual([]);
  });
});

describe("a generated secret", () => {
  const inputs = { secret: "some", stack: "dev", host: undefined, volumes: [] };
  const made = async (bytes?: number): Promise<string> => {
    const result = await create({ ...inputs, ...(bytes !== undefined && { bytes }) });
    return (result.outs as { readonly value: string }).value;
  };

  test("of 32 bytes is a key of a seal, and another each time", async () => {
    const [one, other] = [await made(32), await made(32)];
    const sealed = sealWith(one).seal("s3cret", "redis");
    expect(sealWith(one).open(sealed, "redis")).toBe("s3cret");
    expect(() => sealWith(other).open(sealed, "redis")).toThrow("the key of the seal does not open it");
  });

  test("is 32 characters long where nothing else is wanted", async () => {
    expect(await made()).toMatch(/^[\w-]{32}$/);
  });
});
