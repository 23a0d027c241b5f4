const m = pa.endpoints.metrics("ep_a1b2c3"); // handle is NOT awaited

await m.performance(); // p50/p95/p99 latency
await m.uptime(); // availability
await m.cost(); // per-endpoint spend + vs-frontier savings
await m.quality(); // judge windows
await m.activity(); // usage stats

// Params pass straight through to the query string:
await m.performance({ window: "24h" });
await m.cost({ group_by: "day" });
