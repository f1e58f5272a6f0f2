import { expect, test } from "vitest";
import { bundle, resolvePlan, service, tcp } from "phasegate";
import { profileWith, smallStack } from "../../support/small-stack.ts";

const digest = `sha256:${"0a".repeat(32)}`;
const of = (image: Parameters<typeof service>[0]["image"]) =>
  service({ image, validations: { ready: { listens: tcp(80, { level: "basic" }) } } });
const declaration = smallStack({
  tagged: of("shop/api:3"),
  pinned: of(`shop/web:3@${digest}`),
  built: of(bundle("main.ts")),
});

function refusal(changed: Readonly<Record<string, unknown>>): string {
  try {
    resolvePlan(declaration, profileWith(changed), "dev");
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test("a profile that requires digests refuses a reference without one, with its place", () => {
  const refused = refusal({ requireDigests: "true" });
  expect(refused).toContain(
    'services.tagged.image: "shop/api:3" names no digest, and requireDigests asks for one: write "shop/api:3@sha256:…"',
  );
  expect(refused).not.toMatch(/pinned|built/);
});

test("the profile's own references are held to it, too", () => {
  const images = { tagged: `shop/api:3@${digest}`, pinned: "shop/web@md5:00112233445566778899aabbccddeeff" };
  const refused = refusal({ requireDigests: true, images });
  expect(refused).toContain(
    'config.images.pinned: "shop/web@md5:00112233445566778899aabbccddeeff" names no digest',
  );
  expect(refused).not.toContain("tagged");
});

test("by default a tag will do", () => {
  expect(refusal({})).toBe("");
  expect(refusal({ requireDigests: "false" })).toBe("");
  expect(() => profileWith({ requireDigests: "yes" })).toThrow("requireDigests: must be true or false");
});
