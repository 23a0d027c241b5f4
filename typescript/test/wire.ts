// A server of raw bytes: each request is answered by the next step of a script, to the byte and to the hang-up.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

export interface Received {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: string;
}

/** What the server does with a request; the last step counts for all that follow. */
export type Step = (socket: Socket) => unknown;

export class Wire {
  readonly received: Received[] = [];
  readonly sockets: Socket[] = [];
  readonly #server: Server;

  private constructor(script: Step[]) {
    this.#server = createServer((socket) => {
      let text = "";
      socket.setNoDelay(true);
      this.sockets.push(socket);
      socket.on("error", () => {}); // The client hung up.
      socket.on("data", (piece) => {
        text += piece.toString("latin1");
        for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
          const [first = "", ...lines] = text.slice(0, end).split("\r\n");
          const headers = Object.fromEntries(
            lines.map((line) => line.split(/:\s*(.*)/, 2)).map(([k, v]) => [k?.toLowerCase(), v]),
          );
          const length = Number(headers["content-length"] ?? 0);
          if (text.length < end + 4 + length) return;
          const body = Buffer.from(text.slice(end + 4, end + 4 + length), "latin1").toString();
          text = text.slice(end + 4 + length);
          const [method = "", target = ""] = first.split(" ");
          this.received.push({ method, target, headers, body });
          void script[Math.min(this.received.length, script.length) - 1]?.(socket);
        }
      });
    });
  }

  static async start(...script: Step[]): Promise<Wire> {
    const wire = new Wire(script);
    wire.#server.listen(0, "127.0.0.1");
    await once(wire.#server, "listening");
    return wire;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

export const act = {
  close: (socket: Socket) => socket.end(),
  reset: (socket: Socket) => socket.resetAndDestroy(),
  silence: () => {},
};

/** Return a whole answer. */
export function answer(
  body: unknown,
  {
    status = "200 OK",
    headers = {},
    length,
  }: { status?: string; headers?: Record<string, string>; length?: number } = {},
): Step {
  const content = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const type = content.length ? { "content-type": "application/json" } : {};
  const size = status.startsWith("204") ? {} : { "content-length": String(length ?? content.length) };
  const all = { "x-request-id": "req_wire", ...type, ...size, ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return (socket) => {
    socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${head.join("")}\r\n`), content]));
    if (length !== undefined) socket.end();
  };
}

/** Return a stream: pieces, a chunk each, and how it ends. */
export function stream(
  pieces: (string | Buffer)[],
  { end = "done", headers = {} }: { end?: "done" | keyof typeof act; headers?: Record<string, string> } = {},
): Step {
  const all = {
    "content-type": "text/event-stream",
    "transfer-encoding": "chunked",
    "x-request-id": "req_wire",
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return async (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${head.join("")}\r\n`);
    for (const piece of pieces) {
      const bytes = Buffer.from(piece as string);
      socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]));
    }
    if (end === "done") socket.write("0\r\n\r\n");
    else {
      await wait(50); // A reset may overtake the bytes before it.
      act[end](socket);
    }
  };
}
