// Every endpoint your org can access.
for (const ep of await pa.endpoints.list()) {
  console.log(ep.id, ep.status, ep.task, ep.model);
}

// One endpoint by id.
const ep = await pa.endpoints.retrieve("ep_a1b2c3");
console.log(ep.isLive, ep.url);
