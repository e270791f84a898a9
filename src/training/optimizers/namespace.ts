// `optimizers`, as Keras has the family: all of them, and the schedules of their learning rates.

import { type Members, memberOf, type WrittenMember, writtenMember } from '../../layers/members.ts'
import type { Identified } from '../../util/identified.ts'
import { mapValues } from '../../util/mapValues.ts'
import { isOptions } from '../../util/options.ts'
import { LossScaleOptimizer } from '../lossScaleOptimizer.ts'
import { Optimizer } from '../optimizer.ts'
import type { OptimizerName } from '../optimizerByName.ts'
import { Schedule } from '../schedule.ts'
import * as schedules from '../schedules/index.ts'
import * as classes from './index.ts'

export { LossScaleOptimizer } from '../lossScaleOptimizer.ts'
export * as schedules from '../schedules/index.ts'
export * from './index.ts'

/** Makes one of its options, among which is the optimizer that it scales for, whose learning rate is its own. */
const fromConfig = ({
  innerOptimizer,
  learningRate: _,
  ...options
}: Readonly<Record<string, unknown>>): Optimizer => LossScaleOptimizer(innerOptimizer as Optimizer, options)

// A function, so that bundlers leave out what a page does not name.
const all = (): Members => ({
  name: 'optimizers',
  members: { ...classes, LossScaleOptimizer: Object.assign(() => fromConfig({}), { fromConfig }) },
  has: (given) => given instanceof Optimizer,
})
const allSchedules = (): Members => ({
  name: 'optimizers.schedules',
  members: schedules,
  has: (given) => given instanceof Schedule,
})

/** What an identifier stands for, among whose options may be a schedule, and the optimizer inside another. */
function read(call: string, identifier: unknown): unknown {
  if (!isOptions(identifier) || !isOptions(identifier.config)) return memberOf(all(), call, identifier)
  const config = mapValues(identifier.config, (value, name) =>
    name === 'innerOptimizer'
      ? read(call, value)
      : name === 'learningRate' && typeof value !== 'number'
        ? memberOf(allSchedules(), call, value)
        : value,
  )
  return memberOf(all(), call, { ...identifier, config })
}

/**
 * The optimizer of a name, with its defaults, or of a config, with its options. An optimizer is itself.
 *
 * @throws {RecurraError} if there is none of that name.
 * @see keras/src/optimizers/__init__.py
 */
export const get = (identifier: OptimizerName | Identified | Optimizer): Optimizer =>
  read('get', identifier) as Optimizer

/** The optimizer of what {@link serialize} wrote. */
export const deserialize = (config: Identified): Optimizer => read('deserialize', config) as Optimizer

/** An optimizer by its class and options, among which a schedule, and the optimizer inside another, are written so, too. */
export function serialize(optimizer: Optimizer): WrittenMember {
  const { config, ...written } = writtenMember(all(), optimizer) as WrittenMember
  return {
    ...written,
    config: mapValues(config, (value) =>
      value instanceof Optimizer
        ? serialize(value)
        : value instanceof Schedule
          ? { ...(writtenMember(allSchedules(), value) as WrittenMember), config: value.getConfig() }
          : value,
    ),
  }
}
