import { words } from "./names.js";
import { type OperationId, operationOf } from "./operations.js";

/** Options of a call, which stand in the argument after the parameters; `query` and `body` may be parameters too. */
const OPTIONS = words("timeout deadline maxRetries maxBytes headers idempotencyKey signal");

/** Throw for a parameter that is a declared one in another style, such as `maxTokens`, or an option of the call. */
export function refuseSlips(id: OperationId, given: object): void {
  const declared = words(operationOf(id).takes);
  for (const name in given) {
    const meant = [...declared, ...OPTIONS].find((each) => plain(each) === plain(name));
    if (meant && !declared.includes(name)) {
      const where = declared.includes(meant) ? meant : `the option ${meant}, in the next argument`;
      throw new TypeError(`no parameter is called ${name}: did you mean ${where}? Nothing was sent.`);
    }
  }
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}
