/**
 * limits, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add limits to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs.
 */
import { defineStack, externalVolume, hostFolder, running, service, tmpfs, volume } from "phasegate";

export const limits = defineStack({
  name: "limits",
  environments: ["development", "test", "staging", "production"],

  phases: {
    application: {
      title: "Application",
      services: ["engine", "helper"],
      validation: "ready",
      timeout: "60s",
    },
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  services: {
    // lost: annotations: phasegate does not set it: the engine's default applies
    // lost: blkio_config: phasegate does not limit it: the engine's default applies
    // lost: ipc: phasegate does not set it: the engine's default applies
    // lost: pid: phasegate does not set it: the engine's default applies
    // lost: post_start: hooks are not run: make a job of it that a later phase waits for
    // lost: privileged: no container may do all that the engine may: give it the `capabilities` and `devices`
    // that it needs
    // lost: deploy.placement: everything runs on the one engine
    // lost: deploy.update_config: a changed container is replaced at once, and proven again
    engine: service({
      image: "acme/engine@sha256:0123456789012345678901234567890123456789012345678901234567890123",
      replicas: 2,
      entrypoint: ["/usr/bin/tini", "--", "engine"],
      command: ["--threads", "4"],
      mounts: {
        "/data": hostFolder("data", { writable: true }),
        "/cache": tmpfs({ size: "977kb" }),
        "/shared": volume("shared", { readOnly: true }),
        "/outside": externalVolume("outside"),
        "/tmp": tmpfs(),
        "/run": tmpfs(),
      },
      grace: "90s",
      runAs: "1000:1000",
      workingDir: "/srv",
      readOnly: true,
      stopSignal: "SIGINT",
      sysctls: { "net.core.somaxconn": "1024" },
      labels: { "traefik.enable": "true" },
      extraHosts: { "host.docker.internal": "host-gateway" },
      dns: { servers: ["10.0.0.2"] },
      platform: "linux/arm64",
      pull: "always",
      capabilities: { add: ["NET_ADMIN"], drop: ["all"] },
      securityOptions: ["seccomp=unconfined"],
      devices: { "/dev/ttyUSB0": "/dev/ttyUSB0" },
      logging: { maxSize: "10mb", maxFiles: 1 },
      resources: {
        memory: "512mb",
        memoryReservation: "256mb",
        cpus: 1.5,
        shmSize: "1gb",
        ulimits: { nproc: 65535 },
      },
      // check: healthcheck: the gate asks no more than whether it stays up, which proves little
      // lost: healthcheck: is switched off: the image's own check, where it has one, goes on
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    // changed: restart: no: the coordinator restarts what fails, by failureHandling
    helper: service({
      image: "acme/helper:1",
      mounts: { "/shared": volume("shared") },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});
