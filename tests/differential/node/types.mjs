// The npm packages behind one face: documents and operations are JSON values, and nothing is mutated.

import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const text = require('ot-text-unicode').type
const json0 = require('ot-json0').type
const json1 = require('ot-json1').type
const Delta = require('quill-delta').default ?? require('quill-delta')

const copy = value => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))

/** The offsets that an operation of json0 edits, for `transformCursor` of text0: in a document that is a string. */
const asText0 = op =>
  op.flatMap(({ p, si, sd, o }) => o ?? [si === undefined ? { p: p[0], d: sd } : { p: p[0], i: si }])

export const types = {
  text: {
    apply: (doc, op) => text.apply(doc, op),
    transform: (op, other, side) => text.transform(op, other, side),
    compose: (op, later) => text.compose(op, later),
    invert: (op, doc) => text.invertWithDoc(op, doc),
    position: (position, op) => text.transformPosition(position, op),
  },
  'rich-text': {
    apply: (doc, op) => new Delta(doc).compose(new Delta(op)).ops,
    // The sides are those of the package rich-text: in Delta, true means that the other came first.
    transform: (op, other, side) => new Delta(other).transform(new Delta(op), side === 'left').ops,
    compose: (op, later) => new Delta(op).compose(new Delta(later)).ops,
    invert: (op, doc) => new Delta(op).invert(new Delta(doc)).ops,
    position: (position, op, side) => new Delta(op).transformPosition(position, side === 'left'),
  },
  json1: {
    apply: (doc, op) => json1.apply(doc, op),
    transform: (op, other, side) => json1.transformNoConflict(op, other, side),
    compose: (op, later) => json1.compose(op, later),
    invert: (op, doc) => json1.invertWithDoc(op, doc),
    position: (position, op) => json1.transformPosition(position, op),
  },
  json0: {
    apply: (doc, op) => json0.apply(doc, op),
    transform: (op, other, side) => json0.transform(op, other, side),
    compose: (op, later) => json0.compose(op, later),
    invert: op => json0.invert(op),
    position: (position, op, side) =>
      require('ot-json0/lib/text0').transformCursor(position, asText0(op), side),
  },
}

/**
 * What a package makes of a case: each field is `{v: value}`, `{}` where there is no document, or `{e: message}`.
 * `ours` are operations that the Python type made of the same case, to be applied.
 */
export function answer(type, { doc, a, b, c, positions, ours }) {
  const found = {}
  const known = { doc }
  const need = name => {
    if (found[name]?.e !== undefined) throw Error(`without ${name}: ${found[name].e}`)
    return copy(known[name])
  }
  const set = (name, make) => {
    try {
      known[name] = copy(make())
      found[name] = known[name] === undefined ? {} : { v: known[name] }
    } catch (error) {
      found[name] = { e: String(error) }
    }
  }
  const op = value => copy(value)
  set('after_a', () => type.apply(need('doc'), op(a)))
  set('after_b', () => type.apply(need('doc'), op(b)))
  set('after_c', () => type.apply(need('after_a'), op(c)))
  for (const side of ['left', 'right']) {
    set(`a_${side}`, () => type.transform(op(a), op(b), side))
    set(`b_${side}`, () => type.transform(op(b), op(a), side))
  }
  set('a_c', () => type.compose(op(a), op(c)))
  set('inv_a', () => type.invert(op(a), need('doc')))
  set('inv_c', () => type.invert(op(c), need('after_a')))
  set('inv_a_c', () => type.invert(need('a_c'), need('doc')))
  set('merged', () => type.apply(need('after_a'), need('b_right')))
  set('merged_b_first', () => type.apply(need('after_b'), need('a_left')))
  set('swapped', () => type.apply(need('after_a'), need('b_left')))
  set('swapped_b_first', () => type.apply(need('after_b'), need('a_right')))
  set('composed', () => type.apply(need('doc'), need('a_c')))
  set('restored', () => type.apply(need('after_a'), need('inv_a')))
  set('positions', () =>
    positions.map(([position, key, side]) => type.position(copy(position), op({ a, b, c }[key]), side)),
  )
  for (const [name, [from, made]] of Object.entries(ours)) {
    set(`ours_${name}`, () => type.apply(need(from), op(made)))
  }
  return found
}
