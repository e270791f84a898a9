// What all options of Keras 1 and 2 are called today, for Python that was written for these.

import { plainName } from '../errors.ts'
import { todaysName } from '../util/oldNames.ts'

/** Old names that errors of options do not know, in lower case without underscores, each with the present name. */
const OLDER = new Map(
  [
    'samplesperepoch:stepsPerEpoch innerinit:recurrentInitializer forgetbiasinit:unitForgetBias',
    'inneractivation:recurrentActivation dropoutw:dropout dropoutu:recurrentDropout',
    'wregularizer:kernelRegularizer uregularizer:recurrentRegularizer bregularizer:biasRegularizer',
    'wconstraint:kernelConstraint uconstraint:recurrentConstraint bconstraint:biasConstraint',
    'bordermode:padding dimordering:dataFormat subsample:strides subsamplelength:strides',
    'atrousrate:dilationRate filterlength:kernelSize nbrow:kernelSize nbcol:kernelSize',
    'poollength:poolSize length:size p:rate showaccuracy:metrics nbwords:numWords',
  ].flatMap((line) => line.split(' ').map((pair) => pair.split(':') as [string, string])),
)

/** The present name of one of Keras 1 and 2; undefined for other names. */
export const presentName = (name: string): string | undefined =>
  OLDER.get(plainName(name)) ?? todaysName(name)
