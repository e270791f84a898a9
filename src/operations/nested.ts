// Lists and objects of tensors, as loops carry them from round to round.

import { describeValue, fail } from '../errors.ts'
import { isOptions } from '../util/options.ts'
import type { Operand } from './operation.ts'

type Leaf = Operand | null | undefined

/** Calls `fn` with the tensors that stand at the same place in values of one form; null stays null. */
export function atEach(
  name: string,
  values: readonly unknown[],
  fn: (leaves: readonly Operand[]) => unknown,
): unknown {
  const [first] = values
  const alike = (fits: boolean): void => {
    if (!fits)
      fail(name, {
        expected: 'results of one form, tensors or lists and objects of as many',
        got: values.map(describeValue).join(' and '),
      })
  }
  if (Array.isArray(first)) {
    alike(values.every((value) => Array.isArray(value) && value.length === first.length))
    return first.map((_, i) =>
      atEach(
        name,
        values.map((value) => (value as readonly unknown[])[i]),
        fn,
      ),
    )
  }
  if (isOptions(first)) {
    const keys = Object.keys(first)
    alike(values.every((value) => isOptions(value) && Object.keys(value).join() === keys.join()))
    const part = (key: string) => values.map((value) => (value as Readonly<Record<string, unknown>>)[key])
    return Object.fromEntries(keys.map((key) => [key, atEach(name, part(key), fn)]))
  }
  if (first === null || first === undefined) {
    alike(values.every((value) => value === null || value === undefined))
    return null
  }
  return fn(values as readonly Operand[])
}

/** The tensors of a value. */
export function leavesOf(value: unknown): readonly Operand[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf)
  if (isOptions(value)) return Object.values(value).flatMap(leavesOf)
  return (value as Leaf) === null || value === undefined ? [] : [value as Operand]
}
