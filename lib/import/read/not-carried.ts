import { z } from "zod";
import { anything, flag, text, texts, textOrTexts, variables } from "./schema-parts.ts";

const number = z.union([z.number(), z.string()], { error: "must be a number" });
const mapping = z.record(z.string(), anything, { error: "must be a mapping" });
const list = z.array(anything, { error: "must be a list" });

interface NotCarried {
  /** What the compose specification allows there. */
  readonly shape: z.ZodType;
  /** Why the declaration does not have it, and what to do. Absent: nothing is lost. */
  readonly why?: string;
}

const limits =
  "phasegate sets no limits on a container's resources: the engine's default, without a limit, applies";
const rights = "a container of phasegate runs as its image says, without new privileges";
const kernel = "phasegate does not set it: the engine's default applies";
const names = "a container finds the others by their services' names, on the stack's own network";
const logs = "logs go where the engine's configuration sends them";

/** The attributes of a service that have no place in a declaration. */
export const notCarried = {
  annotations: { shape: variables, why: "annotations are not carried over" },
  attach: { shape: flag },
  blkio_config: { shape: mapping, why: limits },
  cap_add: { shape: texts, why: `${rights}: without the added capabilities` },
  cap_drop: { shape: texts, why: `${rights}: the capabilities to drop stay` },
  cgroup: { shape: text, why: kernel },
  cgroup_parent: { shape: text, why: kernel },
  cpu_count: { shape: number, why: limits },
  cpu_percent: { shape: number, why: limits },
  cpu_period: { shape: number, why: limits },
  cpu_quota: { shape: number, why: limits },
  cpu_rt_period: { shape: number, why: limits },
  cpu_rt_runtime: { shape: number, why: limits },
  cpu_shares: { shape: number, why: limits },
  cpus: { shape: number, why: limits },
  cpuset: { shape: text, why: limits },
  credential_spec: { shape: mapping, why: kernel },
  develop: { shape: mapping.nullable() },
  device_cgroup_rules: { shape: texts, why: kernel },
  devices: { shape: list, why: "devices of the host are not handed into containers" },
  dns: { shape: textOrTexts, why: kernel },
  dns_opt: { shape: texts, why: kernel },
  dns_search: { shape: textOrTexts, why: kernel },
  domainname: { shape: text, why: names },
  external_links: { shape: texts, why: `${names}: containers of other projects are not on it` },
  extra_hosts: {
    shape: z.union([mapping, texts]),
    why: `${names}: further names for addresses are not set`,
  },
  gpus: { shape: anything, why: "devices of the host are not handed into containers" },
  group_add: { shape: list, why: rights },
  ipc: { shape: text, why: kernel },
  isolation: { shape: text, why: kernel },
  label_file: { shape: textOrTexts, why: "labels are not carried over: phasegate sets its own" },
  labels: { shape: variables, why: "labels are not carried over: phasegate sets its own" },
  logging: { shape: mapping, why: logs },
  mac_address: { shape: text, why: kernel },
  mem_limit: { shape: number, why: limits },
  mem_reservation: { shape: number, why: limits },
  mem_swappiness: { shape: number, why: limits },
  memswap_limit: { shape: number, why: limits },
  models: { shape: anything, why: "phasegate runs no models" },
  oom_kill_disable: { shape: flag, why: limits },
  oom_score_adj: { shape: number, why: limits },
  pid: { shape: text.nullable(), why: kernel },
  pids_limit: { shape: number, why: limits },
  platform: { shape: text, why: "the engine's own platform is taken" },
  post_start: { shape: list, why: "hooks are not run: make a job of it that a later phase waits for" },
  pre_stop: { shape: list, why: "hooks are not run: the container gets SIGTERM, and its grace" },
  privileged: { shape: flag, why: rights },
  provider: { shape: mapping, why: "phasegate runs containers only" },
  pull_policy: { shape: text },
  pull_refresh_after: { shape: text },
  read_only: { shape: flag, why: "the container's file system can be written to" },
  runtime: { shape: text, why: kernel },
  security_opt: { shape: texts, why: rights },
  shm_size: { shape: number, why: "the engine's default for /dev/shm, 64 MB, applies" },
  stdin_open: { shape: flag, why: "nothing is attached to its input" },
  stop_signal: {
    shape: text,
    why: "containers are stopped with the signal that their image asks for, else SIGTERM",
  },
  storage_opt: { shape: mapping, why: kernel },
  sysctls: { shape: variables, why: kernel },
  tty: { shape: flag, why: "it gets no terminal" },
  ulimits: { shape: mapping, why: kernel },
  use_api_socket: { shape: flag, why: "the engine's socket is mounted in the coordinator alone" },
  user: { shape: z.union([text, z.number()]), why: "the container runs as the user that its image names" },
  userns_mode: { shape: text, why: kernel },
  uts: { shape: text, why: kernel },
  volumes_from: { shape: texts, why: "each service has volumes of its own" },
  working_dir: {
    shape: text,
    why: "the container starts in the directory that its image names: use absolute paths in the command",
  },
} as const satisfies Readonly<Record<string, NotCarried>>;

/** The same for the members of `deploy`. Replicas and the restart policy are looked at elsewhere. */
export const deployNotCarried = {
  endpoint_mode: { shape: text, why: "the engine's names lead to the container itself" },
  labels: { shape: variables, why: "labels are not carried over: phasegate sets its own" },
  mode: { shape: text, why: "each service is one container" },
  placement: { shape: mapping, why: "everything runs on the one engine" },
  resources: { shape: mapping, why: limits },
  rollback_config: {
    shape: mapping,
    why: "a change that fails its gate stops the deployment, and nothing is rolled back",
  },
  update_config: { shape: mapping, why: "a changed container is replaced at once, and proven again" },
} as const satisfies Readonly<Record<string, NotCarried>>;
