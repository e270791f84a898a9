// Wrong calls of the public API in turn, and whether the model that they were made on trains on as if they had not been.

import { expect } from 'vitest'
import * as api from '../../src/index.ts'
import { loadEveryName } from '../../src/training/everyName.ts'
import { Generator } from '../../src/util/generator.ts'
import { failureOf } from './expectError.ts'
import { junk, type Kind } from './kinds.ts'
import { weightsOf } from './models.ts'
import type { PublicCall } from './publicApi/index.ts'
import { uniform } from './values.ts'

const [x, y] = [uniform([3, 4, 2], -1, 1, 1), uniform([3, 2], -1, 1, 3)]

// As in Node: a model that is compiled with any name has its optimizer at once.
loadEveryName()

export function build(): api.SequentialModel {
  api.setSeed(1)
  const model = api.Sequential([api.LSTM(3, { inputShape: [4, 2] }), api.Dense(2)], { name: 'victim' })
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
  return model
}

async function train(model: api.SequentialModel): Promise<number[]> {
  api.setSeed(2)
  const { history } = await model.fit(x, y, { epochs: 2, batchSize: 2, verbose: 0 })
  return [...Object.values(history).flatMap((values) => values ?? []), ...(await weightsOf(model))]
}

export const isMeant = (error: unknown): boolean => error instanceof api.RecurraError
export const describeFailure = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : 'accepted'

export const show = (value: unknown): string => {
  try {
    return JSON.stringify(value, (_, inner) =>
      typeof inner === 'object' || inner === null ? inner : String(inner),
    ).slice(0, 60)
  } catch {
    return 'a cyclic array'
  }
}

/** The most letters of an error, whatever it was given. */
const MAX_LETTERS = 2000

/** One argument of a call, or one of its options. */
interface Place {
  readonly call: PublicCall
  readonly at: number | string
  readonly kind: Kind
}

export const placesOf = (call: PublicCall): Place[] => [
  ...call.args.map((kind, at) => ({ call, at, kind })),
  ...Object.entries(call.options ?? {}).map(([at, kind]) => ({ call, at, kind })),
]

/** The arguments of a call in which some places hold other values. */
export function argumentsWith(
  call: PublicCall,
  values: readonly (readonly [Place['at'], unknown])[],
): unknown[] {
  const args = call.args.map((kind) => kind.valid[0])
  const options: Record<string, unknown> = { ...call.base }
  for (const [at, value] of values) {
    if (typeof at === 'number') args[at] = value
    else options[at] = value
  }
  return call.options ? [...args, options] : args
}

const wrongFor = ({ at, call, kind }: Place): unknown[] => [
  ...kind.invalid,
  ...junk.filter((value) => {
    // An option that is undefined is one that was left out; so is one whose place a keyword form takes.
    if (value === undefined && typeof at === 'string')
      return call.base !== undefined && at in call.base && isRequired(call, at)
    return !kind.accepts(value)
  }),
]
/** Whether leaving a base option out is an error. */
const isRequired = ({ name }: PublicCall, at: string): boolean =>
  !['verbose', 'repeats', 'printFn'].includes(at) && name !== 'Input'

/**
 * Makes each wrong call with one wrong value once, or one in `every` of them, and then `pairs` of calls with two, in an order that the
 * seed fixes. Each must throw a RecurraError that can be read.
 */
export async function fuzz(
  calls: readonly PublicCall[],
  pairs: number,
  { seed = 7, every = 1 } = {},
): Promise<void> {
  const [victim, twin] = [build(), build()]
  expect(await train(victim)).toEqual(await train(twin))
  const generator = new Generator(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(generator.uniform() * list.length)] as T
  const all = calls.flatMap(placesOf).flatMap((place) => wrongFor(place).map((value) => ({ place, value })))
  const order = generator.permutation(all.length)
  const singles = Math.ceil(all.length / every)
  const wrong = new Set<string>()
  for (let i = 0; i < singles + pairs; i++) {
    const { place, value } = all[order[i % all.length] ?? 0] as (typeof all)[number]
    const others = i < singles ? [] : placesOf(place.call).filter(({ at }) => at !== place.at)
    const second = others.slice(0, 1).map(() => pick(others))
    const args = argumentsWith(place.call, [
      [place.at, value],
      ...second.map((other) => [other.at, pick(wrongFor(other))] as const),
    ])
    if (place.call.agree?.(args)) continue
    const error = await failureOf(() => place.call.call(victim, ...args))
    if (!isMeant(error) || String(error).length > MAX_LETTERS)
      wrong.add(`${place.call.name}.${place.at} = ${show(value)}: ${describeFailure(error)}`)
  }
  expect([...wrong]).toEqual([])
  expect(await train(victim)).toEqual(await train(twin))
}
