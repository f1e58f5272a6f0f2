/**
 * The probes of a declaration, each a plain object made by a function named for what it asks.
 * Every one takes `ProbeOptions` besides its own options.
 */
export { amqp, queue } from "./probe-kinds/amqp.ts";
export { brokers, topic } from "./probe-kinds/kafka.ts";
export { bucket } from "./probe-kinds/s3.ts";
export { collection } from "./probe-kinds/mongodb.ts";
export { clusterHealth, index } from "./elasticsearch-probes.ts";
export { query } from "./probe-kinds/clickhouse.ts";
export { completed } from "./probe-kinds/completed.ts";
export { custom } from "./probe-kinds/custom.ts";
export { dnsName } from "./probe-kinds/dns-name.ts";
export { engineHealthy } from "./probe-kinds/engine-healthy.ts";
export { exec } from "./probe-kinds/exec.ts";
export { grpcHealth } from "./probe-kinds/grpc-health.ts";
export { get, post } from "./probe-kinds/http.ts";
export { logLine } from "./probe-kinds/log-line.ts";
export { memcached } from "./probe-kinds/memcached.ts";
export { connections, sql } from "./probe-kinds/postgres.ts";
export { latency, memory, ping } from "./probe-kinds/redis.ts";
export { running } from "./probe-kinds/running.ts";
export { smtp } from "./probe-kinds/smtp.ts";
export { tcp } from "./probe-kinds/tcp.ts";
export { webSocket } from "./probe-kinds/websocket.ts";
