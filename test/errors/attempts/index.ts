// All attempts, in the order in which a user meets the parts of the package.

import { alone } from './alone.ts'
import type { Area } from './area.ts'
import { callbacks } from './callbacks.ts'
import { calls } from './calls.ts'
import { classes } from './classes.ts'
import { compile } from './compile.ts'
import { dataHelpers } from './dataHelpers.ts'
import { files } from './files.ts'
import { fitData } from './fitData.ts'
import { formats } from './formats.ts'
import { habits } from './habits.ts'
import { helpers } from './helpers.ts'
import { layers } from './layers.ts'
import { life } from './life.ts'
import { models } from './models.ts'
import { networks } from './networks.ts'
import { options } from './options.ts'
import { otherModels } from './otherModels.ts'
import { own } from './own.ts'
import { streams } from './streams.ts'
import { tensors } from './tensors.ts'

export const areas: readonly Area[] = [
  layers,
  classes,
  models,
  compile,
  fitData,
  otherModels,
  options,
  callbacks,
  calls,
  streams,
  tensors,
  alone,
  life,
  own,
  habits,
  helpers,
  dataHelpers,
  networks,
  files,
  formats,
]
