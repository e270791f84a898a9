// What functions of `random` have in common: draws by seeds.

import { checkFinite, checkInteger } from '../errors.ts'
import type { Drawn } from '../layers/callable.ts'
import { shape as readShape } from '../layers/options.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as randomSides from '../ops/random.cpu.ts'
import { random as draw, type RandomAttributes } from '../ops/random.ts'
import { Generator } from '../util/generator.ts'
import { drawKey, nextSeed } from '../util/seed.ts'
import type { OpenShape, Shape } from '../util/shape.ts'
import type { OnNumbers } from './onNumbers.ts'
import { defineOperation, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'
import { SeedGenerator } from './seedGenerator.ts'

/** What draws have the shape of. */
export type ShapeLike = readonly number[] | SymbolicTensor

/** An integer, for the same draws in every step; a stream of seeds, or `null`, for draws of each step's own. */
export type Seed = number | SeedGenerator | null

interface DrawArguments extends Pick<RandomAttributes, 'fn' | 'low' | 'high'> {
  /** Null where it is the operand's. */
  readonly shape: OpenShape | null
  readonly seed: number
  readonly isFixed: boolean
}

const draws = defineOperation<DrawArguments>({
  name: 'random',
  sides: randomSides,
  draws: true,
  outputShapes: ([of = []], { shape }) => [shape ?? of],
  lower: (graph, [of], { shape, seed, isFixed, ...rest }, repetition) => [
    draw(
      graph,
      {},
      {
        ...rest,
        shape: shape === null ? tensorOf(of, 'random').shape : (shape as Shape),
        isFixed,
        seed: drawKey(seed, isFixed ? 0 : repetition()),
      },
    ).y,
  ],
})

function seedOf(where: string, seed: Seed): Pick<DrawArguments, 'seed' | 'isFixed'> {
  if (seed === null) return { seed: nextSeed(), isFixed: false }
  if (seed instanceof SeedGenerator) return { seed: seed.next(), isFixed: false }
  return { seed: checkInteger(where, 'seed', seed, { min: 0 }), isFixed: true }
}

/** Adds draws of a distribution. */
export function drawn(
  where: string,
  shape: unknown,
  { fn, low, high }: Pick<RandomAttributes, 'fn' | 'low' | 'high'>,
  seed: Seed,
): SymbolicTensor {
  const isLike = shape instanceof SymbolicTensor
  const args = {
    fn,
    low: checkFinite(where, fn === 'uniform' ? 'minval' : 'mean', low),
    high: checkFinite(where, fn === 'uniform' ? 'maxval' : 'stddev', high),
    shape: isLike ? null : readShape(where, 'shape', shape),
    ...seedOf(where, seed),
  }
  return single(draws(where, isLike ? [shape] : [], args))
}

/** Declares a function of `random`, of which Keras has no class. */
/* @__NO_SIDE_EFFECTS__ */
export const declared = <F extends (...args: never[]) => unknown, const Text extends string>(
  name: string,
  parameters: Text,
  fn: F,
): OnNumbers<F, Text, Drawn> =>
  operation(null, `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, parameters, fn, {
    name: `random.${name}`,
  }) as unknown as OnNumbers<F, Text, Drawn>

/** Seeds for several draws of one function, each its own. */
export function seedsOf(where: string, seed: Seed, count: number): readonly Seed[] {
  if (typeof seed !== 'number') return Array<Seed>(count).fill(seed)
  const generator = new Generator(checkInteger(where, 'seed', seed, { min: 0 }))
  return Array.from({ length: count }, () => generator.seed())
}
