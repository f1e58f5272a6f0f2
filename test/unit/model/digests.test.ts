import { expect, test } from "vitest";
import { bundle, dockerfile, resolvePlan, service, tcp } from "phasegate";
import { noSources, type ProjectSources } from "../../../lib/model/sources.ts";
import { baseImages } from "../../../lib/project/base-images.ts";
import { profileWith, smallStack } from "../../support/small-stack.ts";
import { thrownBy } from "../../support/thrown.ts";

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

test("what a Dockerfile names is held to it: stages, arguments and scratch are understood", () => {
  const text = `# syntax=docker/dockerfile:1
ARG BASE=node:24
ARG PINNED
FROM --platform=linux/amd64 \${BASE} AS Build
FROM \${PINNED:-debian} AS other
RUN --mount=type=bind,from=shop/tools:1,target=/tools true
COPY --from=build /a /b
COPY --from=shop/web@${digest} /a /b
FROM other
COPY --from=0 <<EOF /file
FROM nothing
EOF
FROM scratch
`;
  const sources: ProjectSources = {
    ...noSources,
    contexts: { "api Dockerfile": { sha256: "1", bases: baseImages(text) } },
  };
  const refused = (args: Readonly<Record<string, string>>, images = {}) => {
    const one = smallStack({ api: of(dockerfile("api", { args })) });
    return (
      thrownBy(() => resolvePlan(one, profileWith({ requireDigests: true, images }), "dev", sources)) ?? ""
    );
  };
  const places = (message: string) =>
    message.match(/services\.api\.image\.dockerfile: api\/Dockerfile:\d+: "[^"]*"/g);
  const at = (line: number, reference: string) =>
    `services.api.image.dockerfile: api/Dockerfile:${line}: "${reference}"`;
  expect(places(refused({}))).toEqual([
    ...[at(1, "docker/dockerfile:1"), at(4, "node:24"), at(5, "debian"), at(6, "shop/tools:1")],
  ]);
  const pinned = { BASE: `node@${digest}`, PINNED: `debian@${digest}` };
  expect(places(refused(pinned))).toEqual([at(1, "docker/dockerfile:1"), at(6, "shop/tools:1")]);
  // Nothing is built where the profile names an image.
  expect(refused({}, { api: `shop/api@${digest}` })).toBe("");
});
