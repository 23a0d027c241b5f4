endpoint = None
for ev in pa.endpoints.deploy(task="contract-key-fields"):
    if ev["event"] == "progress":
        # data carries the deploy stage status, e.g. {"stage": "pulling weights", "pct": 45}
        print("progress:", ev["data"])
    elif ev["event"] == "complete":
        endpoint = ev["data"]["endpoint"] # the live endpoint payload (dict)
        print("live:", endpoint)
    elif ev["event"] == "error":
        # The SDK raises ParetaError for you on wait=True; here you handle it.
        raise RuntimeError(ev["data"].get("message", "deploy failed"))
