/** A probe that checks what a health check checked. */
export type ImportedProbe =
  | { readonly kind: "sql"; readonly statement: string }
  | { readonly kind: "ping" }
  | { readonly kind: "amqp" | "brokers" }
  | { readonly kind: "query"; readonly statement: string }
  | {
      readonly kind: "http";
      readonly method: "GET" | "POST";
      readonly port: number;
      readonly path: `/${string}`;
      readonly headers: Readonly<Record<string, string>>;
      /** What the check accepts, in words. */
      readonly accepts: string;
    }
  | { readonly kind: "grpc"; readonly port: number; readonly service: string | undefined }
  | { readonly kind: "tcp" | "memcached"; readonly port: number };
