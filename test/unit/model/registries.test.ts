import { expect, test } from "vitest";
import { bundle, resolvePlan, secret, service, tcp, type ContainerOptions, type Registries } from "phasegate";
import { registryOf } from "../../../lib/model/registries.ts";
import { smallProfile, smallStack } from "../../support/small-stack.ts";
import { thrownBy } from "../../support/thrown.ts";

const of = (image: Parameters<typeof service>[0]["image"], options: ContainerOptions = {}) =>
  service({ image, ...options, validations: { ready: { listens: tcp(80, { level: "basic" }) } } });
const stack = (registries: Registries) => ({ ...smallStack({ api: of("shop/api:3") }), registries });

test.for([
  ["redis:7", "docker.io"],
  ["shop/api", "docker.io"],
  ["registry.example.com/shop/api:3", "registry.example.com"],
  ["localhost/api", "localhost"],
  ["shop:5000/api:3", "shop:5000"],
  ["[::1]:5000/api", "[::1]:5000"],
] as const)("the registry of %s is %s", ([reference, registry]) => {
  expect(registryOf(reference)).toBe(registry);
});

test("a plan has the accounts of registries, and names their secrets", () => {
  const plan = resolvePlan(
    stack({
      "registry.example.com": { username: "ci", password: secret("registryPassword") },
      "docker.io": { username: secret("hubUser"), password: secret("hubToken") },
    }),
    smallProfile,
    "dev",
  );
  expect(plan.registries).toEqual({
    "registry.example.com": { username: "ci", password: { secret: "registryPassword" } },
    "docker.io": { username: [{ secret: "hubUser" }], password: { secret: "hubToken" } },
  });
  expect(Object.keys(plan.secrets)).toEqual(["hubToken", "hubUser", "registryPassword"]);
  expect(resolvePlan(stack({}), smallProfile, "dev")).not.toHaveProperty("registries");
});

test("what is no registry's name, and a password that is made up, are refused", () => {
  const account = { username: "ci", password: secret("registryPassword") };
  expect(
    thrownBy(() => resolvePlan(stack({ "https://registry.example.com/v2": account }), smallProfile, "dev")),
  ).toContain(
    'is not the name of a registry as images have it, such as "registry.example.com" or "localhost:5000"',
  );
  const generated = { username: "ci", password: secret("registryPassword", { generate: true }) };
  expect(thrownBy(() => resolvePlan(stack({ "a.example": generated }), smallProfile, "dev"))).toContain(
    'registries["a.example"].password: a.example knows no generated value',
  );
});

test("an image's policy and platform are in the plan where they are not the usual ones", () => {
  const planned = (options: ContainerOptions) =>
    resolvePlan(smallStack({ api: of("shop/api:3", options) }), smallProfile, "dev").services["api"];
  expect(planned({ pull: "always", platform: "linux/arm64" })).toMatchObject({
    pull: "always",
    platform: "linux/arm64",
  });
  expect(planned({ pull: "missing" })).not.toHaveProperty("pull");
  expect(thrownBy(() => planned({ platform: "arm64" }))).toContain('is not a platform such as "linux/arm64"');
});

test("what is built is not pulled, and a bundle is for the engine's own platform", () => {
  const built = smallStack({ api: of(bundle("main.ts"), { pull: "always", platform: "linux/arm64" }) });
  const refused = thrownBy(() => resolvePlan(built, smallProfile, "dev"));
  expect(refused).toContain("services.api.pull: is of an image that a registry has, and this one is built");
  expect(refused).toContain("services.api.platform: an image of bundle() is for the engine's own platform");
});
