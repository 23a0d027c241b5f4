const ep = await pa.endpoints.deploy({ task: "contract-key-fields", wait: true });

console.assert(ep.isLive); // status == "live"
console.log(ep.id); // pass this to chat.completions.create({ model })
console.log(ep.model); // per-task public alias that got deployed
console.log(ep.url); // OpenAI-compatible inference URL

// Use it immediately — metered against your org balance.
const resp = await pa.chat.completions.create({
  model: ep.id,
  messages: [{ role: "user", content: "Extract the parties and effective date." }],
});
console.log(resp.choices[0].message.content);
