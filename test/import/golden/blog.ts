/**
 * blog, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add blog to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.blogDbPassword" --stack STACK
 */
import { defineStack, httpService, mysql, secret, sql, tcp } from "phasegate";

export const blog = defineStack({
  name: "blog",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: { title: "Data", services: ["mysql"], validation: "ready", timeout: "300s" },
    application: {
      title: "Application",
      services: ["wordpress", "phpmyadmin"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    // changed: depends_on.mysql: waits until mysql is ready, where compose waited for its start only
    wordpress: ["mysql"],
    // changed: depends_on.mysql: waits until mysql is ready, where compose waited for its start only
    phpmyadmin: ["mysql"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  // changed: services: have the restart policy always: the coordinator restarts what fails, by
  // failureHandling
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    wordpress: httpService({
      image: "wordpress:6.8",
      port: 80,
      // changed: ports: 80 is published on 127.0.0.1 at the environment's portBase + 0, not on port 8000
      publish: 0,
      env: {
        WORDPRESS_DB_HOST: "mysql:3306",
        WORDPRESS_DB_USER: "blog",
        WORDPRESS_DB_PASSWORD: secret("blogDbPassword"),
        WORDPRESS_DB_NAME: "blog",
        // check: the variable DEBUG is not set: empty in its place here
        WORDPRESS_DEBUG: "",
        PRICE: "5$",
      },
      volumes: { wordpress: "/var/www/html" },
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),

    mysql: mysql({
      image: "mysql:8.4",
      database: "blog",
      password: secret("blogDbPassword"),
      env: { MYSQL_RANDOM_ROOT_PASSWORD: "1" },
      volumes: { mysql: "/var/lib/mysql" },
      aliases: ["db"],
      validations: { ready: { answers: sql("SELECT 1", { timeout: "20s", level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    phpmyadmin: httpService({
      image: "phpmyadmin:5",
      port: 80,
      // changed: ports: 80 is published on 127.0.0.1 at the environment's portBase + 81, not on port 8081
      publish: 81,
      env: { PMA_HOST: "db" },
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});
