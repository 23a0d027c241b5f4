// There is no AsyncPareta in TS — the one `Pareta` client is already
// Promise-based, so the sync/async split simply doesn't exist here.
import { Pareta } from "pareta";

const pa = Pareta.fromEnv();

// wait: true awaits the deploy and resolves the live Endpoint.
const ep = await pa.endpoints.deploy({ task: "contract-key-fields", wait: true });

// wait: false returns an async progress-event iterator.
for await (const ev of pa.endpoints.deploy({ task: "contract-key-fields" })) {
  if (ev.event === "complete") {
    console.log("live:", ev.data.endpoint);
  }
}

const m = pa.endpoints.metrics(ep.id); // NOT awaited — returns the handle
console.log(await m.performance()); // the dimension call IS awaited

await pa.endpoints.stop(ep.id);
