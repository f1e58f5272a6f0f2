// Imports go one way. What each folder of lib may import; what is not named it may not.
const allowed = {
  core: [],
  model: ["core"],
  review: ["core", "model"],
  import: ["core", "model"],
  engine: ["core"],
  probe: ["core", "model"],
  readiness: ["core", "model", "probe"],
  supervision: ["core", "model", "probe", "readiness"],
  control: ["core", "model", "engine"],
  history: ["core", "model"],
  coordinator: ["core", "model", "engine", "probe", "readiness", "supervision", "history"],
  project: ["core", "model"],
  cli: ["core", "model", "review", "import", "readiness", "history", "engine", "control", "project"],
  pulumi: ["core", "model", "engine", "control", "project"],
  dashboard: [],
};

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(allowed).map(([folder, others]) => ({
      name: `lib/${folder} imports ${others.length === 0 ? "nothing of lib" : `only ${others.join(", ")}`}`,
      severity: /** @type {const} */ ("error"),
      from: { path: `^lib/${folder}/` },
      to: { path: "^lib/", pathNot: `^lib/(${[folder, ...others].join("|")})/` },
    })),
    {
      name: "every folder of lib has its place in the order",
      severity: "error",
      from: { path: "^lib/[^/]+/", pathNot: `^lib/(${Object.keys(allowed).join("|")})/` },
      to: {},
    },
    {
      name: "only lib/pulumi and the program import Pulumi",
      severity: "error",
      from: { path: "^(lib|stacks|services)/", pathNot: "^lib/pulumi/" },
      to: { path: "(^|node_modules/)@pulumi/" },
    },
    {
      name: "lib knows no declaration and no application",
      severity: "error",
      from: { path: "^lib/", pathNot: "^lib/project/" },
      to: { path: "^(stacks|services)/" },
    },
    {
      name: "the applications know nothing of phasegate but its durations and the like",
      severity: "error",
      from: { path: "^services/" },
      to: { path: "^(lib|stacks)/", pathNot: "^lib/core/" },
    },
    {
      name: "nothing but tests imports tests",
      severity: "error",
      from: { pathNot: "^(test|bench)/" },
      to: { path: "^test/" },
    },
    {
      name: "no circles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    { name: "every import resolves", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
