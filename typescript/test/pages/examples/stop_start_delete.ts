await pa.endpoints.stop("ep_a1b2c3"); // pause a live endpoint
await pa.endpoints.start("ep_a1b2c3"); // resume a stopped one
await pa.endpoints.delete("ep_a1b2c3"); // remove it (returns void)
