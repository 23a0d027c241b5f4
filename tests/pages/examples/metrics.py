m = pa.endpoints.metrics("ep_a1b2c3")

m.performance() # p50/p95/p99 latency
m.uptime() # availability
m.cost() # per-endpoint spend + vs-frontier savings
m.quality() # judge windows
m.activity() # usage stats

# Params pass straight through to the query string:
m.performance(window="24h")
m.cost(group_by="day")
