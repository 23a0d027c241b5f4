import { Pareta } from "pareta";

const pa = Pareta.fromEnv();

// 1. Find a task for your intent.
const match = await pa.tasks.match("pull key fields out of contracts");
const taskId = match.chosen?.taskId; // e.g. "contract-key-fields"

// 2. Deploy the recommended open model (no GPU knob).
const ep = await pa.endpoints.deploy({ task: taskId, model: "recommended", wait: true });
console.log(`live: ${ep.id} serving ${ep.model}`);

// 3. Run metered inference (debits the org balance).
const resp = await pa.chat.completions.create({
  model: ep.id,
  messages: [{ role: "user", content: "Extract the governing-law clause." }],
});
console.log(resp.choices[0].message.content);

// 4. Check what it cost and how it performed.
console.log(await pa.endpoints.metrics(ep.id).cost());

// 5. Stop it to pause spend (or delete it to remove it).
await pa.endpoints.stop(ep.id);
