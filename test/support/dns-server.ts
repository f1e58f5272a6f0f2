import { createSocket } from "node:dgram";

/** What a name server says to a question: addresses, a refusal by its number, bytes of any kind, or nothing. */
export type DnsAnswer =
  | { readonly addresses: readonly string[] }
  | { readonly code: number }
  | { readonly bytes: Buffer }
  | "silence";

/** The types of records that are asked for. */
export type RecordType = "A" | "AAAA";

/** A name server on the loopback interface. */
export interface DnsServer {
  /** As a probe names it: "127.0.0.1:5353". */
  readonly address: string;
  /** The questions so far, "shop. A". */
  readonly questions: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listens on a free UDP port and answers every question as given (RFC 1035). */
export async function serveDns(answerTo: (name: string, type: RecordType) => DnsAnswer): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (query, { port, address }) => {
    const { name, type, end } = questionIn(query);
    questions.push(`${name} ${type}`);
    const answer = answerTo(name, type);
    if (answer === "silence") return;
    const reply = "bytes" in answer ? answer.bytes : response(query, end, answer);
    socket.send(reply, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function questionIn(query: Buffer): { name: string; type: RecordType; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), type: query.readUInt16BE(at + 1) === 28 ? "AAAA" : "A", end: at + 5 };
}

function response(
  query: Buffer,
  questionEnd: number,
  answer: { readonly addresses: readonly string[] } | { readonly code: number },
): Buffer {
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | ("code" in answer ? answer.code : 0), 2);
  const records = "addresses" in answer ? answer.addresses.map(record) : [];
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, query.subarray(12, questionEnd), ...records]);
}

/** A record for the name of the question: a pointer to it, type, class, time to live, length, address. */
function record(address: string): Buffer {
  const v6 = address.includes(":");
  const bytes = v6
    ? Buffer.from(
        address
          .split(":")
          .map((part) => part.padStart(4, "0"))
          .join(""),
        "hex",
      )
    : Buffer.from(address.split(".").map(Number));
  const head = Buffer.from([0xc0, 12, 0, v6 ? 28 : 1, 0, 1, 0, 0, 0, 60, 0, bytes.length]);
  return Buffer.concat([head, bytes]);
}
