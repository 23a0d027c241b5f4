# Every endpoint your org can access.
for ep in pa.endpoints.list():
    print(ep.id, ep.status, ep.task, ep.model)

# One endpoint by id.
ep = pa.endpoints.retrieve("ep_a1b2c3")
print(ep.is_live, ep.url)
