// What an ejected file exports.

import type { LoadOptions } from './device.ts'
import type { EjectedModel } from './ejectedModel.ts'
import { Player } from './player.ts'

/** What of the file is for the CPU. */
type Code = Parameters<typeof Player.load>[1]

/** The function `load` of a file. */
export const loader =
  (model: EjectedModel, code: Code) =>
  (options?: LoadOptions): Promise<Player> =>
    Player.load(model, code, options)
