let endpoint = null;
for await (const ev of pa.endpoints.deploy({ task: "contract-key-fields" })) {
  if (ev.event === "progress") {
    // data carries the deploy stage status, e.g. { stage: "pulling weights", pct: 45 }
    console.log("progress:", ev.data);
  } else if (ev.event === "complete") {
    endpoint = ev.data.endpoint; // the live endpoint payload (object)
    console.log("live:", endpoint);
  } else if (ev.event === "error") {
    // The SDK throws ParetaError for you on wait: true; here you handle it.
    throw new Error(ev.data?.message ?? "deploy failed");
  }
}
