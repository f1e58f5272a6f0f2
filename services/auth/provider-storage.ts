import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";
import type { RedisConnection } from "../shared/redis.ts";
import type { ClientRegistry } from "./client-registry.ts";

/**
 * Where the provider keeps its records: clients, which last, in PostgreSQL; everything that expires by
 * itself (used assertions, sessions, interactions) in Redis.
 */
export function providerStorage(redis: RedisConnection, clients: ClientRegistry): AdapterFactory {
  return (model) => {
    const records = expiringRecords(redis, model);
    return model === "Client" ? { ...records, find: clients.find } : records;
  };
}

/** Records of one model in Redis, each with its time to live; sessions can be found by their uid as well. */
function expiringRecords(redis: RedisConnection, model: string): Adapter {
  const keyOf = (id: string) => `auth:${model}:${id}`;
  const uidKeyOf = (uid: string) => `auth:${model}:uid:${uid}`;

  async function find(id: string): Promise<AdapterPayload | undefined> {
    const record = await redis.run((client) => client.get(keyOf(id)));
    return record === null ? undefined : (JSON.parse(record) as AdapterPayload);
  }

  return {
    async upsert(id, payload, expiresIn = 3_600) {
      await redis.run((client) => client.set(keyOf(id), JSON.stringify(payload), "EX", expiresIn));
      const { uid } = payload;
      if (uid !== undefined) await redis.run((client) => client.set(uidKeyOf(uid), id, "EX", expiresIn));
    },
    find,
    async findByUid(uid) {
      const id = await redis.run((client) => client.get(uidKeyOf(uid)));
      return id === null ? undefined : find(id);
    },
    async consume(id) {
      const payload = await find(id);
      if (payload === undefined) return;
      const consumed = JSON.stringify({ ...payload, consumed: Math.floor(Date.now() / 1000) });
      await redis.run((client) => client.set(keyOf(id), consumed, "KEEPTTL"));
    },
    async destroy(id) {
      await redis.run((client) => client.del(keyOf(id)));
    },
    // The device flow and grants of users are not offered, so nothing is stored by these.
    findByUserCode: async () => undefined,
    revokeByGrantId: async () => undefined,
  };
}
