import { describe, expect, test } from "vitest";
import type { Json } from "../../../lib/core/json.ts";
import { PhasegateError } from "../../../lib/core/errors.ts";
import { imported } from "../../support/imported.ts";

/** A project with a text in every place that an import looks at. */
const project = {
  name: "everything",
  services: {
    db: {
      image: "postgres:17",
      command: ["-c", "fsync=off"],
      environment: {
        POSTGRES_USER: "app",
        POSTGRES_PASSWORD: "pass-of-db",
        POSTGRES_DB: "app",
        PGDATA: "/data",
      },
      volumes: ["data:/data", { type: "volume", source: "more", target: "/more" }],
      healthcheck: { test: ["CMD", "psql", "-c", "SELECT 1"] },
    },
    cache: { image: "redis:7", command: ["redis-server", "--save", "60"], hostname: "store" },
    api: {
      image: "acme/api:1",
      build: { context: "./api" },
      entrypoint: ["run"],
      command: ["serve", "--now"],
      container_name: "the-api",
      ports: ["8080:80"],
      environment: ["DATABASE_URL=postgres://app:pass-of-db@db:5432/app", "MODE=fast", "CACHE=store:6379"],
      healthcheck: { test: "curl -f http://localhost:80/health" },
      networks: { front: { aliases: ["web"] } },
      restart: "always",
      secrets: [{ source: "token", target: "the-token" }],
      configs: [{ source: "settings", target: "/settings" }],
      tmpfs: "/tmp",
    },
    alone: { image: "acme/alone:1", network_mode: "bridge" },
    worker: { image: "acme/worker:1", healthcheck: { test: ["CMD", "check", "it"] }, links: ["api:service"] },
  },
  secrets: { token: { file: "./token" } },
  configs: { settings: { content: "mode: fast" } },
  networks: { front: {} },
  volumes: { data: {}, more: {} },
};

type Place = readonly (string | number)[];

function placesOf(value: Json, path: Place = []): Place[] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, Json]) => placesOf(member, [...path, key]));
}

function withText(value: Json, [first, ...rest]: Place, text: string): Json {
  if (first === undefined) return text;
  if (Array.isArray(value))
    return value.map((item: Json, i) => (i === Number(first) ? withText(item, rest, text) : item));
  return Object.fromEntries(
    Object.entries(value as Record<string, Json>).map(([key, member]) => [
      key,
      key === first ? withText(member, rest, text) : member,
    ]),
  );
}

/** What an import shows, of a project or of what is wrong with it. */
async function reported(changed: Json): Promise<string> {
  try {
    return JSON.stringify(
      await imported(JSON.stringify(changed), { environment: { THE_PASSWORD: "value-of-the-variable" } }),
    );
  } catch (error) {
    if (error instanceof PhasegateError) return error.message;
    throw error;
  }
}

const places = placesOf(project);

test("the project has many places", async () => {
  expect(places.length).toBeGreaterThan(40);
  expect(await reported(project)).toContain("export const everything");
});

describe.for(places.map((place) => [place.join("."), place] as const))("%s", ([, place]) => {
  test("a variable that is a secret, whole or in part, leaves no trace of its value or its sign", async () => {
    for (const text of ["${THE_PASSWORD}", "a${THE_PASSWORD}b", "x=${THE_PASSWORD}", "/${THE_PASSWORD}:/y"]) {
      const all = await reported(withText(project, place, text));
      expect(all.includes("value-of-the-variable")).toBe(false);
      expect(/[\uE000-\uE002]|\\?ue00[012]/i.exec(all)).toBeNull();
    }
  });

  // Names are not searched for passwords: one that is an account's or an image's name, too, is everywhere.
  const at = place.join(".");
  if (/command|entrypoint|environment|healthcheck|content/.test(at) && !/_USER|_DB/.test(at))
    test("nor does the database's password", async () => {
      const variable = at.startsWith("services.api.environment");
      for (const text of variable ? ["X=pass-of-db", "X=y pass-of-db"] : ["pass-of-db", "a --x=pass-of-db b"])
        expect((await reported(withText(project, place, text))).includes("pass-of-db")).toBe(false);
    });
});
