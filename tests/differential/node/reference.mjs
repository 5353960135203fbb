// Reads batches of cases as JSON, one a line, and writes the answers to each, one line a batch.
//
// The packages run in a worker. A case that takes longer than the deadline, or all the memory, is cut off
// with it: its answer is {hangs: true}, and a new worker goes on behind it.

import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'

const DEADLINE = Number(process.argv[2] ?? 2000) // milliseconds that one case may take
const MEMORY = 512 // MiB

let worker
let progress

function start() {
  const shared = new SharedArrayBuffer(4)
  progress = new Int32Array(shared)
  worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    workerData: shared,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
  })
}

/** The answers to a batch, or the number of the case that is stuck: the worker is another one then. */
function attempt(batch) {
  return new Promise(resolve => {
    const asked = worker
    let last = -1
    const end = result => {
      clearInterval(timer)
      asked.off('message', answer)
      asked.off('error', cut)
      resolve(result)
    }
    const answer = answers => end({ answers })
    const cut = () => {
      end({ stuck: Atomics.load(progress, 0) })
      void asked.terminate()
      start()
    }
    const timer = setInterval(() => {
      const now = Atomics.load(progress, 0)
      if (now === last) cut()
      last = now
    }, DEADLINE)
    Atomics.store(progress, 0, 0)
    asked.on('message', answer)
    asked.on('error', cut)
    asked.postMessage(batch)
  })
}

async function answered({ type, cases }) {
  if (cases.length === 0) return []
  const { answers, stuck } = await attempt({ type, cases })
  if (answers) return answers
  const before = await answered({ type, cases: cases.slice(0, stuck) })
  const after = await answered({ type, cases: cases.slice(stuck + 1) })
  return [...before, { hangs: true }, ...after]
}

start()
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answered(JSON.parse(line)))}\n`)
}
await worker.terminate()
