/**
 * Each test file begins as in a fresh process, though files share workers: no layer has a name yet, nothing is registered, policies are
 * the defaults, nothing is recorded, paths are those of the disk, and models run on the CPU. What it draws is the same in every run: what fails,
 * fails again.
 */
import { beforeAll } from 'vitest'
import { clearSession, config, setBackend, setSeed } from '../../src/index.ts'
import { ownNames } from '../../src/layers/functions.ts'
import { endMemoryFiles } from './memoryFiles.ts'
import { endRecordings } from './recordDevice.ts'

const freshen = (): void => {
  clearSession()
  config.setDtypePolicy('float32')
  config.setImageDataFormat('channels_last')
  setSeed(1)
}

// Node's own: errors are made by the thousand, and Vitest has each keep a hundred frames.
Error.stackTraceLimit = 10
endRecordings()
endMemoryFiles()
ownNames.clear()
// What a file chooses as it is imported has to stay.
await setBackend('cpu')
// What a file makes as it is imported has the names of a fresh process, and so has what its tests make.
freshen()
beforeAll(freshen)
