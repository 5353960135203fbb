// The process of one npm contestant: node worker.mjs ADAPTER FOLDER. See worker.py, whose twin it is.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const [, , name, folder] = process.argv
const require = createRequire(`${folder}/package.json`)

const each = call => pairs => () => {
  for (const [a, b] of pairs) call(a, b)
}

/** An edit `[position, deleted, inserted]` as an operation of ot-text-unicode. */
const operation = ([place, deleted, inserted]) => [
  ...(place ? [place] : []),
  ...(inserted ? [inserted] : []),
  ...(deleted ? [{ d: [...deleted].length }] : []),
]

function composedInPairs(compose, ops) {
  while (ops.length > 1) {
    const pairs = []
    for (let at = 0; at + 1 < ops.length; at += 2) pairs.push(compose(ops[at], ops[at + 1]))
    if (ops.length % 2) pairs.push(ops.at(-1))
    ops = pairs
  }
  return ops[0]
}

const adapters = {
  'ot-text-unicode': () => {
    const { type } = require('ot-text-unicode')
    return {
      transform: each((a, b) => {
        type.transform(a, b, 'left')
        type.transform(b, a, 'right')
      }),
      compose: each(type.compose),
      'compose all': edits => {
        const ops = edits.map(operation)
        return () => type.apply('', composedInPairs(type.compose, ops))
      },
    }
  },

  // Its operations reach to the end of the document, whose length has to be known, and count UTF-16.
  ot: () => {
    const { TextOperation } = require('ot')
    const made = (op, length) => {
      const result = new TextOperation()
      for (const one of op) {
        if (typeof one === 'number') result.retain(one)
        else if (typeof one === 'string') result.insert(one)
        else result.delete(one.d)
      }
      return result.retain(length - result.baseLength)
    }
    const reach = op => op.reduce((sum, one) => sum + (one.d ?? (typeof one === 'number' ? one : 0)), 0)
    const growth = op => op.reduce((sum, one) => sum + (one.length ?? (one.d ? -one.d : 0)), 0)
    const edited = (edits, length) =>
      edits.map(edit => {
        const op = made(operation(edit), length)
        length = op.targetLength
        return op
      })
    return {
      transform: pairs => {
        const ready = pairs.map(([a, b]) => [a, b].map(op => made(op, Math.max(reach(a), reach(b)))))
        return each(TextOperation.transform)(ready)
      },
      compose: pairs => {
        const ready = pairs.map(([a, b]) => {
          const length = Math.max(reach(a), reach(b) - growth(a))
          return [made(a, length), made(b, length + growth(a))]
        })
        return each((a, b) => a.compose(b))(ready)
      },
      'compose all': edits => {
        const ops = edited(edits, 0)
        return () => composedInPairs((a, b) => a.compose(b), ops).apply('')
      },
    }
  },

  'quill-delta': () => {
    const Delta = require('quill-delta').default ?? require('quill-delta')
    return {
      'rich transform': pairs =>
        each((a, b) => {
          b.transform(a, true)
          a.transform(b, false)
        })(pairs.map(pair => pair.map(op => new Delta(op)))),
    }
  },

  // The edits of a branch, or of a replay, are one transaction.
  yjs: () => {
    const Y = require('yjs')
    const edit = (document, edits) => {
      const text = document.getText('text')
      document.transact(() => {
        for (const [place, deleted, inserted] of edits) {
          if (deleted) text.delete(place, deleted.length)
          if (inserted) text.insert(place, inserted)
        }
      })
      return text.toString()
    }
    return {
      replay: edits => () => edit(new Y.Doc(), edits),
      merge: ({ document, ours, theirs }) => {
        const base = new Y.Doc()
        edit(base, [[0, '', document]])
        const state = Y.encodeStateAsUpdate(base)
        return () => {
          const [own, other] = [ours, theirs].map(edits => {
            const copy = new Y.Doc()
            Y.applyUpdate(copy, state)
            edit(copy, edits)
            return copy
          })
          Y.applyUpdate(own, Y.encodeStateAsUpdate(other, Y.encodeStateVector(own)))
          return own.getText('text').toString().length
        }
      },
    }
  },
}

const kinds = adapters[name]()
const prepared = new Map()

function answer({ kind, cases, seconds: least }) {
  if (!prepared.has(cases)) prepared.set(cases, kinds[kind](JSON.parse(readFileSync(cases, 'utf8'))))
  const run = prepared.get(cases)
  const started = process.cpuUsage()
  for (let times = 1; ; times += 1) {
    const result = run()
    const { user, system } = process.cpuUsage(started)
    const seconds = (user + system) / 1e6
    if (seconds >= least) return { seconds: seconds / times, result: digest(result) }
  }
}

function digest(result) {
  if (typeof result === 'string') return createHash('sha256').update(result).digest('hex')
  return result === undefined ? null : String(result)
}

const say = answered => process.stdout.write(`${JSON.stringify(answered)}\n`)
say({ kinds: Object.keys(kinds).sort(), compiled: false })
for await (const line of createInterface({ input: process.stdin })) say(answer(JSON.parse(line)))
