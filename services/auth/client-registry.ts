import type { AdapterPayload } from "oidc-provider";
import type { Postgres } from "../shared/postgres.ts";

/** The clients of the provider. Their secrets are not stored: they are put in from the environment when read. */
export interface ClientRegistry {
  register(): Promise<void>;
  find(clientId: string): Promise<AdapterPayload | undefined>;
}

export function createClientRegistry(
  postgres: Postgres,
  client: { readonly id: string; readonly secret: string },
): ClientRegistry {
  const metadata = {
    client_id: client.id,
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
    // The secret signs a short assertion and is never sent (RFC 7523, section 2.2).
    token_endpoint_auth_method: "client_secret_jwt",
    token_endpoint_auth_signing_alg: "HS256",
  };

  return {
    async register() {
      await postgres.query(
        `INSERT INTO auth_clients (client_id, metadata) VALUES ($1, $2)
         ON CONFLICT (client_id) DO UPDATE SET metadata = excluded.metadata`,
        [client.id, JSON.stringify(metadata)],
      );
    },
    async find(clientId) {
      const [row] = await postgres.query<{ metadata: AdapterPayload }>(
        "SELECT metadata FROM auth_clients WHERE client_id = $1",
        [clientId],
      );
      if (row === undefined) return undefined;
      return clientId === client.id ? { ...row.metadata, client_secret: client.secret } : row.metadata;
    },
  };
}
