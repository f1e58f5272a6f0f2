import type { Migration } from "../migration.ts";

export const auth: Migration = {
  version: "0001",
  title: "what auth keeps: the signing key and the registered clients",
  sql: `
    CREATE TABLE IF NOT EXISTS auth_signing_keys (
      purpose    text PRIMARY KEY,
      jwk        jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE IF NOT EXISTS auth_clients (
      client_id  text PRIMARY KEY,
      metadata   jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    );
  `,
};
