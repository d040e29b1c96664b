// What a provider keeps that holds a token: bytes that this process alone has in memory, for each of many.
import { readFileSync } from "node:fs";
import { call, provider, show } from "./callers.mjs";

const PROVIDERS = 1000;

function privateBytes() {
  globalThis.gc();
  return Number(/^Private_Dirty:\s+(\d+)/m.exec(readFileSync("/proc/self/smaps_rollup", "utf8"))[1]) * 1024;
}

const kept = [];
async function keep(count) {
  for (let number = 0; number < count; number += 1) {
    const tokens = await provider();
    await call(tokens);
    kept.push(tokens);
  }
}

// What is allocated once, whatever their number.
await keep(50);
const before = privateBytes();
await keep(PROVIDERS);
show({ memory_bytes: [(privateBytes() - before) / PROVIDERS] });
