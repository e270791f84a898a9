// What options of Keras 1 and 2 that people still write are called today, for errors that name the right word.

import { didYouMean, plainName } from '../errors.ts'

/** Old names, in lower case without underscores, each with the present name. Several old names may share a present one. */
const TODAY = new Map(
  [
    'lr:learningRate nbepoch:epochs nbfilter:filters outputdim:units bias:useBias',
    'batchinputshape:batchShape inputdim:inputShape inputlength:inputShape init:kernelInitializer',
  ].flatMap((line) => line.split(' ').map((pair) => pair.split(':') as [string, string])),
)

/** The present name of an old one; undefined for other names. */
export const todaysName = (name: string): string | undefined => TODAY.get(plainName(name))

/** A remedy for a name that is not among `names`: the present name of an old one, or the most similar name. */
export function suggestName(name: string, names: readonly string[]): string | undefined {
  const same = names.find((one) => plainName(one) === plainName(name))
  if (same !== undefined) return `Did you mean '${same}'?`
  const today = todaysName(name)
  if (today !== undefined && names.includes(today)) return `It is called '${today}' now.`
  return didYouMean(name, names)
}
