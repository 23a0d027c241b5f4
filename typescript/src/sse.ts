/**
 * Decodes a stream of server-sent events, however its bytes are split, as the WHATWG HTML standard says.
 *
 * Comments, unknown fields and events without data are ignored; bytes that are not UTF-8 are replaced; an event that
 * the end cuts off is dropped. `take` gets each event; `refuse`, which throws, that a line or an event is too long.
 */
export function eventDecoder(
  maxBytes: number,
  take: (name: string, data: string) => void,
  refuse: (reason: string) => void,
): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder(); // It removes the byte order mark.
  let line = ""; // What has come of the current line.
  let afterCr = false;
  let name = "";
  let data: string | null = null;

  function check({ length }: string, part: number, what: string): void {
    const limit = maxBytes / part;
    if (length > limit) refuse(`${what} is longer than ${limit} characters`);
  }

  function endLine(): void {
    check(line, 4, "a line");
    const start = line.indexOf(":") + 1 || line.length + 1; // Of the value; without a colon there is none.
    const field = line.slice(0, start - 1);
    const value = line.slice(line[start] === " " ? start + 1 : start);
    if (field === "event") name = value;
    else if (field === "data") {
      data = data === null ? value : `${data}\n${value}`;
      check(data, 2, "an event");
    } else if (!line) {
      if (data !== null) take(name || "message", data);
      data = null;
      name = "";
    }
    line = "";
  }

  return (bytes) => {
    let text = decoder.decode(bytes, { stream: true });
    if (afterCr && text) {
      afterCr = false;
      if (text[0] === "\n") text = text.slice(1); // Its CR has ended the line.
    }
    if (text.includes("\r")) {
      afterCr = text.endsWith("\r");
      text = text.replace(/\r\n?/g, "\n");
    }
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      line += text.slice(start, end);
      start = end + 1;
      endLine();
    }
    line += text.slice(start);
    check(line, 4, "a line");
  };
}
