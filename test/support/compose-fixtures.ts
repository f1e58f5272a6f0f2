import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ImportOptions } from "../../lib/import/import-compose.ts";

/** Where the compose projects lie that imports are tested with, each in a directory of its own. */
export const fixtures = join(import.meta.dirname, "../import/fixtures");

export const fixtureNames = readdirSync(fixtures);

/** What is given on the command line, and by the environment, besides compose.yaml. */
export interface GivenToFixture {
  readonly paths: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly profiles: readonly string[];
}

const given: Readonly<Record<string, Partial<GivenToFixture>>> = {
  blog: { environment: { BLOG_DB_PASSWORD: "of-the-blog-7" } },
  django: {
    environment: {
      TAG: "2.1",
      POSTGRES_PASSWORD: "of-the-environment-1",
      REDIS_PASSWORD: "of-the-cache-2",
      DJANGO_SECRET_KEY: "signing-of-django-3",
    },
  },
  including: { environment: { API_DB_PASSWORD: "of-the-api-4", POSTGRES_VERSION: "17" } },
  overrides: { paths: ["compose.yaml", "compose.production.yaml"] },
  profiles: { profiles: ["search"] },
  workshop: { profiles: ["dev"] },
  secrets: { environment: { VAULT_DB_PASSWORD: "of-the-vault-5" } },
};

export function givenTo(name: string): GivenToFixture {
  return { paths: ["compose.yaml"], environment: {}, profiles: [], ...given[name] };
}

/** The options of an import of a fixture, but for its files. */
export function fixtureOptions(name: string): Pick<ImportOptions, "root" | "environment" | "profiles"> {
  const { environment, profiles } = givenTo(name);
  return { root: join(fixtures, name), environment, profiles };
}
