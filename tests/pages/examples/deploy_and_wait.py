ep = pa.endpoints.deploy(task="contract-key-fields", wait=True)

assert ep.is_live # status == "live"
print(ep.id) # pass this to chat.completions.create(model=…)
print(ep.model) # per-task public alias that got deployed
print(ep.url) # OpenAI-compatible inference URL

# Use it immediately — metered against your org balance.
resp = pa.chat.completions.create(
    model=ep.id,
    messages=[{"role": "user", "content": "Extract the parties and effective date."}],
)
print(resp.choices[0].message.content)
