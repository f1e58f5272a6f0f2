import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import { EnvironmentError, readEnvironment } from "./environment.ts";
import { reasonOf } from "./failure-reason.ts";
import type { HealthChecks } from "./health-checks.ts";
import { healthRoutes } from "./health-routes.ts";
import { type LogLevel, createHttpServer } from "./http-server.ts";
import { createInitialisation, type Initialisation, type InitialisationStep } from "./initialisation.ts";
import { logLine } from "./json-log.ts";
import { closeOnSignal } from "./shutdown.ts";

/** What makes an application, beside its routes. */
export interface Application {
  readonly checks: HealthChecks;
  readonly initialisation: readonly InitialisationStep[];
  /** Lets go of clients and sockets, after the server has stopped taking requests. */
  close(): Promise<void>;
}

export interface ApplicationContext<Environment> {
  readonly environment: Environment;
  readonly server: FastifyInstance;
  readonly initialisation: Initialisation;
}

/** Settings of an application: at least where it listens, and how much it says. */
type ApplicationSchema = z.ZodObject<{ PORT: z.ZodType<number>; LOG_LEVEL: z.ZodType<LogLevel> }>;

interface ApplicationDefinition<Schema extends ApplicationSchema> {
  readonly service: string;
  readonly schema: Schema;
  /** Registers routes and makes clients; connecting is the initialisation's work. */
  build(context: ApplicationContext<z.infer<Schema>>): Application;
}

/**
 * Runs an application: settings first, then the listener (so that /health answers early), then the
 * initialisation. Ends the process on SIGTERM, and with exit code 1 on an error that nobody handles.
 */
export async function runApplication<Schema extends ApplicationSchema>(
  definition: ApplicationDefinition<Schema>,
): Promise<void> {
  const { service } = definition;
  const exitWith = (message: string, fields: Readonly<Record<string, unknown>>): never => {
    logLine(service, "fatal", message, fields);
    process.exit(1);
  };
  process.on("uncaughtException", (error) => {
    exitWith("unhandled error", { reason: reasonOf(error), stack: error.stack ?? "" });
  });

  const environment = environmentOf(definition, exitWith);
  const server = createHttpServer(service, environment.LOG_LEVEL);
  const initialisation = createInitialisation({
    onProgress: ({ step, ms, reason }) => {
      if (reason === undefined) server.log.info({ step, ms }, "initialisation step done");
      else server.log.warn({ step, ms, reason }, "initialisation step waits");
    },
  });
  const application = definition.build({ environment, server, initialisation });
  healthRoutes(server, { service, checks: application.checks, initialisation });
  closeOnSignal(server.log, async () => {
    initialisation.stop();
    await server.close();
    await application.close();
  });

  const { PORT } = environment;
  const listenTextResolver = (address: string) =>
    `listening at ${address} after ${Math.round(performance.now())}ms`;
  await server
    .listen({ host: "0.0.0.0", port: PORT, listenTextResolver })
    .catch((error: unknown) => exitWith("cannot listen", { port: PORT, reason: reasonOf(error) }));
  await initialisation.run(application.initialisation);
  if (initialisation.status().done) server.log.info({ ms: initialisation.status().ms }, "ready");
}

function environmentOf<Schema extends ApplicationSchema>(
  { schema }: ApplicationDefinition<Schema>,
  exitWith: (message: string, fields: Readonly<Record<string, unknown>>) => never,
): z.infer<Schema> {
  try {
    return readEnvironment(schema, process.env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return exitWith("environment not usable", { problems: error.problems });
  }
}
