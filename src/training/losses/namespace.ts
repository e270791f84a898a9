// The namespace `losses`: constructors of losses, and each as a function of `ops`, for losses of one's own.

import * as functions from '../../composed/losses/index.ts'
import type { RowLoss } from '../../composed/losses/lossFunction.ts'
import { type Members, memberOf, type WrittenMember, writtenMember } from '../../layers/members.ts'
import type { GivenLoss, LossName } from '../lossByName.ts'
import type { MadeLoss } from './calledLoss.ts'
import * as classes from './index.ts'

export * from '../../composed/losses/index.ts'
export * from './index.ts'

// A function, so that bundlers leave out what a page does not name.
const all = (): Members => ({
  name: 'losses',
  members: { ...functions, ...classes },
  has: (given) => typeof given === 'function' || ('reduction' in given && 'lower' in given),
})

/** What `losses` may be asked for: a name, a config, a loss or a function. */
export type LossIdentifier = LossName | GivenLoss

/**
 * The loss of a name: `'mse'` is the function {@link meanSquaredError}, `'MeanSquaredError'` a loss of that class; of a config a loss with
 * its options. Losses and functions are themselves, and null is null.
 *
 * @throws {RecurraError} if there is none of that name.
 * @see keras/src/losses/__init__.py
 */
export const get = (identifier: LossIdentifier | null): MadeLoss | RowLoss | null =>
  memberOf(all(), 'get', identifier) as MadeLoss | RowLoss | null

/** The loss of what {@link serialize} wrote. */
export const deserialize = (config: WrittenMember | string): MadeLoss | RowLoss =>
  memberOf(all(), 'deserialize', config) as MadeLoss | RowLoss

/** A loss by its class and options, or a function of this namespace by its name. */
export const serialize = (loss: LossIdentifier): WrittenMember | string => writtenMember(all(), loss)
