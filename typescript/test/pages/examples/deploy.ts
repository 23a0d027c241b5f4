const ep = await pa.endpoints.deploy({
  task: "contract-key-fields",
  model: "recommended", // default — Pareta picks the task's best open model
  wait: true,
});
console.log(ep.id, ep.status, ep.url); // e.g. "ep_a1b2c3 live https://…"
