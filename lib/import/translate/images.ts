/** The kinds of services that have a function of their own, and an account. */
export type DatabaseKind = "postgres" | "mysql" | "mongodb" | "redis" | "clickhouse" | "rabbitmq" | "kafka";

/** What is known of an image by its name alone. */
export interface KnownImage {
  /** The kind of service that takes the same variables as the official image does. */
  readonly kind?: DatabaseKind;
  /** The port that it listens on. */
  readonly port?: number;
  /** Whether that port speaks HTTP. */
  readonly http?: boolean;
  /** What it is there for, where its kind does not say so. */
  readonly role?: "data" | "edge";
  /** The probe that speaks its protocol, of what has no function of its own. */
  readonly probe?: "memcached";
}

const data = (port: number): KnownImage => ({ port, role: "data" });
const web = (port: number): KnownImage => ({ port, http: true });
const edge = (port: number): KnownImage => ({ port, http: true, role: "edge" });

const known: Readonly<Record<string, KnownImage>> = {
  postgres: { kind: "postgres" },
  "postgis/postgis": { kind: "postgres" },
  "pgvector/pgvector": { kind: "postgres" },
  "ankane/pgvector": { kind: "postgres" },
  "timescale/timescaledb": { kind: "postgres" },
  redis: { kind: "redis" },
  "valkey/valkey": { kind: "redis" },
  "clickhouse/clickhouse-server": { kind: "clickhouse" },
  "yandex/clickhouse-server": { kind: "clickhouse" },
  "altinity/clickhouse-server": { kind: "clickhouse" },
  clickhouse: { kind: "clickhouse" },
  // Their variables are other ones: they are probed by TCP.
  "bitnami/mysql": data(3306),
  "bitnami/mariadb": data(3306),
  "bitnami/mongodb": data(27017),
  "bitnami/rabbitmq": data(5672),
  "bitnami/kafka": data(9092),
  "bitnami/postgresql": data(5432),
  "bitnamilegacy/postgresql": data(5432),
  "bitnami/redis": data(6379),
  "bitnamilegacy/redis": data(6379),
  "redis/redis-stack-server": data(6379),
  "redis/redis-stack": data(6379),
  mysql: { kind: "mysql" },
  mariadb: { kind: "mysql" },
  "percona/percona-server": { kind: "mysql" },
  mongo: { kind: "mongodb" },
  "mongodb/mongodb-community-server": data(27017),
  memcached: { ...data(11211), probe: "memcached" },
  "bitnami/memcached": { ...data(11211), probe: "memcached" },
  rabbitmq: { kind: "rabbitmq" },
  nats: data(4222),
  "apache/kafka": { kind: "kafka" },
  "apache/kafka-native": { kind: "kafka" },
  "confluentinc/cp-kafka": { kind: "kafka" },
  "confluentinc/cp-zookeeper": data(2181),
  zookeeper: data(2181),
  cassandra: data(9042),
  "cockroachdb/cockroach": data(26257),
  neo4j: data(7687),
  "elasticsearch/elasticsearch": { port: 9200, http: true, role: "data" },
  elasticsearch: { port: 9200, http: true, role: "data" },
  "opensearchproject/opensearch": { port: 9200, http: true, role: "data" },
  "minio/minio": { port: 9000, http: true, role: "data" },
  "qdrant/qdrant": { port: 6333, http: true, role: "data" },
  "getmeili/meilisearch": { port: 7700, http: true, role: "data" },
  nginx: edge(80),
  httpd: edge(80),
  caddy: edge(80),
  traefik: edge(80),
  haproxy: edge(80),
  "prom/prometheus": web(9090),
  "grafana/grafana": web(3000),
  adminer: web(8080),
};

/** The image's name without registry, tag and digest: "docker.io/library/postgres:17" is postgres. */
export function imageName(reference: string): string {
  const [name = ""] = reference.split("@");
  const untagged = name.replace(/:[^/]*$/, "");
  const parts = untagged.split("/");
  const [first = ""] = parts;
  const local = parts.length > 1 && /[.:]|^localhost$/.test(first) ? parts.slice(1) : parts;
  return (local[0] === "library" ? local.slice(1) : local).join("/");
}

/** What is known of an image; nothing of most. */
export function knownImage(reference: string | undefined): KnownImage {
  if (reference === undefined) return {};
  const name = imageName(reference);
  return Object.hasOwn(known, name) ? (known[name] ?? {}) : {};
}
