/** What becomes of an attribute of a compose service. */
export interface Attribute {
  /**
   * - `carried`: the declaration says the same
   * - `differently`: it says it in another way, or works otherwise
   * - `not`: it is lost, and a note says so
   * - `nothing`: nothing of a running service depends on it
   */
  readonly fate: "carried" | "differently" | "not" | "nothing";
  /** What it becomes, or why it does not: a sentence's end, as notes and docs/importing.md have it. */
  readonly what: string;
}

const unlimited = "phasegate does not limit it: the engine's default applies";
const unset = "phasegate does not set it: the engine's default applies";

/** Every attribute of a service, by its name in the compose specification. */
export const attributes: Readonly<Record<string, Attribute>> = {
  annotations: { fate: "not", what: unset },
  attach: { fate: "nothing", what: "it concerns the output of `docker compose up`" },
  blkio_config: { fate: "not", what: unlimited },
  build: {
    fate: "differently",
    what: "`image` with `dockerfile()`, which has a name of its own: `context`, `dockerfile`, `target`, `args` and `secrets`",
  },
  cap_add: { fate: "carried", what: "`capabilities.add`; `ALL` is lost" },
  cap_drop: { fate: "carried", what: "`capabilities.drop`" },
  cgroup: { fate: "not", what: unset },
  cgroup_parent: { fate: "not", what: unset },
  command: { fate: "carried", what: "`command`" },
  configs: {
    fate: "differently",
    what: "`files` where the text is in the compose file, `mounts` with `hostFile()` where it is in a file of its own; without owner and mode",
  },
  container_name: {
    fate: "differently",
    what: "one of `aliases`; containers are called after the stack and the service",
  },
  cpu_count: { fate: "not", what: unlimited },
  cpu_percent: { fate: "not", what: unlimited },
  cpu_period: { fate: "carried", what: "`resources.cpus`, together with `cpu_quota`" },
  cpu_quota: { fate: "carried", what: "`resources.cpus`: so much of each period" },
  cpu_rt_period: { fate: "not", what: unlimited },
  cpu_rt_runtime: { fate: "not", what: unlimited },
  cpu_shares: { fate: "not", what: unlimited },
  cpus: { fate: "carried", what: "`resources.cpus`" },
  cpuset: { fate: "not", what: unlimited },
  credential_spec: { fate: "not", what: unset },
  depends_on: { fate: "carried", what: "phases and `needs`" },
  deploy: {
    fate: "differently",
    what: "`replicas` as `replicas`, `resources` as `resources` and `gpus`, `restart_policy.max_attempts` as `maxRetries`; its other members are lost, each with a note",
  },
  develop: { fate: "nothing", what: "it concerns `docker compose watch`" },
  device_cgroup_rules: { fate: "not", what: unset },
  devices: { fate: "carried", what: "`devices`" },
  dns: { fate: "carried", what: "`dns.servers`" },
  dns_opt: { fate: "carried", what: "`dns.options`" },
  dns_search: { fate: "carried", what: "`dns.search`" },
  domainname: {
    fate: "not",
    what: "a container finds the others by their services' names, on the stack's own network",
  },
  entrypoint: { fate: "carried", what: "`entrypoint`. An empty one, which leaves out the image's, is lost" },
  env_file: {
    fate: "carried",
    what: "`envFile` where nothing in it is a secret or another service's URL and both read the same in it, else its variables stand in `env`",
  },
  environment: {
    fate: "carried",
    what: "`env`, with `urlOf()`, `secret()` and, of what is set for a whole machine such as `HTTPS_PROXY`, `passThrough()`",
  },
  expose: { fate: "differently", what: "where it is the port that clients call: `port`" },
  extends: { fate: "carried", what: "resolved while it is read" },
  external_links: {
    fate: "not",
    what: "a container finds the others by their services' names, on the stack's own network: containers of other projects are not on it",
  },
  extra_hosts: { fate: "carried", what: "`extraHosts`" },
  gpus: { fate: "carried", what: "`gpus`: how many, or which" },
  group_add: { fate: "not", what: unset },
  healthcheck: {
    fate: "differently",
    what: "probes of the gate; `interval`, `retries` and `start_period` become the phase's timeout",
  },
  hostname: { fate: "carried", what: "`hostname`, and one of `aliases`" },
  image: { fate: "carried", what: "`image`" },
  init: { fate: "carried", what: "`init: false`; otherwise an init process runs, as by default" },
  ipc: { fate: "not", what: unset },
  isolation: { fate: "not", what: unset },
  label_file: { fate: "not", what: "its labels are not read: write them under `labels`" },
  labels: { fate: "carried", what: "`labels`" },
  links: { fate: "differently", what: "`needs`; the alias is one of `aliases`" },
  logging: {
    fate: "carried",
    what: "`logging`: `max-size` and `max-file` in whole megabytes; without them, three files of 10 MiB are kept",
  },
  mac_address: { fate: "not", what: unset },
  mem_limit: { fate: "carried", what: "`resources.memory`" },
  mem_reservation: { fate: "carried", what: "`resources.memoryReservation`" },
  mem_swappiness: { fate: "not", what: unlimited },
  memswap_limit: { fate: "carried", what: "`resources.swap`, which is the swap alone" },
  models: { fate: "not", what: "phasegate runs no models" },
  network_mode: { fate: "not", what: "every service is on the stack's own network" },
  networks: {
    fate: "differently",
    what: "`networks`, unless all are on the same ones, `externalNetworks` and `aliases`; addresses are lost",
  },
  oom_kill_disable: { fate: "not", what: unlimited },
  oom_score_adj: { fate: "not", what: unlimited },
  pid: { fate: "not", what: unset },
  pids_limit: { fate: "carried", what: "`resources.pids`" },
  platform: { fate: "carried", what: "`platform`" },
  ports: {
    fate: "differently",
    what: "`port`, `publish` and `ports`: on 127.0.0.1 at the environment's `portBase` plus a number, or at the address that the file names",
  },
  post_start: { fate: "not", what: "hooks are not run: make a job of it that a later phase waits for" },
  pre_stop: { fate: "not", what: "hooks are not run: the container gets SIGTERM, and its grace" },
  privileged: {
    fate: "not",
    what: "no container may do all that the engine may: give it the `capabilities` and `devices` that it needs",
  },
  profiles: {
    fate: "differently",
    what: "the services of the profiles that are asked for are imported, with `in` where a profile is called after an environment, such as `dev` and `debug`",
  },
  provider: { fate: "not", what: "phasegate runs containers only" },
  pull_policy: {
    fate: "differently",
    what: "`pull`, which is missing, always or never: nothing is pulled again after a time",
  },
  pull_refresh_after: { fate: "not", what: "an image that is there is not pulled again" },
  read_only: { fate: "carried", what: "`readOnly`, but for what has secrets or configs" },
  restart: { fate: "differently", what: "the coordinator restarts what fails, by `failureHandling`" },
  runtime: { fate: "not", what: unset },
  scale: { fate: "carried", what: "`replicas`, but of jobs and databases" },
  secrets: {
    fate: "differently",
    what: "`files` at /run/secrets, of secrets of the stack; without owner and mode",
  },
  security_opt: {
    fate: "carried",
    what: "`securityOptions`; every container has `no-new-privileges`, and none is without it",
  },
  shm_size: { fate: "carried", what: "`resources.shmSize`" },
  stdin_open: { fate: "not", what: "nothing is attached to its input" },
  stop_grace_period: { fate: "carried", what: "`grace`" },
  stop_signal: { fate: "carried", what: "`stopSignal`" },
  storage_opt: { fate: "not", what: unset },
  sysctls: { fate: "carried", what: "`sysctls`" },
  tmpfs: { fate: "carried", what: "`mounts` with `tmpfs()`" },
  tty: { fate: "not", what: "it gets no terminal" },
  ulimits: { fate: "carried", what: "`resources.ulimits`" },
  use_api_socket: { fate: "not", what: "the engine's socket is mounted in the coordinator alone" },
  user: { fate: "carried", what: "`runAs`" },
  userns_mode: { fate: "not", what: unset },
  uts: { fate: "not", what: unset },
  volumes: {
    fate: "carried",
    what: "`volumes`, or `mounts` with `hostFile()`, `hostFolder()`, `volume()`, `externalVolume()`, `tmpfs()`",
  },
  volumes_from: { fate: "not", what: "each service has volumes of its own" },
  working_dir: { fate: "carried", what: "`workingDir`" },
};

/** The members of `deploy` that are lost, and why. */
export const lostOfDeploy: Readonly<Record<string, string>> = {
  endpoint_mode: "the engine's names lead to the container itself",
  labels: "they are a swarm service's, and no container's",
  mode: "everything runs on the one engine",
  placement: "everything runs on the one engine",
  rollback_config: "a change that fails its gate stops the deployment, and nothing is rolled back",
  update_config: "a changed container is replaced at once, and proven again",
};
