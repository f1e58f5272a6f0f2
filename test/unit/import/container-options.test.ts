import { describe, expect, test } from "vitest";
import { imported } from "../../support/imported.ts";

/** Imports one service of these attributes: its declaration on one line, and the notes of loss and change. */
async function of(attributes: string, files: Readonly<Record<string, string>> = {}) {
  const compose = `services: { a1: { image: x, ${attributes} } }`;
  const { source, notes } = await imported({ "compose.yaml": compose, ...files });
  const start = source.indexOf("a1: service(");
  const declared = source
    .slice(start, source.indexOf("failureHandling"))
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/\s+/g, " ")
    .replace(/([{[]) | (?=[}\]])|,(?= [}\]])/g, "$1");
  const said = notes
    .filter(({ kind }) => kind !== "check")
    .map(({ kind, path, message }) => `${kind} ${path}: ${message}`);
  return { declared, said, everything: JSON.stringify([source, notes]) };
}

describe("an option that both languages have", () => {
  test.for([
    ["user: 1000", 'runAs: "1000"'],
    ["stop_signal: quit", 'stopSignal: "SIGQUIT"'],
    ['stop_signal: "15"', 'stopSignal: "SIGTERM"'],
    ['extra_hosts: ["db.example=[::1]"]', 'extraHosts: {"db.example": "::1"}'],
    ["labels: { team: , tier: 2 }", 'labels: {team: "", tier: "2"}'],
    ["dns: 10.0.0.2, dns_opt: [ndots:2]", 'dns: {servers: ["10.0.0.2"], options: ["ndots:2"]}'],
    [
      "cap_add: [CAP_NET_ADMIN, kill], cap_drop: [ALL]",
      'capabilities: {add: ["NET_ADMIN", "KILL"], drop: ["all"]}',
    ],
    ["cap_add: [KILL], cap_drop: [KILL, NET_RAW]", 'capabilities: {add: ["KILL"], drop: ["NET_RAW"]}'],
    [
      'security_opt: ["no-new-privileges:true", "seccomp:unconfined", "label=disable"]',
      'securityOptions: ["seccomp=unconfined", "label=disable"]',
    ],
    [
      'devices: ["/dev/fuse", "/dev/ttyUSB0:/dev/serial", "/dev/sda:r", "/dev/a:/dev/b:rw", { source: /dev/c, target: /dev/d, permissions: rwm }]',
      'devices: {"/dev/fuse": "/dev/fuse", "/dev/serial": "/dev/ttyUSB0", "/dev/sda": {host: "/dev/sda", permissions: "r"}, "/dev/b": {host: "/dev/a", permissions: "rw"}, "/dev/d": "/dev/c"}',
    ],
    ["gpus: all", 'gpus: "all"'],
    ["gpus: [{ driver: nvidia, count: 2 }]", "gpus: 2"],
    [
      'deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], device_ids: ["0", "3"] }] } } }',
      'gpus: ["0", "3"]',
    ],
    ['cpus: "1.5", pids_limit: 100', "resources: {cpus: 1.5, pids: 100}"],
    [
      "deploy: { resources: { limits: { cpus: '0.50', pids: 1, memory: 50M } } }",
      'resources: {memory: "50mb", cpus: 0.5, pids: 1}',
    ],
    ["cpu_quota: 50000", "resources: {cpus: 0.5}"],
    ["cpu_quota: 30ms, cpu_period: 20ms", "resources: {cpus: 1.5}"],
    [
      "logging: { driver: json-file, options: { max-size: 10m, max-file: '3', tag: shop } }",
      'logging: {maxSize: "10mb", maxFiles: 3, options: {tag: "shop"}}',
    ],
    ["logging: { options: { max-size: 2g } }", 'logging: {maxSize: "2gb", maxFiles: 1}'],
    [
      "logging: { driver: local, options: { max-size: 1m } }",
      'logging: {driver: "local", maxSize: "1mb", maxFiles: 5}',
    ],
    [
      "logging: { driver: syslog, options: { syslog-address: 'udp://logs:514' } }",
      'logging: {driver: "syslog", options: {"syslog-address": "udp://logs:514"}}',
    ],
    ["logging: { driver: none }", 'logging: {driver: "none"}'],
    ["platform: linux/arm64", 'platform: "linux/arm64"'],
    ["pull_policy: always", 'pull: "always"'],
    ["pull_policy: never", 'pull: "never"'],
  ] as const)("%s", async ([attributes, option]) => {
    const { declared, said } = await of(attributes);
    expect(declared).toContain(option);
    expect(said).toEqual([]);
  });

  test.for([
    "user: ''",
    "labels: {}",
    "extra_hosts: []",
    "dns: []",
    "cap_add: [], cap_drop: []",
    'security_opt: ["no-new-privileges"]',
    "pids_limit: -1",
    "pids_limit: 0",
    "cpus: 0",
    "cpu_quota: -1",
    "pull_policy: missing",
    "pull_policy: if_not_present",
    "mem_limit: 0",
    "deploy: { resources: { reservations: { cpus: '0.5' } } }",
    "logging: { driver: json-file }",
    "logging: { options: { max-size: '-1' } }",
  ])("%s says nothing that the default does not", async (attributes) => {
    const { declared, said } = await of(attributes);
    expect(declared).toContain('service({image: "x", validations: ');
    expect(said).toEqual([]);
  });
});

describe("what a declaration cannot say is lost with its reason, and the rest is kept", () => {
  test.for([
    ["user: '-1'", 'user: runAs "-1" is not a user, or a user and a group, such as "app" or "1000:1000"'],
    ["working_dir: srv", 'working_dir: workingDir "srv" is not an absolute path'],
    ["stop_signal: SIGPIPE", "stop_signal: stopSignal"],
    ["hostname: a_b", 'hostname: hostname "a_b" is not a host name'],
    ["dns: [resolver]", "dns: dns.servers[0]"],
    ["cap_add: [ALL]", "cap_add: ALL: name the capabilities that it needs"],
    ["cap_add: [FLY]", "cap_add: capabilities.add[0]"],
    [
      "security_opt: ['no-new-privileges:false']",
      "no-new-privileges=false: no container gets new privileges here",
    ],
    ["security_opt: ['seccomp:./profile.json']", "security_opt: securityOptions[0]"],
    ["devices: ['vendor.com/gpu=all']", "devices.vendor.com/gpu=all: devices"],
    ["gpus: [{ driver: amd }]", "gpus: what it asks for besides GPUs"],
    [
      "deploy: { resources: { reservations: { devices: [{ capabilities: [tpu] }] } } }",
      "gpus: what it asks for besides GPUs",
    ],
    ["cpus: 0.001", "cpus: is no number of CPUs from 0.01 on"],
    ["cpu_period: 50000", "cpu_period: bounds nothing without cpu_quota"],
    ["pids_limit: many", "pids_limit: is no number of processes from 1 on"],
    ["ulimits: { nofile: { soft: 20, hard: 10 } }", "ulimits.nofile: is no limit that a declaration can say"],
    ["mem_limit: much", "mem_limit: is no size"],
    ["mem_limit: 64m, memswap_limit: 32m", "memswap_limit: is no size above that of the memory"],
    ["logging: { driver: loki }", "logging: logging.driver"],
    ["logging: { options: { max-size: much } }", "logging.max-size: is no size"],
    ["privileged: true", "privileged: no container may do all that the engine may"],
    ["pull_policy: every_12h", 'pull_policy: every_12h: pull is "missing", "always" or "never"'],
    ["platform: 'linux/arm64/v8/x'", "platform: platform"],
    ["label_file: a.labels", "label_file: its labels are not read"],
  ] as const)("%s", async ([attributes, loss]) => {
    const { said } = await of(attributes);
    expect(said).toEqual([expect.stringContaining(`lost services.a1.`)]);
    expect(said[0]).toContain(loss);
  });

  test("one member of a mapping goes, its others stay", async () => {
    const { declared, said } = await of(
      `labels: { phasegate.x: y, team: shop }, sysctls: { vm.max_map_count: 262144, net.core.somaxconn: 1024 },
       extra_hosts: ["a.example:10.0.0.1", "b.example:elsewhere"]`,
    );
    expect(declared).toContain('labels: {team: "shop"}');
    expect(declared).toContain('sysctls: {"net.core.somaxconn": "1024"}');
    expect(declared).toContain('extraHosts: {"a.example": "10.0.0.1"}');
    expect(said.map((line) => line.split(": ")[0])).toEqual([
      "lost services.a1.sysctls.vm.max_map_count",
      "lost services.a1.labels.phasegate.x",
      "lost services.a1.extra_hosts.b.example",
    ]);
    expect(said[0]).toContain("a container has net.*, kernel.shm*");
  });

  test.for([
    ["[a.example=10.0.0.1, a.example=10.0.0.2, b.example=10.0.0.3, b.example=10.0.0.3]"],
    ["{ a.example: [10.0.0.1, 10.0.0.2], b.example: 10.0.0.3 }"],
  ] as const)("of several addresses of a name one is kept: %s", async ([hosts]) => {
    const { declared, said } = await of(`extra_hosts: ${hosts}`);
    expect(declared).toContain('extraHosts: {"a.example": "10.0.0.2", "b.example": "10.0.0.3"}');
    expect(said).toEqual([
      "lost services.a1.extra_hosts.a.example: has several addresses: the last of them is kept",
    ]);
  });

  test("when a service is restarted", async () => {
    const { said } = await of(
      "deploy: { restart_policy: { condition: on-failure, delay: 5s, max_attempts: 4 } }",
    );
    expect(said).toEqual([
      "changed services.a1.deploy.restart_policy: condition, delay: the coordinator restarts what fails, by failureHandling",
    ]);
  });

  test("a file system that is only read from, of a service with secrets", async () => {
    const { notes } = await imported(`services: { a1: { image: x, read_only: true, configs: [c] } }
configs: { c: { content: hello } }`);
    expect(notes).toContainEqual({
      kind: "lost",
      path: "services.a1.read_only",
      message: "the engine could not write its secrets and configs into it",
    });
  });
});

describe("a secret in an option is shown nowhere", () => {
  const env = { ".env": "API_TOKEN=tok-9f2c71-of-the-api\n" };
  test.for([
    ["labels: { team: shop, auth: '${API_TOKEN}' }", "labels.auth", 'labels: {team: "shop"}'],
    ["labels: { team: shop, auth: tok-9f2c71-of-the-api }", "labels.auth", 'labels: {team: "shop"}'],
    ["user: '${API_TOKEN}'", "user", ""],
    [
      "labels: { team: shop, users: 'admin:$$apr1$$tok-9f2c71$$ijklmnop' }",
      "labels.users",
      'labels: {team: "shop"}',
    ],
    ["hostname: '${API_TOKEN}'", "hostname", ""],
    ["dns_search: ['${API_TOKEN}']", "dns", ""],
    ["cap_add: ['${API_TOKEN}']", "cap_add", ""],
    ["security_opt: ['label=${API_TOKEN}']", "security_opt", ""],
    ["sysctls: { net.x: '${API_TOKEN}' }", "sysctls.net.x", ""],
    ["extra_hosts: { h.example: '${API_TOKEN}' }", "extra_hosts.h.example", ""],
    ["logging: { driver: splunk, options: { splunk-token: '${API_TOKEN}' } }", "logging", ""],
    ["gpus: [{ device_ids: ['${API_TOKEN}'] }]", "gpus", ""],
  ] as const)("%s", async ([attributes, place, kept]) => {
    const { declared, said, everything } = await of(attributes, env);
    expect(said).toEqual([`lost services.a1.${place}: holds a secret`]);
    expect(declared).toContain(kept);
    expect(everything).not.toContain("tok-9f2c71");
  });
});
