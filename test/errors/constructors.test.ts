/**
 * Every public name with a capital letter is a class to its users: it makes the same with `new` as without, knows its objects behind
 * `instanceof`, and is extended or refuses to be.
 */
import { expect, test } from 'vitest'
import * as data from '../../src/data.ts'
import * as api from '../../src/index.ts'
import { SymbolicTensor } from '../../src/layers/symbolicTensor.ts'
import { requiredOf } from '../support/publicApi/requiredOfLayers.ts'

type Class = { new (...args: readonly unknown[]): object; (...args: readonly unknown[]): object }

const namespaces = Object.values(api).filter((value) => Object(value)[Symbol.toStringTag] === 'Module')
const isClass = ([name, value]: readonly [string, unknown]): boolean =>
  typeof value === 'function' && /^[A-Z]/.test(name)
const classes = [api, data, ...namespaces].flatMap((owner) => Object.entries(owner)).filter(isClass)
/** Each once, by its first name. */
const byClass = new Map(classes.map(([name, made]) => [made as Class, name]).reverse() as [Class, string][])

/** What JavaScript itself makes with `new` alone: classes that users extend, and errors. */
const WITH_NEW_ALONE = [
  'Callback',
  'Constraint',
  'FormatError',
  'Initializer',
  'LearningRateSchedule',
  'Metric',
  'RecurraError',
  'Regularizer',
]
/** Classes that say so themselves. */
const BASES = ['Cell', 'Layer', 'Loss']

/** What a call says: its error's text, or the kind of what it made. */
function outcomeOf(call: () => object): string {
  api.clearSession()
  try {
    return String(Object.getPrototypeOf(call()).constructor.name)
  } catch (error) {
    expect(error).toBeInstanceOf(api.RecurraError)
    return (error as Error).message
  }
}

const everyClass = [...byClass].map(([made, name]) => ({ name, made }))
const withoutNew = everyClass.filter(({ name }) => ![...WITH_NEW_ALONE, ...BASES].includes(name))

test('all are looked at', () => {
  expect(withoutNew.length).toBeGreaterThan(150)
})

test.each(BASES)('%s says that it is extended', (name) => {
  const [made] = everyClass.flatMap((each) => (each.name === name ? [each.made] : []))
  expect(outcomeOf(() => made?.() ?? {})).toContain(`Write class Mine extends ${name} { … }`)
})

/** Arguments with which most can be made, and some that are wrong. */
const ARGUMENTS = [[], [2], [0.5], [2, 3], [[1, 2]], [{ name: 'mine' }], [{ nme: 'mine' }], ['a']]

/** Calls of a class that make something or say what is wrong. */
const callsOf = (name: string): readonly (readonly unknown[])[] => [...ARGUMENTS, [requiredOf(name)]]

/** What a call makes; undefined where it says that it is wrong. */
function madeBy(call: () => object): object | undefined {
  try {
    return call()
  } catch (error) {
    expect(error).toBeInstanceOf(api.RecurraError)
    return undefined
  }
}

test('with new each makes the same as without', () => {
  const differing = withoutNew.flatMap(({ name, made }) =>
    callsOf(name)
      .filter((args) => outcomeOf(() => new made(...args)) !== outcomeOf(() => made(...args)))
      .map((args) => `${name}: ${JSON.stringify(args)}`),
  )
  expect(differing).toEqual([])
})

test('each knows its objects', () => {
  const wrong = withoutNew.flatMap(({ name, made }) => {
    const objects = callsOf(name).flatMap((args) => madeBy(() => made(...args)) ?? [])
    const isKnown = (object: object): boolean => object instanceof made || object instanceof SymbolicTensor
    const others: readonly unknown[] = [{}, null, 3]
    return objects.every(isKnown) && !others.some((other) => other instanceof made) ? [] : [name]
  })
  expect(wrong).toEqual([])
})

/** Whether a class may be extended: JavaScript refuses one without a prototype, which in Node says what to extend instead. */
function isExtended(made: { readonly prototype: unknown }): boolean {
  try {
    return made.prototype !== undefined
  } catch (error) {
    if (error instanceof api.RecurraError) return false
    throw error
  }
}

test('each is extended, or says that it is not', () => {
  const lost = everyClass.flatMap(({ name, made }) => {
    if (!isExtended(made)) return []
    class Mine extends (made as { new (...args: readonly unknown[]): object }) {
      hook(): string {
        return 'mine'
      }
    }
    const objects = callsOf(name).flatMap((args) => madeBy(() => new Mine(...args)) ?? [])
    return objects.every((object) => (object as Mine).hook?.() === 'mine') ? [] : [name]
  })
  expect(lost).toEqual([])
})
