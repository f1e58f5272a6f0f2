import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../lib/core/clock.ts";
import type { Endpoint, EndpointOf } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { amqp, connections, latency, ping, sql } from "../../lib/model/probes.ts";
import type { Tls } from "../../lib/model/tls.ts";
import { tlsOf } from "../../lib/model/tls.ts";
import { attempt, reportOf, secrets as passwords } from "../support/attempt.ts";
import { authority } from "../support/certificates.ts";
import type { TestContainer } from "../support/containers.ts";
import { startContainer } from "../support/containers.ts";

const ours = authority("Ours");
const theirs = authority("Theirs");
const server = ours.issue(["127.0.0.1"]);
const client = ours.issue(["netra"]);
const secrets = { ...passwords, clientKey: client.key };

/** Writes the server's certificate and key where its user alone can read them, then becomes the server. */
const withCertificate = (user: string, command: string): readonly string[] => [
  ...["sh", "-c"],
  `umask 077; mkdir /tls; printf %s "$CERT" >/tls/server.pem; printf %s "$KEY" >/tls/server.key; printf %s "$CA" >/tls/ca.pem; chown -R ${user} /tls; unset KEY; exec ${command}`,
];
const certified = { CERT: server.certificate, KEY: server.key, CA: ours.certificate };

const reported = async (probe: DeclaredProbe, endpoint: Endpoint, tls: true | Tls | undefined) => {
  const { tls: _tls, ...plain } = endpoint;
  const asked = { ...plain, ...(tls && { tls: tlsOf(tls) }) } as Endpoint;
  return reportOf(await attempt(probe, asked, { secrets }), endpoint);
};

/** Tries until an attempt passes, as a gate does. */
async function untilPassed(probe: DeclaredProbe, endpoint: Endpoint, tls: Tls): Promise<void> {
  let last = "";
  for (let tries = 0; tries < 300; tries += 1) {
    last = await reported(probe, endpoint, tls);
    if (last === "passed") return;
    await systemClock.sleep(100);
  }
  throw new Error(`it did not become ready: ${last}`);
}

const accepted = { ca: ours.certificate };
const shown = { ...accepted, certificate: client.certificate, key: { secret: "clientKey" } };
const ofAnother =
  "failed, certificateAuthority, permanent: server:1 shows a certificate for 127.0.0.1 of an authority that is not among the accepted: Ours";
const ofAnotherName =
  "failed, certificateName, permanent: server:1 shows a certificate for 127.0.0.1, and not for db.internal";

describe("PostgreSQL in TLS", () => {
  let container: TestContainer;
  let endpoint: EndpointOf<"postgres">;

  beforeAll(async () => {
    container = await startContainer({
      image: "phasegate-stand-in/postgres:17",
      port: 5432,
      env: {
        ...certified,
        POSTGRES_USER: "netra",
        POSTGRES_PASSWORD: passwords.password,
        POSTGRES_DB: "netra",
      },
      command: withCertificate(
        "postgres",
        // Nobody is let in without TLS, nor with it who shows no certificate of the authority.
        "docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=/tls/server.pem -c ssl_key_file=/tls/server.key -c ssl_ca_file=/tls/ca.pem",
      ),
    });
    const { host, port } = container;
    endpoint = {
      protocol: "postgres",
      host,
      port,
      user: "netra",
      database: "netra",
      password: [{ secret: "password" }],
    };
    await untilPassed(sql("SELECT 1"), endpoint, accepted);
  });
  afterAll(async () => {
    await container?.[Symbol.asyncDispose]();
  });

  test("a query goes over TLS", async () => {
    const overTls = sql("SELECT 1 FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl", {
      rows: { atLeast: 1 },
    });
    expect(await reported(overTls, endpoint, accepted)).toBe("passed");
    expect(await reported(overTls, endpoint, { insecure: true })).toBe("passed");
    expect(await reported(connections(10), endpoint, accepted)).toBe("passed");
  });

  test("shows the client's certificate", async () => {
    const known = sql("SELECT 1 FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND client_dn = '/CN=netra'", {
      rows: { atLeast: 1 },
    });
    expect(await reported(known, endpoint, shown)).toBe("passed");
  });

  test("an authority that is not accepted, and another name", async () => {
    expect(await reported(sql("SELECT 1"), endpoint, true)).toBe(ofAnother);
    expect(await reported(sql("SELECT 1"), endpoint, { ca: theirs.certificate })).toBe(ofAnother);
    expect(await reported(sql("SELECT 1"), endpoint, { ...accepted, serverName: "db.internal" })).toBe(
      ofAnotherName,
    );
  });

  test("a statement that takes too long is cancelled", async () => {
    expect(await reported(sql("SELECT pg_sleep(30)", { timeout: "500ms" }), endpoint, accepted)).toBe(
      "failed, timeout: no answer from server:1 within 500ms while waiting for the query's result",
    );
    const running = sql("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'", {
      rows: { atLeast: 0, atMost: 0 },
    });
    expect(await reported(running, endpoint, accepted)).toBe("passed");
  });
});

describe("MariaDB in TLS, which refuses plain text", () => {
  let container: TestContainer;
  let endpoint: EndpointOf<"mysql">;

  beforeAll(async () => {
    container = await startContainer({
      image: "phasegate-stand-in/mariadb:11",
      port: 3306,
      env: {
        ...certified,
        MYSQL_ROOT_PASSWORD: passwords.wrong,
        MYSQL_USER: "netra",
        MYSQL_PASSWORD: passwords.password,
        MYSQL_DATABASE: "netra",
      },
      command: withCertificate(
        "mysql",
        "docker-entrypoint.sh mariadbd --ssl-cert=/tls/server.pem --ssl-key=/tls/server.key --ssl-ca=/tls/ca.pem --require-secure-transport=ON",
      ),
    });
    const { host, port } = container;
    const password = [{ secret: "password" }];
    endpoint = { protocol: "mysql", host, port, user: "netra", database: "netra", password };
    await untilPassed(sql("SELECT 1"), endpoint, accepted);
  });
  afterAll(async () => {
    await container?.[Symbol.asyncDispose]();
  });

  test("a query goes over TLS, and shows the client's certificate", async () => {
    const overTls = sql(
      "SELECT 1 FROM information_schema.session_status WHERE variable_name = 'Ssl_version' AND variable_value LIKE 'TLS%'",
      { rows: { atLeast: 1 } },
    );
    expect(await reported(overTls, endpoint, accepted)).toBe("passed");
    expect(await reported(overTls, endpoint, shown)).toBe("passed");
    expect(await reported(overTls, endpoint, { insecure: true })).toBe("passed");
    expect(await reported(connections(10), endpoint, accepted)).toBe("passed");
  });

  test("an authority that is not accepted, another name, and a wrong password", async () => {
    expect(await reported(sql("SELECT 1"), endpoint, true)).toBe(ofAnother);
    expect(await reported(connections(3), endpoint, { ca: theirs.certificate })).toBe(ofAnother);
    const named = { ...accepted, serverName: "db.internal" };
    expect(await reported(sql("SELECT 1"), endpoint, named)).toBe(ofAnotherName);
    const wrong = { ...endpoint, password: [{ secret: "wrong" }] };
    expect(await reported(sql("SELECT 1"), wrong, accepted)).toMatch(/^failed, authentication, permanent: /);
  });

  test("plain text is refused, and a statement that takes too long is killed", async () => {
    // As it answers a wrong password; MySQL says what it wants.
    expect(await reported(sql("SELECT 1"), endpoint, undefined)).toMatch(
      /^failed, authentication, permanent: server:1 answered: Access denied for user 'netra'@/,
    );
    expect(await reported(sql("SELECT SLEEP(30)", { timeout: "500ms" }), endpoint, accepted)).toBe(
      "failed, timeout: no answer from server:1 within 500ms while waiting for the query's result",
    );
    const running = sql("SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'", {
      rows: { atLeast: 0, atMost: 0 },
    });
    expect(await reported(running, endpoint, accepted)).toBe("passed");
  });
});

test("a MariaDB that speaks no TLS says so", async () => {
  await using container = await startContainer({
    image: "phasegate-stand-in/mariadb:11",
    port: 3306,
    env: { MYSQL_ROOT_PASSWORD: passwords.wrong, MYSQL_USER: "netra", MYSQL_PASSWORD: passwords.password },
    command: ["--skip-ssl"],
  });
  const { host, port } = container;
  const account = { user: "netra", database: "netra", password: [{ secret: "password" }] };
  const endpoint = { protocol: "mysql", host, port, ...account } as const;
  let last = "";
  for (let tries = 0; tries < 300 && !last.includes("by its own word"); tries += 1) {
    last = await reported(sql("SELECT 1"), endpoint, accepted);
    await systemClock.sleep(100);
  }
  expect(last).toBe("failed, protocol, permanent: server:1 does not speak TLS, by its own word");
});

describe("RabbitMQ in TLS, which wants a certificate of its clients", () => {
  let container: TestContainer;
  let endpoint: EndpointOf<"amqp">;

  beforeAll(async () => {
    const settings = [
      ...["listeners.tcp = none", "listeners.ssl.default = 5671"],
      ...["ssl_options.certfile = /tls/server.pem", "ssl_options.keyfile = /tls/server.key"],
      ...["ssl_options.cacertfile = /tls/ca.pem", "ssl_options.verify = verify_peer"],
      "ssl_options.fail_if_no_peer_cert = true",
    ];
    container = await startContainer({
      image: "phasegate-stand-in/rabbitmq:4",
      port: 5671,
      env: {
        ...certified,
        SETTINGS: settings.join("\n"),
        RABBITMQ_DEFAULT_USER: "netra",
        RABBITMQ_DEFAULT_PASS: passwords.wrong,
      },
      command: withCertificate(
        "rabbitmq",
        `sh -c 'umask 022; printf "%s\n" "$SETTINGS" >/etc/rabbitmq/conf.d/20-tls.conf; exec docker-entrypoint.sh rabbitmq-server'`,
      ),
    });
    const { host, port } = container;
    endpoint = {
      ...{ protocol: "amqp", host, port, user: "netra", vhost: "/" },
      password: [{ secret: "wrong" }],
    } as const;
    await untilPassed(amqp(), endpoint, shown);
  });
  afterAll(async () => {
    await container?.[Symbol.asyncDispose]();
  });

  test("answers who shows one, and refuses who shows none, or another's", async () => {
    expect(await reported(amqp(), endpoint, shown)).toBe("passed");
    expect(await reported(amqp(), endpoint, accepted)).toMatch(
      /^failed, clientCertificate, permanent: server:1 wants a certificate of its clients, and was shown none$/,
    );
    const stranger = theirs.issue(["netra"]);
    const other = { ...accepted, certificate: stranger.certificate, key: { secret: "strangerKey" } };
    const outcome = await attempt(
      amqp(),
      { ...endpoint, tls: tlsOf(other) },
      { secrets: { ...secrets, strangerKey: stranger.key } },
    );
    expect(reportOf(outcome, endpoint)).toMatch(
      /^failed, clientCertificate, permanent: server:1 does not accept the certificate that it was shown: /,
    );
  });

  test("an authority that is not accepted, and plain text", async () => {
    expect(await reported(amqp(), endpoint, true)).toBe(ofAnother);
    expect(await reported(amqp(), endpoint, undefined)).toBe(
      "failed, protocol, permanent: server:1 speaks TLS, and was probed in plain text",
    );
  });
});

test("a PostgreSQL that speaks no TLS says so", async () => {
  await using container = await startContainer({
    image: "phasegate-stand-in/postgres:17",
    port: 5432,
    env: { POSTGRES_USER: "netra", POSTGRES_PASSWORD: passwords.password, POSTGRES_DB: "netra" },
  });
  const { host, port } = container;
  const endpoint = {
    protocol: "postgres",
    host,
    port,
    user: "netra",
    database: "netra",
    password: [{ secret: "password" }],
  } as const;
  let last = "";
  for (let tries = 0; tries < 300 && !last.includes("by its own word"); tries += 1) {
    last = await reported(sql("SELECT 1"), endpoint, accepted);
    await systemClock.sleep(100);
  }
  expect(last).toBe("failed, protocol, permanent: server:1 does not speak TLS, by its own word");
});

describe("Redis in TLS, which wants a certificate of its clients", () => {
  let container: TestContainer;
  let endpoint: EndpointOf<"redis">;

  beforeAll(async () => {
    container = await startContainer({
      image: "phasegate-stand-in/redis:7",
      port: 6379,
      env: certified,
      command: withCertificate(
        "redis",
        "docker-entrypoint.sh redis-server --port 0 --tls-port 6379 --tls-cert-file /tls/server.pem --tls-key-file /tls/server.key --tls-ca-cert-file /tls/ca.pem",
      ),
    });
    endpoint = { protocol: "redis", host: container.host, port: container.port };
    await untilPassed(ping(), endpoint, shown);
  });
  afterAll(async () => {
    await container?.[Symbol.asyncDispose]();
  });

  test("answers who shows one", async () => {
    expect(await reported(ping(), endpoint, shown)).toBe("passed");
    expect(await reported(latency({ under: "5s", samples: 5 }), endpoint, shown)).toBe("passed");
  });

  test("says what it wants of who shows none, or another's", async () => {
    expect(await reported(ping(), endpoint, accepted)).toBe(
      "failed, clientCertificate, permanent: server:1 wants a certificate of its clients, and was shown none",
    );
    const stranger = theirs.issue(["netra"]);
    const other = { ...accepted, certificate: stranger.certificate, key: { secret: "strangerKey" } };
    const { tls: _tls, ...plain } = endpoint;
    const outcome = await attempt(
      ping(),
      { ...plain, tls: tlsOf(other) },
      { secrets: { strangerKey: stranger.key } },
    );
    expect(reportOf(outcome, endpoint)).toBe(
      "failed, clientCertificate, permanent: server:1 does not accept the certificate that it was shown: unknown ca",
    );
  });

  test("an authority that is not accepted, and plain text", async () => {
    expect(await reported(ping(), endpoint, true)).toBe(ofAnother);
    expect(await reported(ping(), endpoint, undefined)).toBe(
      "failed, protocol, permanent: server:1 speaks TLS, and was probed in plain text",
    );
  });
});
