// Answers batches of cases. Before each case its number is put where the main thread sees it, however long
// the case may take.

import { parentPort, workerData } from 'node:worker_threads'
import { answer, types } from './types.mjs'

const progress = new Int32Array(workerData)

parentPort.on('message', ({ type, cases }) => {
  parentPort.postMessage(
    cases.map((one, number) => {
      Atomics.store(progress, 0, number)
      return answer(types[type], one)
    }),
  )
})
