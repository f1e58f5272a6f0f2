import { z } from "zod";
import { excerpt } from "../../core/excerpt.ts";
import type { Json } from "../../core/json.ts";
import { jsonSchema } from "../../core/json.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import { pathSchema } from "../probe-parts/network.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import type { PlaceOptions } from "../probe-parts/place.ts";
import { placed, placeOf, placeSchemas } from "../probe-parts/place.ts";
import type { Text } from "../text.ts";
import { textSchema } from "../text.ts";
import { tlsTexts } from "../tls.ts";

export const websocket = probeKind(
  "websocket",
  {
    path: pathSchema,
    ...placeSchemas,
    headers: z.record(z.string(), textSchema),
    /** The message sent once the connection is open: a text as it is, anything else as JSON. */
    send: jsonSchema.optional(),
    /** What a message that comes back must be: a text exactly, anything else as the part of a JSON message. */
    expect: jsonSchema.optional(),
  },
  {
    speaks: "http",
    at: placeOf,
    texts: ({ headers, https }) => [...Object.values(headers), ...tlsTexts(https)],
    describe: ({ path }) => `the WebSocket ${excerpt(path, 60)}`,
  },
);
export interface DeclaredWebsocket extends DeclaredAs<typeof websocket> {}

/**
 * Opens a WebSocket and, with `send`, sends a message and waits for the answer expected.
 * @example webSocket("/ws/test", { send: { type: "ping" }, expect: { type: "pong" } })
 */
export function webSocket(
  path: `/${string}`,
  options?: ProbeOptions &
    PlaceOptions & {
      readonly headers?: Readonly<Record<string, Text>>;
      readonly send?: Json;
      readonly expect?: Json;
    },
): DeclaredWebsocket {
  return { headers: {}, ...placed(made({ kind: "websocket", path }, options)) };
}
