// Data in two parts: to train on, and to test on.

import { checkBoolean, checkInteger, describeValue, fail } from '../errors.ts'
import { Generator } from '../util/generator.ts'
import { isOptions, nullable, option, readOptions, type TableFor } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import type { Tensor } from '../util/tensor.ts'
import { type Numbers, readRows, takeRows } from './numbers.ts'

export const seedOption = nullable((where, name, value) => checkInteger(where, name, value, { min: 0 }))

/** A share of the samples, below 1, or a count of at least 1. */
export const size = nullable((where: string, name: string, value: unknown): number => {
  const isShare = typeof value === 'number' && value > 0 && value < 1
  if (isShare || (Number.isSafeInteger(value) && Number(value) >= 1)) return Number(value)
  return fail(where, { expected: `${name} to be a share below 1, or a count`, got: describeValue(value) })
})

export interface TrainTestSplitOptions {
  /** Samples to test on: a share or a count; `null`, the default: what `trainSize` leaves, or a quarter. */
  readonly testSize?: number | null
  /** Samples to train on: a share or a count; `null`, the default: what `testSize` leaves. */
  readonly trainSize?: number | null
  /** Whether samples are drawn; `false`, the default, cuts by time: the last samples are those to test on. */
  readonly shuffle?: boolean
  /** Of the draws; `null`, the default, takes the next of `setSeed`. Keras and scikit-learn call it seed and randomState. */
  readonly seed?: number | null
  /** Classes of the samples, of which both parts get their shares; with `shuffle: true` alone. `null` by default. */
  readonly stratify?: Numbers | readonly string[] | null
}

const splitOptions = {
  testSize: size,
  trainSize: size,
  shuffle: option(false, checkBoolean),
  seed: seedOption,
  stratify: nullable<readonly (number | string)[], Numbers | readonly string[]>((where, name, value) =>
    Array.isArray(value) && value.every((each) => typeof each === 'string')
      ? value
      : [...readRows(value, `${where}, ${name}`).data],
  ),
} as const satisfies TableFor<TrainTestSplitOptions>

/** Two parts of each array: `[xTrain, xTest, yTrain, yTest, …]`. */
type Parts<Arrays extends readonly unknown[]> = Arrays extends readonly [unknown, ...infer More]
  ? [train: Tensor, test: Tensor, ...Parts<More>]
  : []

/**
 * Divides arrays with as many samples each: `const [xTrain, xTest, yTrain, yTest] = trainTestSplit(x, y, { testSize: 0.2 })`. By time,
 * unless it is told to shuffle.
 *
 * @throws {RecurraError} if the sizes leave a part without samples, or are more than there are.
 */
export function trainTestSplit<Arrays extends readonly Numbers[]>(...arrays: Arrays): Parts<Arrays>
export function trainTestSplit<Arrays extends readonly Numbers[]>(
  ...arraysAndOptions: readonly [...Arrays, options: TrainTestSplitOptions]
): Parts<Arrays>
export function trainTestSplit(...given: readonly unknown[]): Tensor[] {
  const where = 'trainTestSplit'
  const isTold = isOptions(given.at(-1))
  const { shuffle, seed, stratify, ...sizes } = readOptions(where, splitOptions, isTold ? given.at(-1) : null)
  const arrays = isTold ? given.slice(0, -1) : given
  if (arrays.length === 0) fail(where, { expected: 'arrays, and options behind them', got: 'no array' })
  const read = arrays.map((array, i) => readRows(array, `${where}, array ${i}`))
  const counts = read.map(({ shape: [rows = 0] }) => rows)
  const [rows = 0] = counts
  if (counts.some((count) => count !== rows))
    fail(where, { expected: 'arrays with as many samples each', got: counts.join(' and ') })
  const [train, test] = sizesOf(
    rows,
    { left: sizes.trainSize, right: sizes.testSize ?? (sizes.trainSize === null ? 0.25 : null) },
    where,
  )
  if (stratify && (!shuffle || stratify.length !== rows))
    fail(where, {
      expected: shuffle ? `stratify with ${rows} classes` : 'shuffle: true beside stratify',
      got: shuffle ? `${stratify.length}` : 'shuffle: false',
    })
  const generator = shuffle ? new Generator(seed ?? nextSeed()) : null
  const order = !generator
    ? Array.from({ length: rows }, (_, i) => i)
    : stratify
      ? stratified(stratify, [train, test], generator, where)
      : [...generator.permutation(rows)]
  return read.flatMap((array) => [
    takeRows(array, order.slice(0, train)),
    takeRows(array, order.slice(order.length - test)),
  ])
}

/** An order of samples of which the first `train` and the last `test` have each class by its share, whole samples by the largest remainder. */
function stratified(
  classes: readonly (number | string)[],
  [train, test]: readonly [number, number],
  generator: Generator,
  where: string,
): number[] {
  const members = new Map<number | string, number[]>()
  classes.forEach((name, i) => {
    const found = members.get(name)
    if (found) found.push(i)
    else members.set(name, [i])
  })
  const groups = [...members.values()].map((group) =>
    [...generator.permutation(group.length)].map((i) => group[i] as number),
  )
  const few = groups.find((group) => group.length < 2)
  if (few)
    fail(where, {
      expected: 'at least 2 samples of each class',
      got: `1 of ${describeValue(classes[few[0] as number])}`,
    })
  if (Math.min(train, test) < groups.length)
    fail(where, {
      expected: `at least ${groups.length} samples on each side, one a class`,
      got: `${Math.min(train, test)}`,
    })
  const inTrain = shares(
    groups.map((group) => group.length),
    train,
  )
  const left = groups.map((group, g) => group.slice(inTrain[g]))
  const inTest = shares(
    left.map((group) => group.length),
    test,
  )
  const mixed = (list: readonly number[]): number[] =>
    [...generator.permutation(list.length)].map((i) => list[i] as number)
  return [
    ...mixed(groups.flatMap((group, g) => group.slice(0, inTrain[g]))),
    ...mixed(left.flatMap((group, g) => group.slice(0, inTest[g]))),
  ]
}

/** `total` divided by these counts. */
function shares(counts: readonly number[], total: number): number[] {
  const all = counts.reduce((a, b) => a + b, 0)
  const exact = counts.map((count) => (count * total) / all)
  const whole = exact.map(Math.floor)
  const missing = total - whole.reduce((a, b) => a + b, 0)
  const byRemainder = exact
    .map((share, i) => [share - Math.floor(share), i] as const)
    .sort(([a, i], [b, j]) => b - a || i - j)
  for (const [, i] of byRemainder.slice(0, missing)) whole[i] = (whole[i] as number) + 1
  return whole
}

type Round = (value: number) => number

/** As scikit-learn rounds the samples of shares: down on the left, up on the right. */
const OUTWARDS: readonly [Round, Round] = [Math.floor, Math.ceil]

/** How many samples are on either side; what is not said is the rest. */
export function sizesOf(
  rows: number,
  { left, right }: { readonly left: number | null; readonly right: number | null },
  where: string,
  [roundLeft, roundRight] = OUTWARDS,
): [left: number, right: number] {
  const count = (given: number | null, round: Round): number | null =>
    given !== null && given < 1 ? round(given * rows) : given
  const [first, second] = [count(left, roundLeft), count(right, roundRight)]
  const parts: [number, number] = [first ?? rows - (second ?? 0), second ?? rows - (first ?? 0)]
  if (parts[0] < 1 || parts[1] < 1 || parts[0] + parts[1] > rows)
    fail(where, {
      expected: `sizes that leave samples on both sides, of ${rows}`,
      got: `${left ?? 'the rest'} and ${right ?? 'the rest'}`,
    })
  return parts
}
